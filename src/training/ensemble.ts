// Several models asked as one: the mean of their probabilities answers [KS16, §3.3: five models so averaged almost always generalise]. They may be of
// different families, sizes and steps, as long as they learnt the same task.

import type { Encoding } from "./encoding.ts"
import { type Ask, asker, type Evaluated } from "./evaluate.ts"

/** Asks all of them; of a single one, exactly its own answers. */
export function ensembleOf(members: readonly Evaluated[]): Ask {
  const asks = members.map(asker)
  if (asks.length === 1) return asks[0]
  const { kind } = members[0].encoding.signature
  return async (examples, firstExample) => {
    const all: Float32Array[][] = []
    // one after the other: what a program gives may be gone with the backend's next run
    for (const ask of asks) all.push((await ask(examples, firstExample)).map((logits) => logits.slice()))
    return all[0].map((_, block) =>
      averaged(
        kind,
        all.map((logits) => logits[block]),
      ),
    )
  }
}

/** The mean of probabilities, as the logits that they have: log-probabilities, or of vectors the numbers whose sigmoids they are. */
export function averaged(kind: Encoding["signature"]["kind"], members: readonly Float32Array[]): Float32Array {
  const mean = (i: number, probability: (z: number) => number) =>
    members.reduce((sum, logits) => sum + probability(logits[i]), 0) / members.length
  return members[0].map((_, i) =>
    kind === "vectors"
      ? Math.log(mean(i, (z) => 1 / (1 + Math.exp(-z)))) - Math.log(mean(i, (z) => 1 / (1 + Math.exp(z))))
      : Math.log(mean(i, Math.exp)),
  )
}
