// Parameter-sharing relaxation [KS16 §3]: the cells have r copies of their parameters (model.copies). Step t
// uses copy t mod r, and a cost pulls every copy towards the mean of all. The pull grows whenever a size is
// learned. When it would exceed its end, the copies are replaced by their mean. They then stay equal, because
// each gets the mean of their gradients.

import * as v from "valibot"
import { add, mul, select, sub } from "../../core/expr.ts"
import { overCopies } from "../../plan/copies.ts"
import { GRADIENT, WEIGHTS } from "../../plan/update.ts"
import { finite, number, refused, type ValuesOf } from "../../schema/index.ts"
import { type Hook, technique } from "../technique.ts"

const fields = {
  pull: number(0.0005, "Initial weight of the cost, which is the sum of squared distances to the mean.", {
    above: 0,
    source: "neural_gpu code",
  }),
  factor: number(1.2, "Factor of that weight whenever a size is learned.", { min: 1, source: "neural_gpu code" }),
  end: number(0.1, "Weight beyond which the copies are replaced by their mean.", {
    above: 0,
    source: "neural_gpu code",
  }),
}
type Options = ValuesOf<typeof fields>
export interface State {
  /** Weight of the cost; null before the first step. */
  pull: number | null
  averaged: boolean
}

/** 1 in steps after the copies have become one. */
const AVERAGED = "copies averaged"
const pullOf = ({ options, state }: Hook<Options, State>) => state.pull ?? options.pull

/**
 * KS16 averages as soon as the last size is learned, when copies may still be far apart. Here the pull grows
 * until they are close [neural_gpu code]. The gradient of one shared parameter would be the sum over its
 * copies. But Adam's moments come from single copies, and a sum would make its next steps r times too long.
 * Therefore the mean is used.
 */
export const relaxation = technique({
  name: "relaxation",
  fields,
  check({ pull, end }: Options, path) {
    if (end < pull) throw refused(`${path}.end`, end, `a number of at least ${path}.pull, ${pull}`)
  },
  isOn: () => true, // model.copies decides
  begin: (): State => ({ pull: null, averaged: false }),
  state: v.strictObject({ pull: v.nullable(finite), averaged: v.boolean() }),
  update: {
    cost(u) {
      if (u.copies.length === 0) return
      const averaged = u.number(AVERAGED)
      const gradient = u.read(GRADIENT)
      // the gradient of pull · Σ (copy − mean)²
      const off = sub(u.read(WEIGHTS), u.overCopies(WEIGHTS, "mean", { number: AVERAGED, is: 0 }))
      const pulled = add(gradient, mul(mul(2, u.number("pull")), off))
      u.sum("distance", select(averaged, 0, mul(off, off)))
      // after averaging, the mean of their gradients counts once in the norm
      u.write(GRADIENT, select(averaged, u.overCopies(GRADIENT, "fold", { number: AVERAGED, is: 1 }), pulled))
    },
    spread(u) {
      if (u.copies.length === 0) return
      const first = u.overCopies(GRADIENT, "first", { number: AVERAGED, is: 1 })
      u.write(GRADIENT, select(u.number(AVERAGED), first, u.read(GRADIENT)))
    },
  },
  numbers: (hook: Hook<Options, State>) => ({
    pull: pullOf(hook),
    [AVERAGED]: Number(hook.state.averaged),
  }),
  async afterStep(hook, { stageLearned }) {
    const { options, state, run } = hook
    if (!stageLearned || state.averaged || run.copies.length === 0) return []
    state.pull = pullOf(hook) * options.factor
    if (state.pull <= options.end) return []
    state.averaged = true
    for (const name of run.arrayNames) {
      const values = await run.arrays.read(name)
      overCopies(values, run.copies, "mean")
      run.arrays.write({ [name]: values })
    }
    return []
  },
  isReady: ({ state, run }) => run.copies.length === 0 || state.averaged,
  report: (_, sums) => ({ distance: sums.distance ?? 0 }),
})
