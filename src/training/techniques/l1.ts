// An L1 proximal step: after every update each weight comes a little nearer to 0, and stays there unless gradients drive it
// out again [truncated gradient: Langford, Li & Zhang 2009], apart from the optimizer as in decoupled weight decay. Without
// it the random weights of the beginning stay for ever where nothing asks for them (docs/log.md).

import { max, min, neg, sub } from "../../core/expr.ts"
import { number, type ValuesOf } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  step: number(0, "How much nearer to 0 every weight comes in a step.", { min: 0, below: 1, flag: "--l1 <x>" }),
}

export const l1 = technique({
  name: "l1",
  fields,
  isOn: ({ step }: ValuesOf<typeof fields>) => step > 0,
  begin: stateless,
  update: {
    weights(u) {
      const by = u.number("l1 step")
      u.weights = sub(u.weights, min(max(u.weights, neg(by)), by))
    },
  },
  numbers: ({ options }) => ({ "l1 step": options.step }),
})
