// Checks of task options and sizes.

import { UserError } from "../core/errors.ts"
import type { TaskFamily, TaskOptions } from "./task.ts"

/** Task options in which absent or undefined fields take the family's defaults. */
export type PartialTaskOptions = { readonly [K in keyof TaskOptions]?: TaskOptions[K] | undefined }

/** Fills in the family's defaults. Throws a UserError if an option is impossible. */
export function resolveOptions(family: TaskFamily, given: PartialTaskOptions): TaskOptions {
  const base = given.base ?? family.defaults.base
  const output = given.output ?? family.defaults.output
  const [least, most] = family.bases
  if (!Number.isInteger(base) || base < least || base > most)
    throw new UserError(`${family.name}: got base ${base}, expected a whole number from ${least} to ${most}`)
  if (output !== "padded" && output !== "stripped")
    throw new UserError(
      `${family.name}: got output ${JSON.stringify(output)}, expected "padded" (leading zeros) or "stripped"`,
    )
  return { base, output }
}

/** Throws a UserError for a size that no example can have. */
export function requireSize(task: string, size: number): void {
  if (!Number.isInteger(size) || size < 1)
    throw new UserError(`${task}: got size ${size}, expected a whole number of at least 1`)
}
