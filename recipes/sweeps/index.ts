// The sweeps there are: one line each.

import type { Space } from "../../src/sweep/space.ts"
import { seeds } from "./seeds.ts"

export const spaces: readonly Space[] = [seeds]
