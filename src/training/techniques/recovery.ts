// Recovery, ours: weights that have forgotten what they knew become their average again, which hardly has yet, as it changes
// slowly. Noise as strong as the model bears is sometimes stronger than it bears, and a run that broke on it did not learn
// again from what was left (docs/log.md, 2026-11-27).

import { WEIGHTS } from "../../plan/update.ts"
import { share, type ValuesOf } from "../../schema/index.ts"
import { technique } from "../technique.ts"
import { EMA } from "./ema.ts"

const fields = {
  below: share(0, "Share of right answers in recent batches below which the weights count as lost; 0: never."),
}

/** Batches that the running mean reaches back. A lost run is known within 20 to 40 steps; one bad batch costs nothing. */
const OVER = 50

export const recovery = technique({
  name: "recovery",
  fields,
  isOn: ({ below }: ValuesOf<typeof fields>) => below > 0,
  begin: () => ({ recent: 1 }),
  async afterStep({ options, state, run }, { exact }) {
    if (options.below === 0) return []
    state.recent += (exact - state.recent) / OVER
    if (state.recent >= options.below) return []
    const recent = (100 * state.recent).toFixed(0)
    const weights = await run.arrays.read(EMA)
    const zeros = new Float32Array(weights.length)
    run.arrays.write({ [WEIGHTS]: weights, ...Object.fromEntries(run.momentum.map((name) => [name, zeros])) })
    state.recent = 1
    const reason = `it is forgetting what it knew, with only ${recent} % of recent answers right`
    return [{ type: "recovery", step: run.state.step, reason }]
  },
})
