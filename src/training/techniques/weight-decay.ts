// Decoupled weight decay: each step shrinks every weight by the learning rate times this rate, apart from the
// optimizer. With Adam it is AdamW [Loshchilov & Hutter 2019, algorithm 2].

import { mul, sub } from "../../core/expr.ts"
import { WEIGHTS } from "../../plan/update.ts"
import { number, type ValuesOf } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  rate: number(0, "Decoupled weight decay, multiplied by the learning rate; 0.01 in PyTorch's AdamW.", {
    min: 0,
    flag: "--weight-decay <x>",
    source: "Loshchilov & Hutter 2019",
  }),
}

export const weightDecay = technique({
  name: "weightDecay",
  fields,
  isOn: ({ rate }: ValuesOf<typeof fields>) => rate > 0,
  ...stateless,
  update: {
    weights(u) {
      u.weights = sub(u.weights, mul(u.number("weight decay"), u.read(WEIGHTS)))
    },
  },
  numbers: ({ options, run }) => ({ "weight decay": options.rate * run.state.rate }),
})
