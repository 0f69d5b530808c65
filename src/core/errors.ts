// The one error class that is caught: a mistake of the user's, told in one sentence, exit code 2.

/** What the user gave cannot be used; the message says what was got, what was expected, and what to do. */
export class UserError extends Error {
  override readonly name = "UserError"
}

/** Refuses a field of a config unless it `holds`, in the usual words. */
export function must(field: string, value: unknown, holds: boolean, expected: string): void {
  if (!holds) throw new UserError(`${field}: got ${JSON.stringify(value)}, expected ${expected}`)
}

/** A whole number of at least `least`. */
export const whole = (x: unknown, least: number): boolean => Number.isSafeInteger(x) && (x as number) >= least

/** An object that is neither null nor a list, as JSON has them. */
export const isObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x)
