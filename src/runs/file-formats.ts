// The formats of checkpoints and models, independent of any disk, so that the page in a browser uses the same
// files: metadata, the bytes below a digest, which tensors are weights, and the check of a stored config.

import { UserError } from "../core/errors.ts"
import { dtypeOf, type Tensor } from "../formats/safetensors.ts"
import type { FoundTask } from "../tasks/index.ts"
import { type PartialConfig, resolveConfig, type TrainConfig } from "../training/config.ts"
import { EMA } from "../training/techniques/ema.ts"
import { tensorsOf } from "../training/tensor-names.ts"

type Tensors = ReadonlyMap<string, Tensor>

export const checkpointFormat = "neural-gpu checkpoint"
/** Version of the checkpoint format. A reader refuses versions that it does not know. */
export const checkpointVersion = 2
export const modelFormat = "neural-gpu model"
export const modelVersion = "1"
/** The two kinds of file, as stored in their metadata. */
export const checkpointKind = { format: checkpointFormat, version: String(checkpointVersion) }
export const modelKind = { format: modelFormat, version: modelVersion }

const ofStep = (kind: string) => (step: number) => `${kind}-${String(step).padStart(8, "0")}.safetensors`
export const checkpointFile = ofStep("checkpoint")
/** A checkpoint that newer ones do not remove. */
export const keptFile = ofStep("kept")

const text = (line: string) => new TextEncoder().encode(line)
const bytesOf = ({ data }: Tensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
const sorted = (tensors: Tensors) => [...tensors].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

/**
 * The content of a checkpoint for its SHA-256. Each part starts with its length, so different contents differ
 * in bytes.
 */
export const checkpointContent = (step: number, tensors: Tensors, stateText: string): Uint8Array[] => [
  text(`${JSON.stringify([checkpointFormat, checkpointVersion, step, stateText])}\n`),
  ...sorted(tensors).flatMap(([name, tensor]) => [
    text(`${JSON.stringify([name, dtypeOf(tensor.data), tensor.shape])}\n`),
    bytesOf(tensor),
  ]),
]

/** The weights of a model for their SHA-256. */
export const modelContent = (tensors: Tensors): Uint8Array[] =>
  sorted(tensors).flatMap(([name, tensor]) => [text(`${JSON.stringify([name, tensor.shape])}\n`), bytesOf(tensor)])

type Metadata = ReadonlyMap<string, string>
/** Throws an error for the field that is wrong: what was got, what was expected. */
type Refuse = (reason: string) => never

/** Whether another tool wrote a file of weights: without metadata, or with PyTorch's. */
export const isForeign = (metadata: Metadata): boolean => [undefined, "pt"].includes(metadata.get("format"))

/** Refuses a file of another kind, or of a version that this program cannot read. */
export function checkKind(kind: typeof modelKind, metadata: Metadata, refuse: Refuse): void {
  const field = (name: string) => metadata.get(name) ?? refuse(`got no ${name}, expected one`)
  const shown = (name: string) => JSON.stringify(field(name).slice(0, 40))
  if (field("format") !== kind.format) refuse(`format: got ${shown("format")}, expected "${kind.format}"`)
  if (field("version") !== kind.version)
    refuse(`version: got ${shown("version")}, expected ${kind.version}; use the release that wrote it, or train anew`)
}

/**
 * Refuses a file whose content has changed since it was written.
 * @param digest SHA-256 of the content in hex, from node:crypto or Web Crypto (which is asynchronous);
 * undefined where a page cannot compute it, because it was not loaded over https
 */
export function checkDigest(metadata: Metadata, digest: string | undefined, refuse: Refuse): void {
  if (digest !== undefined && digest !== metadata.get("sha256"))
    refuse("sha256: the content does not match its digest, so the file is damaged")
}

/** The weights of a trained model in a checkpoint: their EMA, which training evaluates. */
export const weightsOf = (tensors: Tensors): Map<string, Tensor> => tensorsOf(EMA, tensors)

/**
 * Checks a stored config.
 * @param from names its file or run in errors
 * @param task a task of the user's own with its examples
 * @throws UserError if it cannot be used
 */
export function checkedConfig(from: string, config: object, task?: FoundTask): TrainConfig {
  try {
    return resolveConfig(config as PartialConfig, task)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`the config of ${from} cannot be used: ${reason}`, { cause: error })
  }
}
