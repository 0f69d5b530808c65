// A trained model on the disk: a run's folder, one of its checkpoints, or a model of this package. The folder
// models/<name>/ holds config.json (how it was trained), evaluation.json (recipe, seed, results) and
// model.safetensors: the EMA of the weights, without the optimizer state.

import { createHash } from "node:crypto"
import fs from "node:fs"
import { basename, dirname, join } from "node:path"
import * as v from "valibot"
import { UserError } from "../core/errors.ts"
import { didYouMean } from "../core/nearest.ts"
import { encodeSafetensors, type Tensor } from "../formats/safetensors.ts"
import type { EvaluationRow } from "../inference/predictor.ts"
import type { FoundTask, OwnTask } from "../tasks/index.ts"
import type { TrainConfig } from "../training/config.ts"
import { decodeFile, latestCheckpoint, loadCheckpoint } from "./checkpoint.ts"
import { makeFolder, nodeDisk, orDiskError, writeAtomically } from "./disk.ts"
import {
  checkDigest,
  checkedConfig,
  checkKind,
  isForeign,
  modelContent,
  modelFormat,
  modelKind,
  modelVersion,
  weightsOf,
} from "./file-formats.ts"
import { exactJson, parseJsonObject } from "./json.ts"
import { changedModule } from "./model-module.ts"
import { readTask, storableTask, writeTask } from "./own-task.ts"
import { findPackage } from "./package.ts"
import { readRun } from "./run-folder.ts"

/** The content of evaluation.json. */
export interface ModelAbout {
  readonly recipe: string
  readonly step: number
  /** The seed of the attempt that succeeded. */
  readonly seed: number
  /** The device of the evaluation. */
  readonly device: string
  readonly results: readonly EvaluationRow[]
}

