// Opens trained models for inference on this machine.

import { totalmem } from "node:os"
import type { Backend } from "../backends/backend.ts"
import type { Trained } from "../inference/member.ts"
import { createPredictor, type Predictor } from "../inference/predictor.ts"

/** A predictor for these models. It refuses questions that need more memory than this machine has. */
export const openModels = (models: readonly Trained[], backend: Backend): Predictor =>
  createPredictor(models, backend, totalmem())
