// Checks that configs and file formats share.

import { UserError } from "./errors.ts"

/** Throws a `UserError` that names the field, its value and what was `expected`, unless `holds`. */
export function must(field: string, value: unknown, holds: boolean, expected: string): void {
  if (!holds) throw new UserError(`${field}: got ${JSON.stringify(value)}, expected ${expected}`)
}

/** Whether `x` is a safe integer of at least `least`. */
export const whole = (x: unknown, least: number): boolean => Number.isSafeInteger(x) && (x as number) >= least

/** Whether `x` is a JSON object: neither null nor an array. */
export const isObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x)
