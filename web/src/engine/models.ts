// The models of the page: those shipped with it (the contents of models/ at build time), and those that users
// open.

import { UserError } from "../../../src/core/errors.ts"
import { decodeSafetensors, type Tensor } from "../../../src/formats/safetensors.ts"
import {
  checkedConfig,
  checkpointContent,
  checkpointFormat,
  checkpointVersion,
} from "../../../src/runs/file-formats.ts"
import { parseJsonObject } from "../../../src/runs/json.ts"
import { readWeights, sha256 } from "../../../src/runs/weights-file.ts"
import { taskFamilies } from "../../../src/tasks/index.ts"
import type { TrainConfig } from "../../../src/training/config.ts"
import type { LoadedModel, SavedStep } from "./messages.ts"

const configs = import.meta.glob<TrainConfig>("../../../models/*/config.json", { eager: true, import: "default" })
const files = import.meta.glob<string>("../../../models/*/model.safetensors", {
  eager: true,
  query: "?url",
  import: "default",
})
const nameOf = (path: string) => path.split("/").at(-2) as string

export const shippedModels: readonly { readonly name: string; readonly config: TrainConfig }[] = Object.entries(configs)
  .filter(([path]) => files[path.replace("config.json", "model.safetensors")])
  // tasks whose questions can be typed
  .filter(([, config]) => taskFamilies.some((task) => task.name === config.task.name))
  .map(([path, config]) => ({ name: nameOf(path), config }))

const loaded = new Map<string, Promise<LoadedModel>>()

/** Loads a shipped model by name. */
export function shippedModel(name: string): Promise<LoadedModel> {
  const known = loaded.get(name)
  if (known) return known
  const load = (async (): Promise<LoadedModel> => {
    const found = shippedModels.find((m) => m.name === name)
    const file = Object.entries(files).find(([path]) => nameOf(path) === name)?.[1]
    if (!found || !file)
      throw new UserError(
        `there is no model ${name} here, expected one of ${shippedModels.map((m) => m.name).join(", ")}`,
      )
    const response = await fetch(file)
    if (!response.ok)
      throw new UserError(`the model ${name} could not be loaded: ${response.status} ${response.statusText}`)
    const { tensors } = decodeSafetensors(new Uint8Array(await response.arrayBuffer()))
    return { key: name, config: checkedConfig(name, found.config), weights: tensors }
  })()
  loaded.set(name, load)
  load.catch(() => loaded.delete(name))
  return load
}

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
export async function openFiles(files: readonly File[], fallback: TrainConfig): Promise<Opened> {
  const weightFiles = files.filter((f) => f.name.endsWith(".safetensors")).sort((a, b) => (a.name < b.name ? 1 : -1))
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
  const { weights, metadata, snapshot } = await readWeights(file.name, new Uint8Array(await file.arrayBuffer()))
  const given = configFile ? parseJsonObject(await configFile.text()) : parseJsonObject(metadata.get("config") ?? "")
  if (configFile && !given) throw new UserError("config.json is damaged: expected a JSON object")
  const config = checkedConfig(file.name, given ?? fallback)
  const model = fitting({ key: `${file.name} ${++opened}`, config, weights }, file.name)
  return given && snapshot ? { model, run: { config, saved: snapshot } } : { model }
}

/** Refuses weights that do not match the config. */
function fitting(model: LoadedModel, file: string): LoadedModel {
  const { model: options } = model.config
  const input = model.weights.get("input/kernel")
  if (options.name === "neural-gpu" && input?.shape.at(-1) !== options.maps)
    throw new UserError(
      `${file} cannot be used: it holds ${input ? `${input.shape.at(-1)} maps` : "no Neural GPU"}, and the config says ${options.maps}; drop its config.json with it`,
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
