// From what was typed to a run's config: defaults, then the recipe, then options. A run that is continued keeps its own.

import { existsSync, readFileSync } from "node:fs"
import { extname, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { type Recipe, recipes } from "../../recipes/index.ts"
import { UserError } from "../core/errors.ts"
import { nearest } from "../core/nearest.ts"
import { DEFAULT_FAMILY, modelFamily } from "../models/index.ts"
import { findTask } from "../tasks/index.ts"
import { type PartialConfig, resolveConfig, type TrainConfig } from "../training/config.ts"
import { applyOptions, type Draft, fieldsOf, get } from "./config-options.ts"

/** The recipe of this name, or in this file (.ts, .js: `export const recipe`; .json: the recipe itself). */
export async function findRecipe(nameOrFile: string): Promise<Recipe> {
  const known = recipes.find((r) => r.name === nameOrFile)
  if (known) return known
  if (!existsSync(nameOrFile) || !/^\.(ts|mts|js|mjs|json)$/u.test(extname(nameOrFile))) {
    const names = recipes.map((r) => r.name)
    const near = nearest(nameOrFile, names)
    const hint = near === undefined ? "" : ` (did you mean ${near}?)`
    throw new UserError(
      `--recipe: got ${JSON.stringify(nameOrFile)}, expected one of ${names.join(", ")} or a .ts, .js or .json file${hint}`,
    )
  }
  const recipe = await readRecipe(nameOrFile)
  if (typeof recipe?.config !== "object" || recipe.config === null)
    throw new UserError(`${nameOrFile} is no recipe: expected { name, about, config } as its export "recipe"`)
  return recipe
}

async function readRecipe(file: string): Promise<Partial<Recipe> & Recipe> {
  try {
    if (extname(file) === ".json") return JSON.parse(readFileSync(file, "utf8"))
    return (await import(pathToFileURL(resolve(file)).href)).recipe
  } catch (error) {
    throw new UserError(`${file} is no recipe: ${(error as Error).message.split("\n")[0]}`, { cause: error })
  }
}

const modelOf = (config: PartialConfig): string => config.model?.name ?? DEFAULT_FAMILY

/** The recipe of the task's name, if it trains the model that is asked for. */
const usualRecipe = (task: string | undefined, model: string | undefined): Recipe | undefined =>
  recipes.find((r) => r.name === task && (model === undefined || modelOf(r.config) === model))

/** The config of a new run. */
export async function newConfig(
  task: string | undefined,
  typed: Readonly<Record<string, unknown>>,
): Promise<TrainConfig> {
  if (task !== undefined) findTask(task) // an unknown task is told first
  const model = typeof typed.model === "string" ? modelFamily(typed.model).name : undefined
  const named = typeof typed.recipe === "string" ? await findRecipe(typed.recipe) : usualRecipe(task, model)
  const name = task ?? named?.config.task?.name
  if (name === undefined) throw new UserError("train: got no task, expected one, such as: neural-gpu train add")
  const given: PartialConfig = named?.config ?? {}
  if (given.task?.name !== undefined && given.task.name !== name)
    throw new UserError(`--recipe: got the recipe ${named?.name} for ${given.task.name}, expected one for ${name}`)
  const trains = modelOf(given)
  if (model !== undefined && named !== undefined && model !== trains)
    throw new UserError(`--model: got ${model}, but the recipe ${named.name} trains ${trains}; leave one of them out`)
  const whole = { ...given, task: { ...given.task, name }, model: { ...given.model, name: model ?? trains } }
  const draft = structuredClone(resolveConfig(whole as PartialConfig)) as unknown as Draft
  applyOptions(draft, typed)
  return resolveConfig(draft as unknown as PartialConfig)
}

/** The config of a run, read from its folder; other steps may be asked for, anything else must be the same. */
export function resumedConfig(
  dir: string,
  stored: Readonly<Record<string, unknown>>,
  task: string | undefined,
  typed: Readonly<Record<string, unknown>>,
): TrainConfig {
  const own = storedConfig(dir, stored)
  if (typed.recipe !== undefined)
    throw new UserError("--recipe: a run that is continued has its own config; leave --recipe out")
  const draft = structuredClone(own) as unknown as Draft
  applyOptions(draft, typed)
  if (task !== undefined) draft.task = { ...own.task, name: task }
  const leaf = (value: unknown) => typeof value !== "object" || value === null || Array.isArray(value)
  const differences = fieldsOf(draft)
    .map((field) => ({ field, has: get(own, field.split(".")), got: get(draft, field.split(".")) }))
    .filter(({ field, has, got }) => field !== "steps" && leaf(got) && JSON.stringify(has) !== JSON.stringify(got))
    .map(({ field, has, got }) => `${field} is ${JSON.stringify(has)} there and ${JSON.stringify(got)} here`)
  if (differences.length > 0)
    throw new UserError(
      `${dir} cannot be continued with another config: ${differences.join(", ")}; leave these options out, or begin a new run`,
    )
  return resolveConfig({ ...own, steps: draft.steps as number | null })
}

/** A stored config, checked; a sentence when it is damaged. */
export function storedConfig(dir: string, stored: Readonly<Record<string, unknown>>): TrainConfig {
  try {
    return resolveConfig(stored as PartialConfig)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`the config of ${dir} cannot be used: ${reason}`, { cause: error })
  }
}
