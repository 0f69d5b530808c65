// A buffer of hard examples. Wrong answers of a batch come back until they are right, in the spirit of online
// hard example mining [Shrivastava et al. 2016]. When only one answer in a hundred is wrong, fresh random
// examples teach the model almost nothing new. The buffer holds only examples of trained sizes. Noise also
// makes batches wrong that the model could answer. Therefore an optional search, without noise, looks for the
// examples of which the model is least sure, by hill climbing.

import * as v from "valibot"
import { type Random, random, Stream } from "../../core/rng.ts"
import { type AnyExample, isSymbols } from "../../encoding/encoding.ts"
import { WEIGHTS } from "../../plan/update.ts"
import { share, type ValuesOf, whole } from "../../schema/index.ts"
import { type Hook, technique } from "../technique.ts"

const fields = {
  share: share(0, "Share of a step's examples that come from the buffer, if it holds any of their size."),
  perSize: whole(32, "Capacity of the buffer for each size, in examples.", { min: 1, max: 16_384 }),
  search: whole(0, "Examples that a search for hard ones evaluates, every 10 steps; 0: no search.", {
    min: 0,
    max: 16_384,
  }),
}
type Options = ValuesOf<typeof fields>

/** Inputs to repeat, by size: wrong answers, oldest first, or results of a search, hardest first. */
export type Inputs = Record<string, number[][]>
const inputs: v.GenericSchema<Inputs> = v.record(
  v.pipe(v.string(), v.digits()),
  v.array(v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)))),
)
export interface State {
  wrong: Inputs
  /** The hardest inputs of the last search of each size. They are drawn instead of wrong answers. */
  found: Inputs
}

/** Steps between two searches. It keeps a search of 256 examples cheap beside the training steps. */
const SEARCH_EVERY = 10
/** One in this many new candidates of a search is a fresh example. The others are neighbors of known ones. */
const FRESH_ONE_IN = 4

const same = (a: readonly number[], b: ArrayLike<number>) => a.length === b.length && a.every((x, i) => x === b[i])

export const hardBuffer = technique({
  name: "hardBuffer",
  fields,
  isOn: ({ share }: Options) => share > 0,
  tasks: "symbols",
  begin: (): State => ({ wrong: {}, found: {} }),
  state: v.strictObject({ wrong: inputs, found: inputs }),
  draw: ({ options, state }: Hook<Options, State>) => ({
    again: (size, from) => drawn(state.found[size] ?? state.wrong[size], options.share, from),
  }),
  async beforeStep(hook) {
    const { options, run } = hook
    if (options.share > 0 && options.search > 0 && run.state.step % SEARCH_EVERY === 0) await search(hook)
  },
  async afterStep({ options, state }, { groups, scores }) {
    if (options.share === 0) return []
    groups.forEach(({ size, examples }, i) => remember(state.wrong, options.perSize, size, examples, scores[i].right))
    return []
  },
})

/** An input to repeat; undefined if there is none of this size, or if a fresh example is due. */
export function drawn(some: Inputs[string] | undefined, share: number, random: Random): Uint8Array | undefined {
  if (share === 0 || !some || random.uniform() >= share) return undefined
  return Uint8Array.from(some[random.below(some.length)])
}

/** Adds the examples of one size that were answered wrongly, and removes those that were answered right. */
export function remember(
  wrong: Inputs,
  perSize: number,
  size: number,
  examples: readonly AnyExample[],
  right: readonly boolean[],
): void {
  let some = wrong[size] ?? []
  examples.filter(isSymbols).forEach(({ input }, i) => {
    some = some.filter((other) => !same(other, input))
    if (!right[i]) some.push(Array.from(input))
  })
  if (some.length > 0) wrong[size] = some.slice(-perSize)
  else delete wrong[size]
}

/** The inputs with the largest errors, hardest first, without duplicates. */
export function hardest(inputs: readonly ArrayLike<number>[], errors: readonly number[], most: number): number[][] {
  const out: number[][] = []
  for (const i of [...inputs.keys()].sort((a, b) => errors[b] - errors[a])) {
    if (out.length === most) break
    if (!out.some((other) => same(other, inputs[i]))) out.push(Array.from(inputs[i]))
  }
  return out
}

/**
 * Searches the longest trained size for the examples of which the model is least sure, by hill climbing.
 * Candidates are the last search's results, wrong answers since then, neighbors of those results, and fresh
 * hard examples. The hardest are kept.
 */
async function search({ options, state, run }: Hook<Options, State>): Promise<void> {
  const { encoding, longest: size } = run
  const choose = random(run.state.seed, Stream.search, run.state.step)
  const found = state.found[size] ?? []
  const known = [...found, ...(state.wrong[size] ?? [])].slice(0, Math.ceil(options.search / 2))
  const fresh = Array.from({ length: options.search - known.length }, (_, i) =>
    found.length > 0 && i % FRESH_ONE_IN > 0
      ? encoding.near(Uint8Array.from(found[Math.floor(found.length * choose.uniform() ** 2)]), size, choose)
      : encoding.hard(size, choose),
  )
  const examples = [...known.map((input) => encoding.asked(Uint8Array.from(input))), ...fresh].filter(isSymbols)
  // not the EMA: it lags behind, and still fails on examples that the weights have already learned
  run.predictor.setWeights(await run.arrays.read(WEIGHTS))
  const errors = encoding.worst(examples, await run.predictor.logits(size, examples))
  delete state.wrong[size]
  state.found[size] = hardest(
    examples.map(({ input }) => input),
    errors,
    options.perSize,
  )
}
