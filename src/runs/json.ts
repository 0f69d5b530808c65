// JSON that comes back as it went in. JSON.stringify turns NaN into null and a typed array into an object
// without a word; a run that resumes from such a state would train on silently, but differently.

import { isObject } from "../core/checks.ts"

/**
 * The text of a value made of plain objects, arrays, strings, booleans, null and finite numbers; a TypeError
 * names anything else.
 */
export function exactJson(value: unknown, name: string, indent?: number): string {
  requireExact(value, name)
  return JSON.stringify(value, null, indent)
}

function requireExact(value: unknown, path: string): void {
  const problem = inexactness(value)
  if (problem !== undefined) throw new TypeError(`${path}: got ${problem}, expected a value that JSON keeps exactly`)
  if (typeof value !== "object" || value === null) return
  if (Array.isArray(value)) for (const [i, item] of value.entries()) requireExact(item, `${path}[${i}]`)
  // An absent field and an undefined one are the same to JSON, and to whoever reads it.
  else for (const [key, item] of Object.entries(value)) if (item !== undefined) requireExact(item, `${path}.${key}`)
}

/** What JSON would change about this value itself, apart from what it contains. */
function inexactness(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined
    case "number":
      return Number.isFinite(value) ? undefined : String(value)
    case "object": {
      if (value === null || Array.isArray(value)) return undefined
      const prototype: object | null = Object.getPrototypeOf(value)
      if (prototype === null || prototype === Object.prototype) return undefined
      return `an object of class ${prototype.constructor?.name ?? "unknown"}`
    }
    default:
      return `a value of type ${typeof value}`
  }
}

/** The object in this text, or undefined when it is not a JSON object. */
export function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
