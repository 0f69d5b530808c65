// Gradient noise [KS16 §3; Neelakantan et al. 2015], added after clipping. Its variance falls with the step
// as step^-0.55, so its standard deviation falls as step^-0.275.

import * as v from "valibot"
import { add, mul } from "../../core/expr.ts"
import { keysOf, Stream } from "../../core/rng.ts"
import { GRADIENT } from "../../plan/update.ts"
import { finite, number, type ValuesOf } from "../../schema/index.ts"
import { technique } from "../technique.ts"

const fields = {
  scale: number(0, "Scale of the standard deviation of the gradient noise.", {
    min: 0,
    flag: "--gradient-noise <x>",
    source: "KS16 §3 prints none; neural_gpu code: 0",
  }),
}

/** Variance falls as step^-0.55 [neural_gpu code; γ of Neelakantan et al. 2015]. */
export const NOISE_DECAY = 0.55
/** No noise is added below this share of wrong answers [neural_gpu code]. */
export const NOISE_FREE_ERROR = 0.02

export const gradientNoise = technique({
  name: "gradientNoise",
  fields,
  isOn: ({ scale }: ValuesOf<typeof fields>) => scale > 0,
  begin: () => ({ wrong: 1 }),
  state: v.strictObject({ wrong: finite }),
  update: {
    noise(u) {
      u.write(GRADIENT, add(u.read(GRADIENT), mul(u.number("gradient noise"), u.normal("gradient noise keys"))))
    },
  },
  numbers: ({ options, state, run: { state: run } }) => ({
    "gradient noise": deviationOf(options.scale, run.step - run.begin + 1, state.wrong),
  }),
  keys: ({ run: { state: run } }) => ({
    "gradient noise keys": keysOf(run.seed, run.rollbacks, Stream.gradientNoise, run.step - run.begin + 1),
  }),
  async afterStep({ state }, { exact }) {
    state.wrong = 1 - exact
    return []
  },
})

/** Standard deviation of N(0, scale² · step^-0.55 · wrong), where `wrong` is the share of wrong answers. */
export function deviationOf(scale: number, step: number, wrong: number): number {
  const share = Math.max(0, wrong - NOISE_FREE_ERROR)
  return scale * Math.sqrt(share * Math.exp(-NOISE_DECAY * Math.log(Math.max(1, step))))
}
