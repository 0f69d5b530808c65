// Exponential moving average of the weights (EMA) [Polyak & Juditsky 1992]: average ← decay · average + (1 −
// decay) · weights. Evaluation uses the EMA, and trained models consist of it.

import { add, mul, sub } from "../../core/expr.ts"
import { WEIGHTS } from "../../plan/update.ts"
import { number } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  decay: number(0, "Decay of the EMA of the weights; 0: the weights themselves.", {
    min: 0,
    below: 1,
    flag: "--ema-decay <x>",
  }),
}

/** The name of the EMA's array. */
export const EMA = "ema"

export const ema = technique({
  name: "ema",
  fields,
  isOn: () => true, // with decay 0 the average equals the weights
  ...stateless,
  update: {
    average(u) {
      const decay = u.number("ema decay")
      const weights = u.read(WEIGHTS)
      u.write(EMA, add(mul(decay, u.read(EMA)), mul(sub(1, decay), weights)))
    },
  },
  numbers: ({ options }: { options: { decay: number } }) => ({ "ema decay": options.decay }),
})
