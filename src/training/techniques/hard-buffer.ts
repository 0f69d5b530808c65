// A buffer of hard examples: what a batch answered wrongly comes back until it is answered right. When only one answer in a
// hundred is wrong, fresh examples alone show the model almost nothing new [in the spirit of online hard example mining,
// Shrivastava et al. 2016]. Only trained sizes, only drawn examples. Noise makes a batch wrong where the model is right: so a
// search, without noise, climbs to what the model is least sure of.

import { type Random, random, Stream } from "../../core/rng.ts"
import { type AnyExample, isSymbols } from "../../encoding/encoding.ts"
import { WEIGHTS } from "../../plan/update.ts"
import { share, type ValuesOf, whole } from "../../schema/index.ts"
import { type Hook, technique } from "../technique.ts"

const fields = {
  share: share(0, "Share of a step's examples that come from the buffer, where it has any of their size."),
  perSize: whole(32, "Examples in the buffer for each size.", { min: 1 }),
  search: whole(0, "Examples that a search for hard ones asks, every 10 steps; 0: no search.", { min: 0 }),
}
type Options = ValuesOf<typeof fields>

/** Inputs to be asked again, by size: those answered wrongly, oldest first, or those that a search found, hardest first. */
type Inputs = Record<string, number[][]>
interface State {
  wrong: Inputs
  /** Those that the last search of their size found hardest: they are asked instead. */
  found: Inputs
}

/** Steps between two searches: 256 examples then cost about a fifth of the training. */
const SEARCH_EVERY = 10
/** Of a search's questions that are not known already, one in so many is fresh; the others are neighbors of known ones. */
const FRESH_ONE_IN = 4

const same = (a: readonly number[], b: ArrayLike<number>) => a.length === b.length && a.every((x, i) => x === b[i])

export const hardBuffer = technique({
  name: "hardBuffer",
  fields,
  isOn: ({ share }: Options) => share > 0,
  symbolsOnly: true,
  begin: (): State => ({ wrong: {}, found: {} }),
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

/** An input to be asked again, or undefined: there is none of this size, or a fresh one is due. */
export function drawn(some: Inputs[string] | undefined, share: number, random: Random): Uint8Array | undefined {
  if (share === 0 || !some || random.uniform() >= share) return undefined
  return Uint8Array.from(some[random.below(some.length)])
}

/** Remembers the examples of one size that were answered wrongly, and forgets those that were answered right. */
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

/** Of the inputs those with the greatest error, hardest first, each once. */
export function hardest(inputs: readonly ArrayLike<number>[], errors: readonly number[], most: number): number[][] {
  const out: number[][] = []
  for (const i of [...inputs.keys()].sort((a, b) => errors[b] - errors[a])) {
    if (out.length === most) break
    if (!out.some((other) => same(other, inputs[i]))) out.push(Array.from(inputs[i]))
  }
  return out
}

/**
 * Looks among examples of the longest trained size for those that the model is least sure of: hill climbing. It asks what the
 * last search kept, what batches had wrong since, neighbors of those kept, and fresh hard ones. The hardest are kept.
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
  // the weights that training has now: an average has mended long after them what they learned
  run.predictor.setWeights(await run.arrays.read(WEIGHTS))
  const errors = encoding.worst(examples, await run.predictor.logits(size, examples))
  delete state.wrong[size]
  state.found[size] = hardest(
    examples.map(({ input }) => input),
    errors,
    options.perSize,
  )
}
