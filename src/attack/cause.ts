// Why answers are wrong: because the model stops too early, or because its rule is wrong.

import { LANES } from "../core/lanes.ts"
import type { Trained } from "../inference/member.ts"
import type { Example, Task } from "../tasks/task.ts"
import type { Counterexample } from "./search.ts"
import { askedText, type Target } from "./target.ts"

/** What more steps do to wrong answers of one size. */
export interface Cause {
  readonly size: number
  /** Wrong answers that were asked again. */
  readonly asked: number
  /** How many of them are right with `moreSteps` steps more. */
  readonly mended: number
  readonly moreSteps: number
}

/** Steps to add, in lengths of the question. */
const LENGTHS = [0.5, 1, 2]
/** The longest questions that are asked again, in places; the time grows with the square of it. */
const LONGEST = 512
/** Sizes that are asked. */
const MOST_SIZES = 3

/** The model with this many steps more for each answer; undefined if it does not choose its steps. */
export function withMoreSteps(trained: Trained, more: number): Trained | undefined {
  const { config } = trained
  if (config.model.name !== "neural-gpu") return undefined
  const model = { ...config.model, extraSteps: config.model.extraSteps + more }
  return { ...trained, config: { ...config, model } }
}

/** A target with more steps. Whoever opens it ends it. */
export interface Slower {
  readonly target: Target
  dispose(): Promise<void>
}

/**
 * Asks wrong questions again with more steps: the smallest size, the largest one, and one between, if they are
 * not too long.
 * @param wrong counterexamples of `task`
 * @param slower opens the target with more steps
 */
export async function causesOf(
  task: Task,
  wrong: readonly Counterexample[],
  slower: (more: number) => Slower,
): Promise<Cause[]> {
  const sizes = [...new Set(wrong.map(({ size }) => size))]
    .sort((a, b) => a - b)
    .filter((size) => task.length(size) <= LONGEST)
  if (sizes.length === 0) return []
  const chosen = new Set(
    Array.from({ length: MOST_SIZES }, (_, i) => sizes[Math.round((i * (sizes.length - 1)) / (MOST_SIZES - 1))]),
  )
  const causes: Cause[] = []
  for (const size of chosen) {
    const some = ofEachFamily(wrong.filter((found) => found.size === size))
    const examples = some.flatMap(({ question }) => askedText(task, question) ?? [])
    let best: Cause | undefined
    for (const lengths of LENGTHS) {
      const moreSteps = Math.ceil(lengths * task.length(size))
      const mended = await rightOf(slower(moreSteps), size, examples)
      if (best === undefined || mended > best.mended || best.mended === 0)
        best = { size, asked: examples.length, mended, moreSteps }
      if (mended === examples.length) break
    }
    if (best) causes.push(best)
  }
  return causes
}

/** How many questions the target answers rightly. */
async function rightOf({ target, dispose }: Slower, size: number, examples: readonly Example[]): Promise<number> {
  try {
    return (await target.ask(size, examples)).filter(({ right }) => right).length
  } finally {
    await dispose()
  }
}

/** One block of wrong questions, from as many families as there are. */
function ofEachFamily(wrong: readonly Counterexample[]): Counterexample[] {
  const families = Map.groupBy(wrong, ({ family }) => family)
  const out: Counterexample[] = []
  for (let i = 0; out.length < Math.min(LANES, wrong.length); i++)
    for (const own of families.values()) if (i < own.length && out.length < LANES) out.push(own[i])
  return out
}
