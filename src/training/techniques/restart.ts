// A run that has plainly failed starts over with the next seed. The time of failed attempts counts.

import { type ValuesOf, yesNo } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  enabled: yesNo(false, "Whether a run that has plainly failed starts over with the next seed."),
}

/** All sizes must have joined by this step of an attempt. */
export const JOINED_BY = 2000
/** So many steps after the trained sizes are learned, symbols right at the goal's size must be … */
export const PROVED_AFTER = 600
/** … at least this share. Below it the run has learned a rule that fails beyond the trained sizes. */
export const PROVED_ACCURACY = 0.9
/** The goal must be met by this step of an attempt. */
export const GOAL_BY = 4000

export const restart = technique({
  name: "restart",
  fields,
  isOn: ({ enabled }: ValuesOf<typeof fields>) => enabled,
  begin: stateless,
  verdict({ options, run: { state, stages } }) {
    if (!options.enabled) return undefined
    const steps = state.step - state.begin
    const { learned, goal, curriculum } = state
    if (steps >= JOINED_BY && curriculum.stage < stages)
      return `only ${curriculum.stage} of ${stages} groups of sizes were learned in ${steps} steps`
    if (learned.since !== null && state.step - learned.since === PROVED_AFTER && goal.symbol < PROVED_ACCURACY) {
      const right = (100 * goal.symbol).toFixed(0)
      return `the trained sizes are right, but only ${right} % of symbols at longer ones, so the rule does not generalize`
    }
    return steps >= GOAL_BY ? `the goal was not met in ${steps} steps` : undefined
  },
})
