// JSON that reads back exactly. JSON.stringify silently turns NaN into null and a typed array into an object.
// A run that resumed from such a state would silently train differently.

import { isObject } from "../core/checks.ts"

/**
 * The JSON text of a value made of plain objects, arrays, strings, booleans, null and finite numbers.
 * @throws TypeError that names the path of anything else
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
  // to JSON and its readers, an undefined field is the same as an absent one
  else for (const [key, item] of Object.entries(value)) if (item !== undefined) requireExact(item, `${path}.${key}`)
}

/** What JSON would change about this value itself, apart from its contents. */
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

/** Parses a JSON object; undefined if the text is anything else. */
export function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
