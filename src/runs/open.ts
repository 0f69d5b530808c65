// Trained models from the disk, ready to be asked on this machine.

import { totalmem } from "node:os"
import type { Backend } from "../backends/backend.ts"
import type { Trained } from "../inference/member.ts"
import { createPredictor, type Predictor } from "../inference/predictor.ts"

/** Asks these models as one; what takes more memory than this machine has is refused. */
export const openModels = (models: readonly Trained[], backend: Backend): Predictor =>
  createPredictor(models, backend, totalmem())
