// Gradient clipping: first each element [Graves 2013; NTM §4: ±10], then the global norm [KS16 §3: 1].

import { div, less, max, min, mul, neg, select, sqrt } from "../../core/expr.ts"
import { GRADIENT } from "../../plan/update.ts"
import { number, orNull, type ValuesOf } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  elements: orNull(
    number(10, "Limit for the absolute value of each element of the gradient; null: no clipping.", {
      above: 0,
      flag: "--clip-elements <x>",
      source: "NTM §4: 10",
    }),
    null,
  ),
  norm: orNull(
    number(1, "Limit for the global norm of the gradient; null: no clipping.", {
      above: 0,
      flag: "--clip <norm>",
      source: "KS16 §3: 1",
    }),
    null,
  ),
}
type Options = ValuesOf<typeof fields>

export const clip = technique({
  name: "clip",
  fields,
  isOn: () => true, // it also measures the norm
  ...stateless,
  update: {
    clip(u, phases: readonly Options[]) {
      if (phases.some(({ elements }) => elements !== null)) {
        const limit = u.number("clip elements")
        u.write(GRADIENT, max(min(u.read(GRADIENT), limit), neg(limit)))
      }
      const gradient = u.read(GRADIENT)
      const norm = sqrt(u.sum("squared norm", mul(gradient, gradient)))
      if (phases.every(({ norm }) => norm === null)) return
      const most = u.number("clip norm")
      u.write(GRADIENT, mul(gradient, select(less(most, norm), div(most, norm), 1)))
    },
  },
  numbers: ({ options }: { options: Options }) => ({
    "clip elements": options.elements ?? Number.POSITIVE_INFINITY,
    "clip norm": options.norm ?? Number.POSITIVE_INFINITY,
  }),
  report: (_, sums) => ({ gradientNorm: Math.sqrt(sums["squared norm"]) }),
})
