// The config of a run, declared once. Defaults, checks, the command line, sweeps, the JSON Schema and the reference page all
// come from `configFields` and from the fields of models, optimizers, schedules and techniques.

import * as v from "valibot"
import { isObject, UserError } from "../core/errors.ts"
import { checkModel, type ModelConfig, type ModelName, modelFamily, modelVariants } from "../models/index.ts"
import { choice, custom, name, number, orNull, parseValue, share, whole } from "../schema/field.ts"
import {
  check,
  defaultsOf,
  merged,
  type PartialValues,
  refused,
  requireKnown,
  type ValuesOf,
  type Variants,
} from "../schema/fields.ts"
import { type FoundTask, findTask } from "../tasks/index.ts"
import { modelDefaults } from "./model-defaults.ts"
import { optimizers } from "./optimizers/index.ts"
import {
  allTechniques,
  checkPhase,
  fieldsOf,
  optionsOf,
  type PartialPhase,
  type Phase,
  plainPhase,
  resolvePhases,
} from "./phases.ts"

/** Sizes 1 to 20 in six groups: long ones, which cost with the square of their length, come when short ones are right. */
const sizeGroups: Sizes = [
  [1, 3],
  [4, 5],
  [6, 8],
  [9, 12],
  [13, 16],
  [17, 20],
]
/** "1-3,4-8,9-20" as ranges; a single size is a range too. JSON is read as it is. */
function parseSizes(text: string): unknown {
  const parts = text.split(",").map((part) => /^\s*(\d+)(?:-(\d+))?\s*$/u.exec(part))
  if (parts.some((match) => match === null)) return parseValue(text)
  return parts.map((match) => [Number(match?.[1]), Number(match?.[2] ?? match?.[1])])
}
export type Sizes = readonly (readonly [number, number])[]

const optimizer: Variants<ReturnType<typeof fieldsOf<typeof optimizers>>> = {
  kind: "variants",
  of: fieldsOf(optimizers),
  default: "adamax",
  about: "The optimizer.",
  flag: "--optimizer <name>",
}

/** Every field of a config but its phases (phases.ts). */
export const configFields = {
  task: {
    name: name("add", "What is learned; several tasks together: copy,reverse."),
    base: whole(2, "Base of the digits, or number of different symbols.", { min: 2 }, { flag: "--base <n>" }),
    output: choice(
      ["padded", "stripped"],
      "padded",
      "How an answer fills its places: leading zeros, or PAD behind it.",
      {
        flag: "--output <form>",
        source: "KS16 §3: stripped",
      },
    ),
  },
  model: modelVariants,
  seed: whole(1, "Seed of all random numbers.", { min: 0, max: 2 ** 31 - 1 }, { flag: "--seed <n>" }),
  steps: orNull(
    whole(
      1000,
      "Steps at most, from the beginning of the run; null: until the goal is met.",
      { min: 1 },
      {
        flag: "--steps <n>",
      },
    ),
    null,
  ),
  sizes: custom<Sizes>(
    v.pipe(v.array(v.tuple([v.number(), v.number()])), v.minLength(1)),
    "rising ranges of sizes, such as 1-3,4-8,9-20",
    sizeGroups,
    "Groups of sizes, shortest first; each step takes one size of every group that has joined.",
    { flag: "--train-sizes <ranges>", source: "ours, after DNGPU's bins", parse: parseSizes },
  ),
  batchSize: whole(
    16,
    "Examples of each group in a step; multiples of 16 waste nothing.",
    { min: 1 },
    {
      flag: "--batch-size <n>",
      source: "ours",
    },
  ),
  curriculum: {
    form: choice(["groups", "sizes"], "groups", "Several groups of sizes at once, or one size a step.", {
      source: "sizes: KS16 §3",
    }),
    threshold: share(0.9, "The next group or size comes at this accuracy.", { source: "KS16 §3" }),
    measure: choice(["symbol", "exact"], "symbol", "Accuracy of symbols, or of whole answers.", {
      source: "exact: KS16 §3",
    }),
    every: whole(
      200,
      "Form sizes: steps over which the accuracy is measured.",
      { min: 1 },
      { source: "neural_gpu code" },
    ),
    mixing: choice(["paper", "code", "none"], "paper", "Form sizes: which other sizes are mixed in.", {
      source: "KS16 §3, neural_gpu code",
    }),
  },
  optimizer,
  learningRate: orNull(
    number(
      0.01,
      "Learning rate at the beginning; null: the model's own, for a Neural GPU 0.48 / maps.",
      {
        above: 0,
        below: 10,
      },
      { flag: "--learning-rate <x>", source: "DNGPU, code: 0.01 · 48 / maps" },
    ),
    null,
  ),
  learned: {
    every: whole(25, "Steps between checks whether the trained sizes are learned.", { min: 1 }, { source: "ours" }),
    exact: share(1, "Share of fresh examples of the longest size that must be right, twice in a row.", {
      source: "ours",
    }),
  },
  goal: {
    size: whole(
      200,
      "Size at which generalization is measured; never trained on.",
      { min: 1 },
      {
        flag: "--goal-size <n>",
      },
    ),
    samples: whole(
      64,
      "Fresh random examples of that size; all hard ones must be right as well.",
      { min: 1 },
      {
        flag: "--goal-samples <n>",
      },
    ),
    bits: orNull(
      number(
        0.01,
        "Tasks on vectors: bits below which the mean cross-entropy of an answer must be.",
        { above: 0 },
        {
          source: "NTM §4.1: near zero",
        },
      ),
      null,
    ),
    times: whole(3, "Times in a row that all must be right.", { min: 1 }, { flag: "--goal-times <n>" }),
    every: whole(50, "Steps between these measurements.", { min: 1 }, { source: "ours" }),
    confirm: custom<{ readonly size: number; readonly samples: number } | null>(
      v.nullable(
        v.strictObject({
          size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
          samples: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
        }),
      ),
      "null, or a size and a number of samples",
      null,
      "A last measurement further out, on random examples, before the goal counts as met.",
    ),
  },
}

