// Mixes hard examples of the task into every step: long carries, runs of one digit, special numbers.

import { share, type ValuesOf } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  share: share(0, "Share of hard examples in a step.", { flag: "--hard-examples <share>" }),
}

export const hardExamples = technique({
  name: "hardExamples",
  fields,
  isOn: ({ share }: ValuesOf<typeof fields>) => share > 0,
  tasks: "hard examples",
  ...stateless,
  draw: ({ options }) => ({ hardShare: options.share }),
})
