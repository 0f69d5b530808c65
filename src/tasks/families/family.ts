// Families of questions, as data: a name, and how to draw one. A new family is one entry in sums.ts,
// products.ts or sequences.ts.

import type { Random } from "../../core/rng.ts"
import { requireSize } from "../options.ts"
import type { Example, Family } from "../task.ts"

/** A named way to draw what a question is made of: numbers, or a sequence. */
export interface Drawing<T> {
  readonly name: string
  draw(size: number, base: number, random: Random): T
}

/** The families of a task. `length`: digits to draw for a size. `example` makes the question. */
export const familiesOf = <T>(
  task: string,
  base: number,
  drawings: readonly Drawing<T>[],
  length: (size: number) => number,
  example: (drawn: T) => Example,
): readonly Family[] =>
  drawings.map(({ name, draw }) => ({
    name,
    draw(size, random) {
      requireSize(task, size)
      return example(draw(length(size), base, random))
    },
  }))
