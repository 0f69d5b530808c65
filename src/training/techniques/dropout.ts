// Dropout of activations in training [Srivastava et al. 2014; KS16 §3].

import { number, orNull, type ValuesOf } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  rate: number(0, "Share of activations that are set to 0 in training.", {
    min: 0,
    below: 1,
    flag: "--dropout <share>",
    source: "KS16 §4: 0.06 to 0.135; DNGPU code: 0.1 to 0.5",
  }),
  length: orNull(
    number(8, "Length up to which the rate is constant; beyond it the rate falls as 1 / length.", {
      above: 0,
      source: "neural_gpu code: 8",
    }),
    null,
  ),
}

export const dropout = technique({
  name: "dropout",
  fields,
  isOn: ({ rate, length }: ValuesOf<typeof fields>) => rate > 0 || length !== null,
  needs: "dropout",
  ...stateless,
  graph: ({ length }) => (length === null ? {} : { dropoutByLength: true }),
  settings: ({ options }) => ({ keep: 1 - options.rate, "dropout length": options.length ?? EVERY_LENGTH }),
  report: ({ options }) => ({ dropout: options.rate }),
})

/** Longer than any example, so that the rate is the same at every length [KS16 §3]. */
const EVERY_LENGTH = 1e9
