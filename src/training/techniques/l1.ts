// L1 proximal step [truncated gradient: Langford, Li & Zhang 2009]: every update moves each weight a little
// towards 0. It is decoupled from the optimizer, like decoupled weight decay. Unused weights reach 0 and stay
// there. Otherwise they would keep their random initial values for ever (docs/log.md).

import { max, min, neg, sub } from "../../core/expr.ts"
import { number, type ValuesOf } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  step: number(0, "Amount by which each weight moves towards 0 in a step.", { min: 0, below: 1, flag: "--l1 <x>" }),
}

export const l1 = technique({
  name: "l1",
  fields,
  isOn: ({ step }: ValuesOf<typeof fields>) => step > 0,
  ...stateless,
  update: {
    weights(u) {
      const by = u.number("l1 step")
      u.weights = sub(u.weights, min(max(u.weights, neg(by)), by))
    },
  },
  numbers: ({ options }) => ({ "l1 step": options.step }),
})
