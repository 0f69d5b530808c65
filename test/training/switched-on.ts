// Options that switch any technique on, derived from its fields, so that new techniques are tested too.

import * as v from "valibot"
import type { Field } from "../../src/schema/index.ts"
import { type Fields, isField } from "../../src/schema/index.ts"
import { type PartialPhase, phaseFields } from "../../src/training/phases.ts"
import { techniques } from "../../src/training/techniques/index.ts"

/**
 * Shares are large, so that short runs show an effect; other numbers are small, so that models still learn.
 */
const SHARE = 0.9
const NUMBERS = [0.05, 2]
/** Questions by size, for tests that learn to add. */
const QUESTIONS = { "2": ["11+01"], "3": ["111+001", "101+011"] }

/** A valid value of a field that is not its default. */
function another(field: Field, path: string): unknown {
  const words = "options" in field.schema ? (field.schema.options as readonly unknown[]) : []
  const isShare = v.is(field.schema, 1) && !v.is(field.schema, 1.1)
  const candidates = [true, false, ...(isShare ? [SHARE] : []), ...NUMBERS, QUESTIONS, ...words]
  const found = candidates.find((value) => v.is(field.schema, value) && value !== field.default)
  if (found === undefined) throw new Error(`${path}: this file must know a value for it; it expects ${field.expected}`)
  return found
}

/** Every field with another value than its default. */
export const changed = (fields: Fields, path = ""): object =>
  Object.fromEntries(
    Object.entries(fields).map(([name, part]) => {
      if (!isField(part)) throw new Error(`${path}${name}: this file must learn of groups`)
      return [name, another(part, `${path}${name}`)]
    }),
  )

export const techniqueNames = Object.keys(techniques) as (keyof typeof techniques)[]

/** A phase's options with one technique on, or all of them. */
export const switchedOn = (...names: readonly (keyof typeof techniques)[]): PartialPhase =>
  Object.fromEntries(names.map((name) => [name, changed(phaseFields[name], `${name}.`)]))
