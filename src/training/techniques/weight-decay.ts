// Decoupled weight decay: every weight shrinks by the learning rate times this share, beside the optimizer's
// step. With Adam that is AdamW [Loshchilov & Hutter 2019, algorithm 2].

import { mul, sub } from "../../core/expr.ts"
import { WEIGHTS } from "../../plan/update.ts"
import { number, type ValuesOf } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  rate: number(0, "Decay of the weights in a step, times the learning rate; PyTorch's AdamW has 0.01.", {
    min: 0,
    flag: "--weight-decay <x>",
    source: "Loshchilov & Hutter 2019",
  }),
}

export const weightDecay = technique({
  name: "weightDecay",
  fields,
  isOn: ({ rate }: ValuesOf<typeof fields>) => rate > 0,
  begin: stateless,
  update: {
    weights(u) {
      u.weights = sub(u.weights, mul(u.number("weight decay"), u.read(WEIGHTS)))
    },
  },
  numbers: ({ options, run }) => ({ "weight decay": options.rate * run.state.rate }),
})
