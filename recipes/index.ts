// All recipes, one per line. `train <task>` uses the recipe named like the task.

import { recipe as add } from "./add.ts"
import { recipe as copy } from "./copy.ts"
import { recipe as count } from "./count.ts"
import { recipe as duplicate } from "./duplicate.ts"
import { recipe as mul } from "./mul.ts"
import { recipe as ntmCopy } from "./ntm-copy.ts"
import { recipe as ntmCopyGraves } from "./ntm-copy-graves.ts"
import { recipe as ntmNGrams } from "./ntm-n-grams.ts"
import { recipe as ntmPrioritySort } from "./ntm-priority-sort.ts"
import { recipe as ntmRecall } from "./ntm-recall.ts"
import { recipe as ntmRepeatCopy } from "./ntm-repeat-copy.ts"
import { recipe as originalCopy } from "./original-copy.ts"
import type { Recipe } from "./recipe.ts"
import { recipe as reverse } from "./reverse.ts"
import { recipe as sort } from "./sort.ts"

export type { Recipe } from "./recipe.ts"
export const recipes: readonly Recipe[] = [
  add,
  mul,
  copy,
  reverse,
  duplicate,
  count,
  sort,
  ntmCopy,
  ntmCopyGraves,
  ntmRepeatCopy,
  ntmRecall,
  ntmNGrams,
  ntmPrioritySort,
  originalCopy,
]
