// What configs and files are checked by.

import { UserError } from "./errors.ts"

/** Refuses a field of a config unless it `holds`, in the usual words. */
export function must(field: string, value: unknown, holds: boolean, expected: string): void {
  if (!holds) throw new UserError(`${field}: got ${JSON.stringify(value)}, expected ${expected}`)
}

/** A whole number of at least `least`. */
export const whole = (x: unknown, least: number): boolean => Number.isSafeInteger(x) && (x as number) >= least

/** An object that is neither null nor a list, as JSON has them. */
export const isObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x)
