// Our training steps, in turns. Gradients, clipping, optimizer and the rest are those of training, and the
// weights stay where the program runs.

import type { Block, Program } from "../../src/backends/backend.ts"
import { initialValues } from "../../src/core/params.ts"
import type { Settings } from "../../src/core/settings.ts"
import { WEIGHTS } from "../../src/plan/update.ts"
import type { TrainConfig } from "../../src/training/config.ts"
import { optimizerOf, updateOf } from "../../src/training/update.ts"
import { takeTurns } from "./turns.ts"

/** Inputs of each step. */
export interface Told {
  /** The learning rate. */
  readonly rate: number
  /** The plan's settings. */
  readonly settings: Settings
  /** Scalars of the techniques in the update. */
  readonly numbers: Readonly<Record<string, number>>
}

/** Trains on the same blocks in every step, from the plan's own initial weights. */
export async function trainInTurns(
  program: Program,
  blocks: readonly Block[],
  config: TrainConfig,
  { rate, settings, numbers }: Told,
): Promise<void> {
  const { shared, trainableSize } = program.plan
  const copies = shared
    .filter((tensor) => tensor.trainable && tensor.copies > 1)
    .map(({ offset, size, copies }) => ({ offset, size: size / copies, copies }))
  const resident = await program.resident(updateOf(config, copies))
  resident.write({ [WEIGHTS]: initialValues(shared, 1).subarray(0, trainableSize) })
  const optimizer = optimizerOf(config)
  const own: Record<string, number> = optimizer.begin(config.optimizer)
  let trainStep = 0
  await takeTurns(async () => {
    const told = { ...optimizer.next(config.optimizer, own, rate), ...numbers }
    await resident.step(blocks, { seed: 1, trainStep: trainStep++ }, { settings, numbers: told, keys: {} })
  })
}
