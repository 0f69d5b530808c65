// Checks of what a caller asks a task for: its options and its sizes.

import { UserError } from "../core/errors.ts"
import type { TaskFamily, TaskOptions } from "./task.ts"

/** Options as a caller may give them: what is absent or undefined is the family's default. */
export type PartialTaskOptions = { readonly [K in keyof TaskOptions]?: TaskOptions[K] | undefined }

/** The family's defaults with the given options over them; a UserError sentence when one is impossible. */
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

/** Refuses sizes that no example can have. */
export function requireSize(task: string, size: number): void {
  if (!Number.isInteger(size) || size < 1)
    throw new UserError(`${task}: got size ${size}, expected a whole number of at least 1`)
}
