// The recipes there are: one line each. `train <task>` takes the recipe of the task's name.

import { recipe as add } from "./add.ts"
import { recipe as mul } from "./mul.ts"
import { recipe as ntmCopy } from "./ntm-copy.ts"
import { recipe as ntmCopyGraves } from "./ntm-copy-graves.ts"
import type { Recipe } from "./recipe.ts"

export type { Recipe } from "./recipe.ts"
export const recipes: readonly Recipe[] = [add, mul, ntmCopy, ntmCopyGraves]
