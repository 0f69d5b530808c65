// An ensemble answers with the mean of its models' probabilities. The paper averages five models, which
// almost always generalize [KS16 §3.3]. Models may differ in family, size and training steps, but not in
// their task.

import { UserError } from "../core/errors.ts"
import type { Encoding } from "../encoding/encoding.ts"
import type { Ask, Member, Trained } from "./member.ts"

const learns = ({ config: { task } }: Trained) => `${task.name}, base ${task.base}, output ${task.output}`

/**
 * Checks that all models learned the same task.
 * @throws UserError if they did not
 */
export function checkEnsemble([first, ...others]: readonly Trained[]): void {
  const stranger = others.find((other) => learns(other) !== learns(first))
  if (stranger)
    throw new UserError(
      `${stranger.path} learned ${learns(stranger)}, expected ${learns(first)} as in ${first.path}; use models of one task`,
    )
}

/** Runs all models and averages them. A single model's logits are returned unchanged. */
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

/**
 * The logits of the mean probabilities. For symbols these are log-probabilities, for vectors inverse
 * sigmoids.
 */
export function averaged(kind: Encoding["signature"]["kind"], members: readonly Float32Array[]): Float32Array {
  const mean = (i: number, probability: (z: number) => number) =>
    members.reduce((sum, logits) => sum + probability(logits[i]), 0) / members.length
  return members[0].map((_, i) =>
    kind === "vectors"
      ? Math.log(mean(i, (z) => 1 / (1 + Math.exp(-z)))) - Math.log(mean(i, (z) => 1 / (1 + Math.exp(z))))
      : Math.log(mean(i, Math.exp)),
  )
}
