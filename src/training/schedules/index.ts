// All learning-rate schedules, one per line.

import { constant } from "./constant.ts"
import { cosine } from "./cosine.ts"
import { exponential } from "./exponential.ts"
import { plateau } from "./plateau.ts"

export const schedules = { constant, plateau, exponential, cosine } as const
