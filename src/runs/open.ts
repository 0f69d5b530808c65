// Opens trained models for inference on this machine.

import { totalmem } from "node:os"
import type { Backend } from "../backends/backend.ts"
import type { Trained } from "../inference/member.ts"
import { createPredictor, type Predictor } from "../inference/predictor.ts"

/** Memory that this process may use: that of the machine, or less in a container. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

/** A predictor for these models. It refuses questions that need more memory than this machine has. */
export const openModels = (models: readonly Trained[], backend: Backend): Predictor =>
  createPredictor(models, backend, memoryBytes())
