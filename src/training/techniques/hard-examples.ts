// A share of hard examples among the random ones of a step: long carries, runs, special numbers. The task knows them.

import { share, type ValuesOf } from "../../schema/index.ts"
import { stateless, technique } from "../technique.ts"

const fields = {
  share: share(0, "Share of hard examples in a step.", { flag: "--hard-examples <share>" }),
}

export const hardExamples = technique({
  name: "hardExamples",
  fields,
  isOn: ({ share }: ValuesOf<typeof fields>) => share > 0,
  symbolsOnly: true,
  begin: stateless,
  draw: ({ options }) => ({ hardShare: options.share }),
})
