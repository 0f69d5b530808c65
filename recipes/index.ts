// All recipes, one per line. `train <task>` uses the recipe named like the task.

import { usualModels } from "../src/models/index.ts"
import { merged } from "../src/schema/index.ts"
import { kindOf, type OwnTask } from "../src/tasks/index.ts"
import { configFields, nameOfModel, type PartialConfig } from "../src/training/config.ts"
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
import { ownTaskConfig } from "./own-task.ts"
import type { Recipe } from "./recipe.ts"
import { recipe as reverse } from "./reverse.ts"
import { recipe as sort } from "./sort.ts"

export { ownTaskConfig } from "./own-task.ts"
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

/** The model that a config trains. */
export const modelOf = (config: PartialConfig): string => nameOfModel(config) ?? usualModels[kindOf(config.task?.name)]

/** The recipe named like the task, if it trains the requested model. */
export const usualRecipe = (task: string | undefined, model: string | undefined): Recipe | undefined =>
  recipes.find((r) => r.name === task && (model === undefined || modelOf(r.config) === model))

/**
 * A config over the one with which its task usually begins, field by field. Its phases replace those.
 * @param own a task of the user's own, instead of a named one
 */
export function overUsual(given: PartialConfig, own?: OwnTask): PartialConfig {
  const model = nameOfModel(given)
  const usual = own ? ownTaskConfig(own, model) : usualRecipe(given.task?.name, model)?.config
  return usual === undefined ? given : merged<PartialConfig>(configFields, usual, given)
}
