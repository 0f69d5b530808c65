// A run that has clearly failed restarts with the next seed. The time of failed attempts counts.

import { type ValuesOf, yesNo } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  enabled: yesNo(false, "Whether a run that has clearly failed restarts with the next seed."),
}

/** All sizes must have joined by this step of an attempt. */
export const JOINED_BY = 2000
/** Steps after the trained sizes are learned at which generalization is checked. */
export const PROVED_AFTER = 600
/**
 * Share of right symbols at the goal size that this check needs. Below it the model has not learned the
 * algorithm.
 */
export const PROVED_ACCURACY = 0.9
/** The goal must be met by this step of an attempt. */
export const GOAL_BY = 4000

export const restart = technique({
  name: "restart",
  fields,
  isOn: ({ enabled }: ValuesOf<typeof fields>) => enabled,
  ...stateless,
  verdict({ options, run: { state, stages } }) {
    if (!options.enabled) return undefined
    const steps = state.step - state.begin
    const { learned, goal, curriculum } = state
    if (steps >= JOINED_BY && curriculum.stage < stages)
      return `only ${curriculum.stage} of ${stages} groups of sizes joined in ${steps} steps`
    if (learned.since !== null && state.step - learned.since === PROVED_AFTER && goal.symbol < PROVED_ACCURACY) {
      const right = (100 * goal.symbol).toFixed(0)
      return `the trained sizes are learned, but the model does not generalize: only ${right} % of symbols are right at longer sizes`
    }
    return steps >= GOAL_BY ? `the goal was not met in ${steps} steps` : undefined
  },
})
