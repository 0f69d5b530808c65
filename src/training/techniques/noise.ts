// Noise on the pre-activations of the cells, ours: a cell that bears noise in training decides clearly, and then holds over
// thousands of steps. As much as the model bears: more while batches stay right, less when they do not.

import { number, refused, share, type ValuesOf } from "../../schema/index.ts"
import { technique } from "../technique.ts"

const fields = {
  start: number(0, "Standard deviation of the noise when the phase begins.", { min: 0 }),
  max: number(0, "The most that it becomes.", { min: 0 }),
  step: number(0, "By how much it changes in a step.", { min: 0 }),
  exact: share(1, "It grows after a batch with at least this share of right answers, else it falls."),
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
