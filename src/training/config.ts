// Completes and checks the config of a run.

import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import {
  checkModel,
  DefinedModel,
  graphTechniques,
  modelFamily,
  modelVariants,
  useModel,
  usualModels,
} from "../models/index.ts"
import { check, defaultsOf, MOST_SIZE, merged, refused, requireGroups, requireKnown } from "../schema/index.ts"
import { type FoundTask, findTask, kindOf } from "../tasks/index.ts"
import { configFields, type Fixed, nameOfModel, type PartialConfig, type TrainConfig } from "./config-fields.ts"
import { defaultsOfModel } from "./model-defaults.ts"
import {
  allTechniques,
  checkPhase,
  fitsTask,
  optionsOf,
  type Phase,
  phaseFields,
  plainPhase,
  resolvePhases,
  withoutUnsupported,
} from "./phases.ts"
import { longestOf } from "./sizes.ts"

export { configFields, nameOfModel, type PartialConfig, type TrainConfig } from "./config-fields.ts"

const topLevel = [...Object.keys(configFields), "phases"]

/**
 * Completes a config with defaults and checks it.
 * @param typed any part of a config
 * @param task a task of the user's own with its examples, which suggests sizes; by default, the one that the
 * config names
 * @returns the complete config, with every phase in full
 * @throws UserError that names the invalid field
 * @example resolveConfig({ task: { name: "add" }, model: { name: "neural-gpu", maps: 48 } })
 */
export function resolveConfig(typed: PartialConfig, task?: FoundTask): TrainConfig {
  if (!isObject(typed)) throw refused("config", typed, "an object")
  const given: PartialConfig = { ...typed, ...modelOf(typed) }
  if ("settle" in given) throw new UserError("version 0.1 wrote this config; train anew, or use that version")
  const misplaced = Object.keys(given).find((name) => Object.hasOwn(phaseFields, name))
  if (misplaced !== undefined)
    throw new UserError(`config: ${misplaced} belongs to a phase, expected phases: [{ ${misplaced}: … }]`)
  requireKnown(topLevel, given, "")
  const { phases, ...own } = given
  if (phases !== undefined && !(Array.isArray(phases) && phases.length > 0 && phases.every(isObject)))
    throw refused("phases", phases, "a list of one phase or more")
  requireGroups(configFields, own)
  const base = defaultsFor(nameOfModel(given) ?? usualModels[task?.kind ?? kindOf(given.task?.name)])
  const config = merged(configFields, base, own)
  const found = task ?? requireTask(config, given)
  const whole: TrainConfig = {
    ...config,
    ...fittingTask(config, own, found),
    ...phasesOf(phases, base, config, found),
  }
  checkConfig(whole, found)
  return whole
}

/** A model of one's own by its name, as a config has it. */
function modelOf({ model }: PartialConfig): Pick<PartialConfig, "model"> {
  if (!(model instanceof DefinedModel)) return {}
  useModel(model)
  return { model: { ...model.options, name: model.family.name } as PartialConfig["model"] & object }
}

/** The given phases, or the model's defaults without the techniques that its form or the task does not support. */
function phasesOf(
  given: PartialConfig["phases"],
  { phases }: TrainConfig,
  { model }: Fixed,
  task: FoundTask,
): Pick<TrainConfig, "phases"> {
  const fitting = phases.map((phase) => withoutUnsupported(phase, graphTechniques(model), task))
  return { phases: given === undefined ? fitting : resolvePhases(given, fitting[0]) }
}

/**
 * The default config of a model; of the Neural GPU if no model is named.
 * @throws UserError if there is no such model
 */
export function defaultsFor(model: string = modelVariants.default): TrainConfig {
  modelFamily(model) // refuses an unknown name
  const { phases = [{}], ...own } = defaultsOfModel(model)
  const config = merged(configFields, defaultsOf(configFields), { ...own, model: { name: model } })
  return { ...config, phases: resolvePhases(phases, plainPhase()) }
}

/** The default config: a diagonal Neural GPU that learns addition. */
export const defaultConfig: TrainConfig = defaultsFor()

/** The task that a config names. Its own defaults apply to options that are not given. */
function requireTask({ task }: Fixed, given: PartialConfig): FoundTask {
  if (!isObject(task)) throw refused("task", task, `an object with ${Object.keys(configFields.task).join(", ")}`)
  check({ name: configFields.task.name }, { name: task.name }, "task")
  const { base, output } = given.task ?? {}
  const { vocabulary } = task
  check({ vocabulary: configFields.task.vocabulary }, { vocabulary }, "task")
  return findTask(task.name, { base, output, vocabulary })
}

/** The fields that depend on the task: its options, and the sizes and the goal that it suggests. */
function fittingTask(config: Fixed, given: PartialConfig, found: FoundTask): Partial<Fixed> {
  const { name, base, output, vocabulary } = config.task
  const measured = found.kind === "vectors" ? { bits: 0.01 } : {}
  const { suggested } = found
  const sizes = suggested && {
    sizes: given.sizes ?? suggested.sizes ?? config.sizes,
    goal: merged(configFields.goal, { ...config.goal, ...suggested.goal, ...measured }, given.goal),
  }
  if (found.kind === "symbols" && vocabulary === null)
    return { task: { name, ...found.task.options, vocabulary }, ...sizes }
  const none = `nothing: ${name} is ${found.kind === "symbols" ? "a task of your own" : `a task on ${found.kind}`}`
  if (base !== 2) throw refused("task.base", base, none)
  if (output !== "padded") throw refused("task.output", output, none)
  return { ...sizes }
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

function checkSizes({ sizes, goal }: Fixed, found: FoundTask): void {
  const { kind, minSize } = found
  const isSize = (x: number) => Number.isSafeInteger(x) && x >= minSize && x <= MOST_SIZE
  const rising = sizes.every(
    ([from, to], i) => isSize(from) && isSize(to) && to >= from && (i === 0 || from > sizes[i - 1][1]),
  )
  if (!rising)
    throw refused("sizes", sizes, `rising ranges of sizes from ${minSize} to ${MOST_SIZE}, such as [[1, 3], [4, 8]]`)
  for (const [path, size] of [
    ["goal.size", goal.size],
    ["goal.confirm.size", goal.confirm?.size ?? minSize],
  ] as const)
    if (!isSize(size)) throw refused(path, size, `a whole number from ${minSize} to ${MOST_SIZE}`)
  if (goal.bits !== null && kind !== "vectors")
    throw refused("goal.bits", goal.bits, "null: only tasks on vectors are measured in bits")
  if (goal.families > 0 && !(found.kind === "symbols" && found.task.families.length > 0))
    throw refused("goal.families", goal.families, "0: the task has no families of worst cases")
}

/** Refuses techniques that the model or the task does not support. */
function checkTechniques({ model, task }: Fixed, phase: Phase, path: string, found: FoundTask): void {
  const has = graphTechniques(model)
  for (const technique of allTechniques) {
    const options = optionsOf(phase, technique.name)
    if (!technique.isOn(options)) continue
    const at = `${path}.${technique.name}`
    if (technique.needs !== null && !has.includes(technique.needs))
      throw refused(at, options, `it off: the model ${model.name} does not support it`)
    if (!fitsTask(technique, found)) {
      const why = found.kind === "symbols" ? "defines no hard examples" : `is a task on ${found.kind}`
      throw refused(at, options, `it off: ${task.name} ${why}`)
    }
  }
}

/** The longest size that a config trains on. */
export const longestSize = ({ sizes }: Pick<TrainConfig, "sizes">): number => longestOf(sizes)
