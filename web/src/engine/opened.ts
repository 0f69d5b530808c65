// Model files and checkpoints that users open in the page, and checkpoints that they save.

import { UserError } from "../../../src/core/errors.ts"
import type { Tensor } from "../../../src/formats/safetensors.ts"
import {
  checkedConfig,
  checkpointContent,
  checkpointFormat,
  checkpointVersion,
} from "../../../src/runs/file-formats.ts"
import { parseJsonObject } from "../../../src/runs/json.ts"
import { readWeights, sha256, type WeightsFile } from "../../../src/runs/weights-file.ts"
import type { TrainConfig } from "../../../src/training/config.ts"
import { checkState } from "../../../src/training/state.ts"
import type { LoadedModel, SavedStep } from "./messages.ts"

/** An opened model. If the file was a checkpoint with its config, it includes a run to continue. */
export interface Opened {
  readonly model: LoadedModel
  readonly run?: { readonly config: TrainConfig; readonly saved: SavedStep }
}

let opened = 0

/**
 * Opens a .safetensors file with its config.json, or all files of a run's folder. Throws a UserError if they
 * cannot be used.
 */
export async function openFiles(files: readonly File[]): Promise<Opened> {
  const weightFiles = files.filter((f) => f.name.endsWith(".safetensors")).sort(newestFirst)
  const configFile = files.find((f) => f.name === "config.json")
  if (weightFiles.length === 0)
    throw new UserError(
      `got ${
        files
          .map((f) => f.name)
          .slice(0, 3)
          .join(", ") || "nothing"
      }, expected a .safetensors file or a run's folder`,
    )
  const [file] = weightFiles
  const refuse = (reason: string): never => {
    throw new UserError(`${file.name} cannot be used: ${reason}`)
  }
  const { weights, metadata, snapshot } = await readWeights(file.name, new Uint8Array(await file.arrayBuffer()))
  const given = configFile ? parseJsonObject(await configFile.text()) : parseJsonObject(metadata.get("config") ?? "")
  if (configFile && !given) throw new UserError("config.json is damaged: expected a JSON object")
  if (!given) return refuse("it does not say which task it has learned; open its config.json with it")
  const config = checkedConfig(file.name, given)
  const model = fitting({ key: `${file.name} ${++opened}`, config, weights }, refuse)
  return snapshot ? { model, run: { config, saved: savedStep(config, snapshot, refuse) } } : { model }
}

function savedStep(
  config: TrainConfig,
  { step, tensors, state }: NonNullable<WeightsFile["snapshot"]>,
  refuse: (reason: string) => never,
): SavedStep {
  try {
    checkState(config, step, state)
  } catch (error) {
    if (error instanceof UserError) return refuse(error.message)
    throw error
  }
  return { step, tensors, state } // training checks the kind of the tensors
}

/** The checkpoints of a run's folder come first, the newest before all others; then those kept for good. */
const newestFirst = (a: File, b: File) =>
  Number(b.name.startsWith("checkpoint-")) - Number(a.name.startsWith("checkpoint-")) || (a.name < b.name ? 1 : -1)

/** Calls `refuse` if the weights do not match the config. */
function fitting(model: LoadedModel, refuse: (reason: string) => never): LoadedModel {
  const { model: options } = model.config
  const input = model.weights.get("input/kernel")
  if (options.name === "neural-gpu" && input?.shape.at(-1) !== options.maps)
    refuse(
      `it holds ${input ? `${input.shape.at(-1)} maps` : "no Neural GPU"}, and the config says ${options.maps}; drop its config.json with it`,
    )
  return model
}

/** The metadata and tensors of a checkpoint file from which the command line can resume. */
export async function checkpointParts({ step, tensors, state }: SavedStep, config: TrainConfig) {
  const all = tensors as ReadonlyMap<string, Tensor>
  const stateText = JSON.stringify(state)
  const digest = await sha256(checkpointContent(step, all, stateText))
  if (digest === undefined)
    throw new UserError("this page cannot make checksums here; open it over https or on localhost to save")
  const metadata = new Map([
    ["format", checkpointFormat],
    ["version", String(checkpointVersion)],
    ["step", String(step)],
    ["state", stateText],
    ["sha256", digest],
    ["config", JSON.stringify(config)],
  ])
  return { tensors: all, metadata }
}
