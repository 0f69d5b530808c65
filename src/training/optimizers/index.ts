// All optimizers, one per line.

import { adam } from "./adam.ts"
import { adamax } from "./adamax.ts"
import { rmsprop } from "./rmsprop.ts"
import { sgd } from "./sgd.ts"

export const optimizers = { adamax, adam, sgd, rmsprop } as const