type Fixed = ValuesOf<typeof configFields>
export interface TrainConfig extends Fixed {
  readonly phases: readonly Phase[]
}
export type PartialConfig = {
  readonly [K in keyof Fixed]?: K extends "model" ? PartialModel : PartialValues<Fixed[K]>
} & { readonly phases?: readonly PartialPhase[] }
type PartialModel = { [N in ModelName]: PartialValues<Extract<ModelConfig, { name: N }>> }[ModelName]

const topLevel = [...Object.keys(configFields), "phases"]

/** A whole config from what is given, checked. Throws a UserError that names the field. */
export function resolveConfig(given: PartialConfig): TrainConfig {
  if (!isObject(given)) throw refused("config", given, "an object")
  if ("settle" in given) throw new UserError("the config is of version 0.1: train anew, or use that version")
  requireKnown(topLevel, given, "")
  const { phases, ...own } = given
  if (phases !== undefined && !(Array.isArray(phases) && phases.length > 0 && phases.every(isObject)))
    throw refused("phases", phases, "a list of one phase or more")
  const base = defaultsFor(given.model?.name)
  const config = merged(configFields, base, own)
  const found = requireTask(config, given)
  const whole: TrainConfig = {
    ...config,
    ...fittingTask(config, own, found),
    phases: phases === undefined ? base.phases : resolvePhases(phases, base.phases[0]),
  }
  checkConfig(whole, found)
  return whole
}

/** What a config with this model has where it says nothing; without a name, the Neural GPU's. */
export function defaultsFor(model: string = modelVariants.default): TrainConfig {
  modelFamily(model) // an unknown name is told here
  const { phases = [{}], ...own } = modelDefaults[model as ModelName]
  const config = merged(configFields, defaultsOf(configFields), { ...own, model: { name: model } })
  return { ...config, phases: resolvePhases(phases, plainPhase()) }
}

export const defaultConfig: TrainConfig = defaultsFor()

/** The task that a config names. Its own defaults count where nothing is given. */
function requireTask({ task }: Fixed, given: PartialConfig): FoundTask {
  check({ name: configFields.task.name }, { name: task.name }, "task")
  const { base, output } = given.task ?? {}
  return findTask(task.name, { base, output })
}

/** What a task brings: its options; on vectors and images also its sizes and how the goal is measured. */
function fittingTask(config: Fixed, given: PartialConfig, found: FoundTask): Partial<Fixed> {
  if (found.kind === "symbols") return { task: { name: config.task.name, ...found.task.options } }
  const { trained } = found
  const measured = found.kind === "vectors" && given.goal?.bits === undefined ? { bits: 0.01 } : {}
  const size = given.goal?.size === undefined ? { size: trained[1] } : {}
  return {
    task: { name: config.task.name, base: 2, output: "padded" }, // nothing to choose
    sizes: given.sizes ?? [trained],
    goal: { ...config.goal, ...size, ...measured },
  }
}

function checkConfig(config: TrainConfig, found: FoundTask): void {
  const { phases, ...own } = config
  check(configFields, own, "")
  checkModel(config.model)
  const family = modelFamily(config.model.name)
  if (!family.learns.includes(found.kind))
    throw refused("model.name", config.model.name, `a model that learns ${found.kind}, as ${config.task.name} is`)
  checkSizes(config, found)
  phases.forEach((phase, i) => {
    checkPhase(phase, `phases.${i}`)
    checkTechniques(config, phase, `phases.${i}`, found)
  })
  const last = phases[phases.length - 1]
  if (last.until !== "goal") throw refused(`phases.${phases.length - 1}.until`, last.until, `"goal" for the last phase`)
}

function checkSizes({ sizes, goal }: Fixed, { kind, minSize }: FoundTask): void {
  const isSize = (x: number) => Number.isSafeInteger(x) && x >= minSize
  const rising = sizes.every(
    ([from, to], i) => isSize(from) && isSize(to) && to >= from && (i === 0 || from > sizes[i - 1][1]),
  )
  if (!rising) throw refused("sizes", sizes, `rising ranges of sizes of at least ${minSize}, such as [[1, 3], [4, 8]]`)
  for (const [path, size] of [
    ["goal.size", goal.size],
    ["goal.confirm.size", goal.confirm?.size ?? minSize],
  ] as const)
    if (!isSize(size)) throw refused(path, size, `a whole number of at least ${minSize}`)
  if (goal.bits !== null && kind !== "vectors")
    throw refused("goal.bits", goal.bits, "null: only tasks on vectors have it")
}

/** Refuses techniques that the model or the task does not have. */
function checkTechniques({ model, task }: Fixed, phase: Phase, path: string, { kind }: FoundTask): void {
  const has = modelFamily(model.name).techniques
  for (const technique of allTechniques) {
    const options = optionsOf(phase, technique.name)
    if (!technique.isOn(options)) continue
    const at = `${path}.${technique.name}`
    if (technique.needs !== null && !has.includes(technique.needs))
      throw refused(at, options, `none: the model ${model.name} does not have it`)
    if (technique.symbolsOnly && kind !== "symbols")
      throw refused(at, options, `none: ${task.name} is a task on ${kind}`)
  }
}

/** The longest size that a config trains on. */
export const longestSize = ({ sizes }: Pick<TrainConfig, "sizes">): number => sizes[sizes.length - 1][1]
