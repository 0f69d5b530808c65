// The suite that every op and layer passes for its samples: gradients against central differences, and every backend
// against the reference, forward and gradients, at lengths that are short, odd and longer than any register tile.

import { describe, it } from "vitest"
import { agree, candidates, planOf, randomBlock, type Samples } from "./engine.ts"
import { checkGradients } from "./gradients.ts"

export const lengths = [1, 2, 3, 7, 20]
/** float32 against float64, in units of max(1, a tensor's largest number). */
export const TOLERANCE = 5e-6

export function conformance(name: string, samples: Samples, tolerance = TOLERANCE): void {
  describe(name, () => {
    for (const [sample, build] of Object.entries(samples))
      it(`${sample}: gradients are central differences`, () => {
        for (const length of [1, 3, 4]) checkGradients(planOf({ [sample]: build }), { length })
      })
    for (const backend of candidates)
      it(`${backend.name} equals the reference`, async () => {
        const p = planOf(samples)
        const program = await backend.create(2).compile(p)
        for (const length of lengths)
          await agree(p, program, [randomBlock(p, length, length), randomBlock(p, length, length, 16)], tolerance)
        await program.dispose()
      })
  })
}
