// All sweeps, one per line.

import type { Space } from "../../src/sweep/space.ts"
import { ablation } from "./ablation.ts"
import { originalForm } from "./original.ts"
import { paper729 } from "./paper729.ts"
import { seeds } from "./seeds.ts"

export const spaces: readonly Space[] = [paper729, ablation, originalForm, seeds]