export interface TrainedModel {
  /** The path or name by which it was loaded. */
  readonly path: string
  readonly config: TrainConfig
  readonly step: number
  readonly seed: number
  /** By parameter name. */
  readonly weights: ReadonlyMap<string, Tensor>
  /** A task of the user's own with its examples, where the run has them. */
  readonly task: FoundTask | undefined
  /**
   * One sentence for each newer checkpoint that could not be used, and for what a task or a model of the
   * user's own has lost or changed.
   */
  readonly notes: readonly string[]
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const aboutSchema = v.looseObject({
  recipe: v.string(),
  step: count,
  seed: count,
  device: v.string(),
  results: v.array(
    v.looseObject({ size: count, samples: count, exact: v.number(), symbol: v.number(), hard: v.boolean() }),
  ),
})

const weightsName = "model.safetensors"
const aboutName = "evaluation.json"

/** The folder of this package's models. */
export const modelsFolder = (): string => join(findPackage().root, "models")

/** The names of this package's models. */
export function modelNames(): string[] {
  const folder = modelsFolder()
  if (!fs.existsSync(folder)) return []
  return fs
    .readdirSync(folder)
    .filter((name) => fs.existsSync(join(folder, name, weightsName)))
    .sort()
}

/**
 * Loads a trained model.
 * @param path a run's folder, a checkpoint file, or the name of a model of this package
 * @throws UserError if there is none or it is damaged
 * @example loadModel("add").config.task.name // "add"
 */
export function loadModel(path: string): TrainedModel {
  const kind = orDiskError("read", path, () => fs.statSync(path, { throwIfNoEntry: false }))
  if (kind?.isFile()) return basename(path) === weightsName ? readModel(dirname(path), path) : readCheckpoint(path)
  if (kind?.isDirectory() && fs.existsSync(join(path, "config.json")))
    return fs.existsSync(join(path, weightsName)) ? readModel(path, path) : readLatest(path)
  const names = modelNames()
  if (names.includes(path)) return readModel(join(modelsFolder(), path), path)
  if (kind?.isDirectory()) return readLatest(path) // throws what is missing
  const kinds =
    names.length === 0 ? "or a checkpoint file" : `a checkpoint file or one of the models ${names.join(", ")}`
  throw new UserError(`got ${JSON.stringify(path)}, expected a run's folder, ${kinds}${didYouMean(path, names)}`)
}

function readLatest(dir: string): TrainedModel {
  const { latest, skipped } = latestCheckpoint(dir)
  if (latest) return fromCheckpoint(dir, dir, latest.checkpoint, skipped)
  if (skipped.length > 0) throw new UserError(skipped[0])
  throw new UserError(`the run in ${dir} has no checkpoint yet; continue it with: npx neural-gpu train --resume ${dir}`)
}

function readCheckpoint(file: string): TrainedModel {
  const checkpoint = loadCheckpoint(file)
  return fromCheckpoint(file, dirname(file), checkpoint, [])
}

function fromCheckpoint(
  path: string,
  dir: string,
  { step, tensors, state }: ReturnType<typeof loadCheckpoint>,
  notes: readonly string[],
): TrainedModel {
  const { config, info } = readRun(dir)
  const checked = checkedConfig(dir, config)
  const examples = examplesOf(dir, info, checked)
  return {
    path,
    config: checked,
    step,
    seed: Number(state.seed),
    weights: weightsOf(tensors),
    task: examples.task,
    notes: [...changedModule(config, info), ...notes, ...examples.notes],
  }
}

/** The task of the user's own in a run. A model can be asked without its examples, so a loss is only a note. */
function examplesOf(dir: string, info: Record<string, unknown>, { task }: TrainConfig) {
  if (task.vocabulary === null) return { task: undefined, notes: [] }
  try {
    return { task: readTask(dir, info.task, { ...task, vocabulary: task.vocabulary }).found, notes: [] }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { task: undefined, notes: [`${error.message}; the model answers, but nobody knows what is right`] }
  }
}

function readModel(dir: string, path: string): TrainedModel {
  const file = join(dir, weightsName)
  const refuse = (reason: string): never => {
    throw new UserError(`${file} cannot be used as a model: ${reason}`)
  }
  const bytes = orDiskError("read", file, () => fs.readFileSync(file))
  const { tensors, metadata } = decodeFile(bytes, refuse)
  const ours = !isForeign(metadata)
  if (ours) {
    checkKind(modelKind, metadata, refuse)
    checkDigest(metadata, digest(tensors), refuse)
  }
  const { config, info } = readRun(dir)
  const checked = checkedConfig(dir, config)
  const task = info.task === undefined ? undefined : examplesOf(dir, info, checked).task
  const { step, seed } =
    ours || fs.existsSync(join(dir, aboutName)) ? readModelAbout(dir) : { step: 0, seed: checked.seed }
  const notes = ours ? [] : [`${file} has no digest of this package, so damage in it would not be noticed`]
  return { path, config: checked, step, seed, weights: tensors, task, notes }
}

/** Reads evaluation.json of a model's folder, or of a model of this package by name. */
export function readModelAbout(dirOrName: string): ModelAbout {
  const dir = fs.existsSync(join(dirOrName, aboutName)) ? dirOrName : join(modelsFolder(), dirOrName)
  const file = join(dir, aboutName)
  const about = parseJsonObject(orDiskError("read", file, () => fs.readFileSync(file, "utf8")))
  if (!v.is(aboutSchema, about)) throw new UserError(`${file} is damaged: expected the evaluation of a model`)
  return about as ModelAbout
}

/** What a model's folder holds. */
export type SavedModel = Pick<TrainedModel, "config" | "weights" | "step" | "seed"> & {
  /** A task of the user's own, whose examples are stored as well. */
  readonly own?: OwnTask | undefined
}

/**
 * Writes a trained model into a folder: weights, config, evaluation and, of a task from pairs, the pairs.
 * @param dir a new folder; only a saved model in it is replaced
 * @returns the size of the weights in bytes
 * @throws UserError if the folder holds something else, or the disk refuses
 * @example saveModel("models/mine", await fit({ task: { name: "copy" } }))
 */
export function saveModel(
  dir: string,
  { config, weights, step, seed, own }: SavedModel,
  about: Omit<ModelAbout, "step" | "seed"> = { recipe: "", device: "", results: [] },
): number {
  // With its config, the file alone says which task it has learned.
  const told = exactJson(config, "config")
  const metadata = { format: modelFormat, version: modelVersion, sha256: digest(weights), config: told }
  const bytes = encodeSafetensors(weights, new Map(Object.entries(metadata)))
  orDiskError("write the model in", dir, () => {
    makeFolder(dir, nodeDisk)
    if (!fs.existsSync(join(dir, weightsName)) && fs.readdirSync(dir).length > 0)
      throw new UserError(`${dir} holds other files, expected a new folder; use another one`)
    const write = (name: string, content: Uint8Array) => writeAtomically(join(dir, name), content, { disk: nodeDisk })
    const json = (value: object, what: string) => new TextEncoder().encode(`${exactJson(value, what, 2)}\n`)
    if (own?.pairs) {
      const task = storableTask(own, undefined)
      writeTask(dir, task)
      write("run.json", json({ task: task.source }, "run"))
    }
    write("config.json", json(config, "config"))
    write(
      aboutName,
      json({ recipe: about.recipe, step, seed, device: about.device, results: about.results }, "evaluation"),
    )
    write(weightsName, bytes)
  })
  return bytes.length
}

function digest(tensors: ReadonlyMap<string, Tensor>): string {
  const sha = createHash("sha256")
  for (const part of modelContent(tensors)) sha.update(part)
  return sha.digest("hex")
}
