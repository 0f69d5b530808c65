// Several models asked as one: the mean of their probabilities answers [KS16, §3.3: five models so averaged
// almost always generalize]. They may be of different families, sizes and steps, as long as they learned the
// same task.

import { UserError } from "../core/errors.ts"
import type { Encoding } from "../encoding/encoding.ts"
import type { Ask, Member, Trained } from "./member.ts"

const learns = ({ config: { task } }: Trained) => `${task.name}, base ${task.base}, output ${task.output}`

/** Throws a UserError sentence where models learned different tasks. */
export function checkEnsemble([first, ...others]: readonly Trained[]): void {
  const stranger = others.find((other) => learns(other) !== learns(first))
  if (stranger)
    throw new UserError(
      `${stranger.path} learns ${learns(stranger)} and ${first.path} ${learns(first)}; an ensemble's models learn the same`,
    )
}

/** Asks all of them; of a single one, exactly its own answers. */
export function ensembleOf(members: readonly Pick<Member, "ask" | "encoding">[]): Ask {
  const [{ ask, encoding }] = members
  if (members.length === 1) return ask
  return async (examples) => {
    const all: Float32Array[][] = []
    for (const { ask } of members) all.push((await ask(examples)).map((logits) => logits.slice()))
    const blocks = all[0].map((_, block) => all.map((logits) => logits[block]))
    return blocks.map((logits) => averaged(encoding.signature.kind, logits))
  }
}

/** The mean of probabilities, as the logits that they have: log-probabilities; of vectors, the numbers whose
 *  sigmoids they are. */
export function averaged(kind: Encoding["signature"]["kind"], members: readonly Float32Array[]): Float32Array {
  const mean = (i: number, probability: (z: number) => number) =>
    members.reduce((sum, logits) => sum + probability(logits[i]), 0) / members.length
  return members[0].map((_, i) =>
    kind === "vectors"
      ? Math.log(mean(i, (z) => 1 / (1 + Math.exp(-z)))) - Math.log(mean(i, (z) => 1 / (1 + Math.exp(z))))
      : Math.log(mean(i, Math.exp)),
  )
}
