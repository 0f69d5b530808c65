// Noise on the pre-activations of the cells (ours). A cell that tolerates noise in training decides clearly,
// and stays stable over thousands of steps. The noise adapts: it grows while batches stay right, and falls
// when they do not.

import * as v from "valibot"
import { finite, number, refused, share, type ValuesOf } from "../../schema/index.ts"
import { technique } from "../technique.ts"

const fields = {
  start: number(0, "Standard deviation of the noise at the beginning of the phase.", { min: 0 }),
  max: number(0, "Upper limit of the standard deviation.", { min: 0 }),
  step: number(0, "Change of the standard deviation per step.", { min: 0 }),
  exact: share(1, "Share of right answers in a batch from which the noise grows; below it the noise falls."),
}
type Options = ValuesOf<typeof fields>

const within = ({ start, max }: Options, deviation: number) => Math.min(max, Math.max(start, deviation))

export const noise = technique({
  name: "noise",
  fields,
  isOn: ({ max }: Options) => max > 0,
  check({ start, max }: Options, path: string) {
    if (start > max) throw refused(`${path}.max`, max, `a number of at least ${path}.start, ${start}`)
  },
  needs: "noise",
  begin: () => ({ deviation: 0 }),
  state: v.strictObject({ deviation: finite }),
  graph: ({ max }) => (max > 0 ? { noise: true } : {}),
  settings: ({ state }) => ({ noise: state.deviation }),
  beginPhase({ options, state }) {
    state.deviation = within(options, state.deviation)
  },
  async afterStep({ options, state }, { exact }) {
    state.deviation = within(options, state.deviation + (exact >= options.exact ? options.step : -options.step))
    return []
  },
  report: ({ state }) => ({ noise: state.deviation }),
})
