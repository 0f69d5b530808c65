// Replay of what went wrong: examples that a training batch answered wrongly come back until they are answered right. When only one
// answer in a hundred is wrong, fresh examples alone show the model almost nothing that it does not know already
// [in the spirit of online hard example mining, Shrivastava et al. 2016; our addition, docs/log.md]. Only trained sizes, only drawn examples.
// While it settles, noise makes a batch wrong where the model is right: then a search, without noise, climbs to what the model is least sure of
// (../checks.ts).

import type { Random } from "../../core/rng.ts"

export interface ReplayOptions {
  /** Share of the examples of a step that are asked again, where any of the size are kept. */
  readonly share: number
  /** Examples kept for each size; of those that batches had wrong the oldest go first, of those that a search found the least hard. */
  readonly perSize: number
  /** Examples of a search, once the trained sizes are learnt; 0: none. */
  readonly search: number
  /** Steps between two searches. */
  readonly every: number
}
/** Off, unless a recipe says otherwise. 32 a size: two lane blocks. Every 10 steps: 128 examples then cost about a tenth of the training. */
export const replayDefaults: ReplayOptions = { share: 0, perSize: 32, search: 0, every: 10 }

/** Inputs to be asked again, by size: those answered wrongly, oldest first, or those that a search found, hardest first; plain JSON. */
export type Wrong = Record<string, number[][]>

const same = (a: readonly number[], b: ArrayLike<number>) => a.length === b.length && a.every((x, i) => x === b[i])

/** An input to be asked again, or undefined: none of this size, or fresh ones are due. */
export function replayed(
  wrong: Wrong,
  { share }: Pick<ReplayOptions, "share">,
  size: number,
  random: Random,
): Uint8Array | undefined {
  const some = wrong[size]
  if (share === 0 || !some || random.uniform() >= share) return undefined
  return Uint8Array.from(some[random.below(some.length)])
}

/** Remembers the examples of one size that were answered wrongly, and forgets those that were answered right. */
export function remember(
  wrong: Wrong,
  { share, perSize }: Pick<ReplayOptions, "share" | "perSize">,
  size: number,
  examples: readonly object[],
  right: readonly boolean[],
): void {
  if (share === 0) return
  let some = wrong[size] ?? []
  examples.forEach((example, i) => {
    if (!("input" in example)) return // an image is never asked again
    const input = example.input as ArrayLike<number>
    some = some.filter((other) => !same(other, input))
    if (!right[i]) some.push(Array.from(input))
  })
  if (some.length > 0) wrong[size] = some.slice(-perSize)
  else delete wrong[size]
}

/** Of the inputs those with the greatest error, hardest first, each once. */
export function hardest(inputs: readonly ArrayLike<number>[], errors: readonly number[], most: number): number[][] {
  const out: number[][] = []
  for (const i of [...inputs.keys()].sort((a, b) => errors[b] - errors[a])) {
    if (out.length === most) break
    if (!out.some((other) => same(other, inputs[i]))) out.push(Array.from(inputs[i]))
  }
  return out
}
