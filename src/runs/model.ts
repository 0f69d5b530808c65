// A trained model on the disk: a run's folder, one of its checkpoints, or a model of this package. The folder
// models/<name>/ holds config.json (how it was trained), evaluation.json (recipe, seed, results) and
// model.safetensors: the EMA of the weights, without the optimizer state.

import { createHash } from "node:crypto"
import fs from "node:fs"
import { basename, dirname, join } from "node:path"
import { UserError } from "../core/errors.ts"
import { didYouMean } from "../core/nearest.ts"
import { encodeSafetensors, type Tensor } from "../formats/safetensors.ts"
import type { EvaluationRow } from "../inference/predictor.ts"
import type { TrainConfig } from "../training/config.ts"
import { decodeFile, latestCheckpoint, loadCheckpoint } from "./checkpoint.ts"
import { nodeDisk, orDiskError, writeAtomically } from "./disk.ts"
import {
  checkDigest,
  checkedConfig,
  checkKind,
  modelContent,
  modelFormat,
  modelKind,
  modelVersion,
  weightsOf,
} from "./file-formats.ts"
import { exactJson, parseJsonObject } from "./json.ts"
import { changedModule } from "./model-module.ts"
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
  /**
   * One sentence for each newer checkpoint that could not be used, and one if the file of the model has
   * changed.
   */
  readonly notes: readonly string[]
}

const weightsName = "model.safetensors"
const aboutName = "evaluation.json"
const mostBytes = 1_000_000

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
  const kind = fs.statSync(path, { throwIfNoEntry: false })
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
  const { config, info } = readRun(dir)
  const { latest, skipped } = latestCheckpoint(dir)
  const notes = [...changedModule(config, info), ...skipped]
  if (latest) return fromCheckpoint(dir, dir, config, latest.checkpoint, notes)
  if (skipped.length > 0) throw new UserError(skipped[0])
  throw new UserError(`the run in ${dir} has no checkpoint yet; continue it with: npx neural-gpu train --resume ${dir}`)
}

function readCheckpoint(file: string): TrainedModel {
  const checkpoint = loadCheckpoint(file)
  const { config, info } = readRun(dirname(file))
  return fromCheckpoint(file, dirname(file), config, checkpoint, changedModule(config, info))
}

function fromCheckpoint(
  path: string,
  dir: string,
  config: object,
  { step, tensors, state }: ReturnType<typeof loadCheckpoint>,
  notes: readonly string[],
): TrainedModel {
  return {
    path,
    config: checkedConfig(dir, config),
    step,
    seed: Number(state.seed),
    weights: weightsOf(tensors),
    notes,
  }
}

function readModel(dir: string, path: string): TrainedModel {
  const file = join(dir, weightsName)
  const refuse = (reason: string): never => {
    throw new UserError(`${file} cannot be used as a model: ${reason}`)
  }
  const bytes = orDiskError("read", file, () => fs.readFileSync(file))
  const { tensors, metadata } = decodeFile(bytes, refuse)
  checkKind(modelKind, metadata, refuse)
  checkDigest(metadata, digest(tensors), refuse)
  const { step, seed } = readModelAbout(dir)
  return { path, config: checkedConfig(dir, readRun(dir).config), step, seed, weights: tensors, notes: [] }
}

/** Reads evaluation.json of a model's folder, or of a model of this package by name. */
export function readModelAbout(dirOrName: string): ModelAbout {
  const dir = fs.existsSync(join(dirOrName, aboutName)) ? dirOrName : join(modelsFolder(), dirOrName)
  const file = join(dir, aboutName)
  const about = parseJsonObject(orDiskError("read", file, () => fs.readFileSync(file, "utf8")))
  if (!about || !Array.isArray(about.results))
    throw new UserError(`${file} is damaged: expected a JSON object with results`)
  return about as unknown as ModelAbout
}

/**
 * Writes a trained model's weights, config and evaluation into a folder. The weights must be below 1 MB.
 * @returns the size of the weights in bytes
 * @throws UserError if they are too large or the disk refuses
 */
export function exportModel(
  { config, weights, step, seed }: TrainedModel,
  dir: string,
  about: Omit<ModelAbout, "step" | "seed">,
): number {
  const metadata = { format: modelFormat, version: modelVersion, sha256: digest(weights) }
  const bytes = encodeSafetensors(weights, new Map(Object.entries(metadata)))
  if (bytes.length > mostBytes)
    throw new UserError(`the model's weights take ${bytes.length} bytes, expected at most ${mostBytes}; use fewer maps`)
  orDiskError("write the model in", dir, () => {
    fs.mkdirSync(dir, { recursive: true })
    const write = (name: string, content: Uint8Array) => writeAtomically(join(dir, name), content, { disk: nodeDisk })
    const json = (value: object, what: string) => new TextEncoder().encode(`${exactJson(value, what, 2)}\n`)
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
