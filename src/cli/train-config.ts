// Makes a run's config from the command line: defaults, then the recipe or config file, then options. A
// resumed run keeps its own config.

import { existsSync, readFileSync } from "node:fs"
import { extname } from "node:path"
import { modelOf, ownTaskConfig, type Recipe, recipes, usualRecipe } from "../../recipes/index.ts"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { didYouMean } from "../core/nearest.ts"
import { checkedConfig } from "../runs/file-formats.ts"
import { loadModelOf, modelNamed } from "../runs/model-module.ts"
import { exportsOf } from "../runs/module-file.ts"
import { findTask, type OwnTask } from "../tasks/index.ts"
import { type PartialConfig, resolveConfig, type TrainConfig } from "../training/config.ts"
import { namingOptions, withOptions } from "./config-options.ts"
import { withCounterexamples } from "./counterexamples.ts"

type Typed = Readonly<Record<string, unknown>>

/**
 * Finds the recipe of this name, or reads it from a file (.ts, .js: `export const recipe`; .json: the recipe
 * itself).
 */
export async function findRecipe(nameOrFile: string): Promise<Recipe> {
  const known = recipes.find((r) => r.name === nameOrFile)
  if (known) return known
  if (!existsSync(nameOrFile) || !/^\.(ts|mts|js|mjs|json)$/u.test(extname(nameOrFile))) {
    const names = recipes.map((r) => r.name)
    const hint = didYouMean(nameOrFile, names)
    throw new UserError(
      `--recipe: got ${JSON.stringify(nameOrFile)}, expected one of ${names.join(", ")} or a .ts, .js or .json file${hint}`,
    )
  }
  const recipe = readRecipe(nameOrFile)
  if (!isObject(recipe) || !isObject(recipe.config))
    throw new UserError(`${nameOrFile} is not a recipe: expected { name, about, config } as its export "recipe"`)
  return { name: nameOrFile, about: "", config: recipe.config as PartialConfig }
}

function readRecipe(file: string): unknown {
  try {
    if (extname(file) === ".json") return JSON.parse(readFileSync(file, "utf8"))
    return exportsOf(file).recipe
  } catch (error) {
    throw new UserError(`${file} is not a recipe: ${(error as Error).message.split("\n")[0]}`, { cause: error })
  }
}

/** Reads the config in a JSON file. */
function readConfigFile(file: string): PartialConfig {
  if (!existsSync(file))
    throw new UserError(`--config: there is no file ${file}; --print-config prints a config to begin with`)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, "utf8"))
  } catch (error) {
    throw new UserError(`--config: ${file} cannot be read as JSON: ${(error as Error).message.split("\n")[0]}`, {
      cause: error,
    })
  }
  if (!isObject(value))
    throw new UserError(`--config: ${file} is not a JSON object, expected one with fields of the config`)
  const { $schema: _, ...config } = value // for editors only
  return config as PartialConfig
}

/** The config from which a new run starts, and its name in messages. */
async function beginning(task: string | undefined, typed: Typed, model: string | undefined) {
  if (typeof typed.config === "string") {
    if (typed.recipe !== undefined) throw new UserError("--config: got --recipe as well, expected only one of them")
    return { name: typed.config, config: readConfigFile(typed.config) }
  }
  return typeof typed.recipe === "string" ? findRecipe(typed.recipe) : usualRecipe(task, model)
}

/** Refuses a typed name that contradicts the recipe or the config file. */
function requireSame(what: string, typed: string | undefined, from: Pick<Recipe, "name">, own: string | undefined) {
  if (typed !== undefined && own !== undefined && typed !== own)
    throw new UserError(`${from.name} has the ${what} ${own}, got ${typed}; leave one of them out`)
}

/** Adds a name to a part of a config. A value that is not an object is left to the config's check. */
const named = (part: unknown, name: string) => (part === undefined || isObject(part) ? { ...part, name } : part)

/**
 * The config of a new run.
 * @param own a task of the user's own, instead of a named one
 */
export async function newConfig(task: string | undefined, typed: Typed, own?: OwnTask): Promise<TrainConfig> {
  if (task !== undefined && own !== undefined)
    throw new UserError(`train: got the task ${task} and a task of your own, expected only one of them`)
  if (task !== undefined) findTask(task) // refuses an unknown task first
  const model = typeof typed.model === "string" ? modelNamed(typed.model) : undefined
  const from = await beginning(task, typed, model)
  loadModelOf(from?.config ?? {})
  const given: PartialConfig = from?.config ?? (own ? ownTaskConfig(own, model) : {})
  const name = own?.spec.name ?? task ?? given.task?.name
  if (name === undefined)
    throw new UserError("train: got no task, expected one, such as: neural-gpu train add (your own: --data pairs.tsv)")
  const trains = modelOf({ ...given, task: { ...given.task, name } })
  if (from !== undefined) {
    requireSame("task", task, from, given.task?.name)
    requireSame("model", model, from, trains)
  }
  const spec = own?.spec ?? named(given.task, name)
  const whole = { ...given, task: spec, model: named(given.model, model ?? trains) }
  return namingOptions(typed, () => {
    const begun =
      from === undefined
        ? resolveConfig(whole as PartialConfig, own?.found)
        : checkedConfig(from.name, whole, own?.found)
    const config = resolveConfig(withOptions(begun, typed), own?.found)
    const { counterexamples: file } = typed
    return typeof file === "string" ? resolveConfig(withCounterexamples(config, file, own?.found), own?.found) : config
  })
}

/** Checks the stored config of a run against typed options. Only the number of steps may differ. */
export function resumedConfig(dir: string, stored: object, task: string | undefined, typed: Typed): TrainConfig {
  const own = checkedConfig(dir, stored)
  for (const option of ["recipe", "config", "counterexamples"])
    if (typed[option] !== undefined)
      throw new UserError(`--${option}: a resumed run has its own config; leave --${option} out`)
  const typedOver = namingOptions(typed, () => withOptions(own, typed))
  const wanted = task === undefined ? typedOver : { ...typedOver, task: { ...typedOver.task, name: task } }
  const differences = differencesOf(own, wanted).filter(({ path }) => path !== "steps")
  if (differences.length > 0) {
    const told = differences.map(({ path, has, got }) => `${path} is ${has}, got ${got}`)
    throw new UserError(
      `${dir} cannot be resumed with another config: ${told.join(", ")}; leave these options out, or start a new run`,
    )
  }
  return resolveConfig({ ...own, steps: wanted.steps })
}

/** Where two values differ, as JSON. */
function differencesOf(has: unknown, got: unknown, path = ""): { path: string; has: string; got: string }[] {
  if (isObject(has) && isObject(got)) {
    const keys = [...new Set([...Object.keys(has), ...Object.keys(got)])]
    return keys.flatMap((key) => differencesOf(has[key], got[key], path === "" ? key : `${path}.${key}`))
  }
  if (Array.isArray(has) && Array.isArray(got) && has.length === got.length && has.every(isObject))
    return has.flatMap((one, i) => differencesOf(one, got[i], `${path}.${i}`))
  const [a, b] = [JSON.stringify(has), JSON.stringify(got)]
  return a === b ? [] : [{ path, has: a, got: b }]
}
