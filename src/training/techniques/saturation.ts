// A cost on pre-activations beyond a limit, so that hard non-linearities keep their gradient [DNGPU, §3]. Its weight adapts:
// every so often it becomes rate · mean error / mean cost, and so the weighted cost stays a small share of the loss.

import { number, type ValuesOf } from "../../schema/index.ts"
import { technique } from "../technique.ts"

const fields = {
  weight: number(0, "Weight of the cost at the beginning, and the most it becomes.", {
    min: 0,
    source: "DNGPU code: 1e-3",
  }),
  limit: number(0.9, "Pre-activations beyond ± this cost their excess.", { above: 0, source: "DNGPU code" }),
}

/** Steps between adaptations [DNGPU code]. */
const EVERY = 200
/** The least that the weight becomes. With the code's 1e-20 it can vanish (docs/log.md). */
const FLOOR = 1e-6

export const saturation = technique({
  name: "saturation",
  fields,
  isOn: ({ weight }: ValuesOf<typeof fields>) => weight > 0,
  needs: "saturation",
  begin: () => ({ weight: null as number | null, error: 0, cost: 0, count: 0 }),
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

/** The weight for the next steps, from the mean error and cost of the last ones. */
export const adapted = (most: number, rate: number, meanError: number, meanCost: number): number =>
  meanCost > 0 ? Math.min(most, Math.max(FLOOR, (rate * meanError) / meanCost)) : most
