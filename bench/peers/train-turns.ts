// Our training steps, in turns: gradients, clipping to a norm of 1 and Adam are those of training.

import type { Block, Program } from "../../src/backends/backend.ts"
import { newMemory, optimizers, stepper } from "../../src/training/optimizers/index.ts"
import { clipGlobalNorm } from "../../src/training/techniques/clip.ts"
import { takeTurns } from "./turns.ts"

/** Trains `shared` on the same blocks as often as it is told; `shared` begins as the plan says. `addCost` adds the gradient of a cost on the parameters themselves. */
export async function trainInTurns(
  program: Program,
  shared: Float32Array,
  blocks: readonly Block[],
  addCost: (gradient: Float32Array, parameters: Float32Array) => void = () => {},
): Promise<void> {
  const { trainableSize } = program.plan
  const parameters = shared.subarray(0, trainableSize)
  const optimizer = optimizers.adam()
  const step = stepper(optimizer)
  const memory = newMemory(optimizer, trainableSize)
  let trainStep = 0
  await takeTurns(async () => {
    const { gradient } = await program.run(shared, blocks, { seed: 1, trainStep: trainStep++ })
    addCost(gradient, parameters)
    clipGlobalNorm(gradient, 1)
    step(parameters, gradient, 1e-3, memory)
  })
}
