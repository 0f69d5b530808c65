// Recovery (ours): when the model forgets what it had learned, its weights are replaced by their EMA. The EMA
// changes slowly, so it has hardly forgotten yet. Adaptive noise can grow too strong, and runs that broke
// down on it did not recover by themselves (docs/log.md, 2026-11-27).

import * as v from "valibot"
import { WEIGHTS } from "../../plan/update.ts"
import { finite, share, type ValuesOf } from "../../schema/index.ts"
import { technique } from "../technique.ts"
import { EMA } from "./ema.ts"

const fields = {
  below: share(0, "Share of right answers in recent batches below which the EMA replaces the weights; 0: never."),
}

/**
 * Time constant of the running mean, in batches. One bad batch does not count, and a run that breaks down is
 * noticed soon.
 */
const OVER = 50

export const recovery = technique({
  name: "recovery",
  fields,
  isOn: ({ below }: ValuesOf<typeof fields>) => below > 0,
  begin: () => ({ recent: 1 }),
  state: v.strictObject({ recent: finite }),
  async afterStep({ options, state, run }, { exact }) {
    if (options.below === 0) return []
    state.recent += (exact - state.recent) / OVER
    if (state.recent >= options.below) return []
    const recent = (100 * state.recent).toFixed(0)
    const weights = await run.arrays.read(EMA)
    const zeros = new Float32Array(weights.length)
    run.arrays.write({ [WEIGHTS]: weights, ...Object.fromEntries(run.momentum.map((name) => [name, zeros])) })
    state.recent = 1
    const reason = `the model is forgetting: only ${recent} % of recent answers are right`
    return [{ type: "recovery", step: run.state.step, reason }]
  },
})
