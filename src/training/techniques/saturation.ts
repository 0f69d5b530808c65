// Cost on pre-activations beyond a limit, so that hard non-linearities keep their gradient [DNGPU §3]. Its
// weight is periodically set to rate · mean error / mean cost, so that the weighted cost stays a small share
// of the loss.

import * as v from "valibot"
import { finite, number, type ValuesOf } from "../../schema/index.ts"
import { technique } from "../technique.ts"

const fields = {
  weight: number(0, "Initial weight of the cost, and its upper limit.", {
    min: 0,
    source: "DNGPU code: 1e-3",
  }),
  limit: number(0.9, "Limit L: a pre-activation beyond ±L costs its excess.", { above: 0, source: "DNGPU code" }),
}

/** Steps between adaptations [DNGPU code]. */
const EVERY = 200
/** Lower limit of the weight. With the code's 1e-20 the cost can vanish (docs/log.md). */
const FLOOR = 1e-6

export const saturation = technique({
  name: "saturation",
  fields,
  isOn: ({ weight }: ValuesOf<typeof fields>) => weight > 0,
  needs: "saturation",
  begin: () => ({ weight: null as number | null, error: 0, cost: 0, count: 0 }),
  state: v.strictObject({ weight: v.nullable(finite), error: finite, cost: finite, count: finite }),
  settings: ({ options, state }) => ({
    "saturation weight": state.weight ?? options.weight,
    "saturation limit": options.limit,
  }),
  async afterStep({ options, state, run }, { error, cost }) {
    state.error += error
    state.cost += cost
    state.count++
    const { step, begin, rate } = run.state
    if ((step - begin) % EVERY !== 0) return []
    state.weight = adapted(options.weight, rate, state.error / state.count, state.cost / state.count)
    Object.assign(state, { error: 0, cost: 0, count: 0 })
    return []
  },
})

/** The weight for the next steps, from the mean error and mean cost of the last ones. */
export const adapted = (most: number, rate: number, meanError: number, meanCost: number): number =>
  meanCost > 0 ? Math.min(most, Math.max(FLOOR, (rate * meanError) / meanCost)) : most
