// Questions that a model once answered wrongly, mixed into every step: what `attack` found, as hard examples.
// They are part of the config, so that a run explains itself. `train --counterexamples` reads them from a file.

import * as v from "valibot"
import { custom, share, type ValuesOf } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

/** Questions as typed, by size. */
export type Questions = Readonly<Record<string, readonly string[]>>

const fields = {
  share: share(0.1, "Share of a step's examples that are counterexamples, where there are any of their size."),
  questions: custom<Questions>(
    v.record(v.string(), v.array(v.string())),
    'lists of questions by size, such as { "4": ["1011+0001"] }',
    {},
    "Questions as typed, by size; train --counterexamples reads them from a file of attack.",
  ),
}

export const counterexamples = technique({
  name: "counterexamples",
  fields,
  isOn: ({ share, questions }: ValuesOf<typeof fields>) => share > 0 && Object.keys(questions).length > 0,
  tasks: "symbols",
  ...stateless,
  draw: ({ options: { share, questions } }) => ({
    given(size, random) {
      const own = questions[size] ?? []
      return own.length > 0 && random.uniform() < share ? own[random.below(own.length)] : undefined
    },
  }),
})
