// Reads a model or a checkpoint from the bytes of its file, without a disk: on a page as in Node.

import { UserError } from "../core/errors.ts"
import { decodeSafetensors, SafetensorsError, type Tensor } from "../formats/safetensors.ts"
import type { Trained } from "../inference/member.ts"
import type { Snapshot } from "../training/events.ts"
import {
  checkDigest,
  checkedConfig,
  checkKind,
  checkpointContent,
  checkpointKind,
  isForeign,
  modelContent,
  modelFormat,
  modelKind,
  weightsOf,
} from "./file-formats.ts"
import { parseJsonObject } from "./json.ts"

export interface WeightsFile {
  /** By parameter name; of a checkpoint, the EMA. */
  readonly weights: ReadonlyMap<string, Tensor>
  readonly metadata: ReadonlyMap<string, string>
  /** A checkpoint, whose state the reader has to check (`checkState`); undefined for a model. */
  readonly snapshot: (Omit<Snapshot, "state"> & { readonly state: unknown }) | undefined
}

/** SHA-256 in hex; undefined on a page that was not loaded over https. */
export async function sha256(parts: readonly Uint8Array[]): Promise<string | undefined> {
  if (!globalThis.crypto?.subtle) return undefined
  const digest = await crypto.subtle.digest("SHA-256", await new Blob([...parts] as BlobPart[]).arrayBuffer())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")
}

/**
 * Reads the bytes of a .safetensors file that training or `saveModel` wrote.
 * @param name of the file, for errors
 * @throws UserError if it is damaged, or no file of this package
 */
export async function readWeights(name: string, bytes: Uint8Array): Promise<WeightsFile> {
  const refuse = (reason: string): never => {
    throw new UserError(`${name} cannot be used: ${reason}`)
  }
  const { tensors, metadata } = decode(bytes, refuse)
  if (isForeign(metadata)) return { weights: tensors, metadata, snapshot: undefined }
  if (metadata.get("format") === modelFormat) {
    checkKind(modelKind, metadata, refuse)
    checkDigest(metadata, await sha256(modelContent(tensors)), refuse)
    return { weights: tensors, metadata, snapshot: undefined }
  }
  checkKind(checkpointKind, metadata, refuse)
  const step = Number(metadata.get("step"))
  const stateText = metadata.get("state") ?? ""
  checkDigest(metadata, await sha256(checkpointContent(step, tensors, stateText)), refuse)
  const state = parseJsonObject(stateText) ?? refuse("its state is no JSON object")
  return {
    weights: weightsOf(tensors),
    metadata,
    snapshot: { step, tensors: tensors as Snapshot["tensors"], state },
  }
}

function decode(bytes: Uint8Array, refuse: (reason: string) => never) {
  try {
    return decodeSafetensors(bytes)
  } catch (error) {
    if (error instanceof SafetensorsError) return refuse(error.message)
    throw error
  }
}

/**
 * A trained model from the contents of its two files, for `createPredictor`.
 * @param config the content of config.json
 * @param bytes the content of model.safetensors, or of a checkpoint
 * @param name names the model in errors
 * @throws UserError if one of them is damaged
 * @example
 * const file = async (name: string) => await fetch(`/my-model/${name}`)
 * const config = await (await file("config.json")).json()
 * const model = await readModel(config, new Uint8Array(await (await file("model.safetensors")).arrayBuffer()))
 */
export async function readModel(config: object, bytes: Uint8Array, name = "the model"): Promise<Trained> {
  const { weights } = await readWeights(name, bytes)
  return { path: name, config: checkedConfig(name, config), weights }
}

/**
 * The model that training has so far, for `createPredictor`.
 * @param config that of the run
 * @param snapshot of a step event, or of the last one
 * @example if (event.type === "done") createPredictor([trainedModel(config, await event.snapshot())], backend)
 */
export const trainedModel = (config: Trained["config"], { tensors }: Snapshot): Trained => ({
  path: "the run",
  config,
  weights: weightsOf(tensors),
})
