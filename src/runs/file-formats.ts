// What the files of runs and models say, apart from any disk, so that the page in a browser reads and writes
// the same files: formats, the bytes under a digest, which tensors are weights, and whether a config can be
// used.

import { UserError } from "../core/errors.ts"
import { dtypeOf, type Tensor } from "../formats/safetensors.ts"
import { type PartialConfig, resolveConfig, type TrainConfig } from "../training/config.ts"
import { EMA } from "../training/techniques/ema.ts"
import { tensorsOf } from "../training/tensor-names.ts"

type Tensors = ReadonlyMap<string, Tensor>

export const checkpointFormat = "neural-gpu checkpoint"
/** The version of what a checkpoint's metadata means; a reader refuses versions that it does not know. */
export const checkpointVersion = 2
export const modelFormat = "neural-gpu model"
export const modelVersion = "1"
/** The two kinds of file, as their metadata say it. */
export const checkpointKind = { format: checkpointFormat, version: String(checkpointVersion) }
export const modelKind = { format: modelFormat, version: modelVersion }

const ofStep = (kind: string) => (step: number) => `${kind}-${String(step).padStart(8, "0")}.safetensors`
export const checkpointFile = ofStep("checkpoint")
/** A checkpoint that stays when newer ones come. */
export const keptFile = ofStep("kept")

const text = (line: string) => new TextEncoder().encode(line)
const bytesOf = ({ data }: Tensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
const sorted = (tensors: Tensors) => [...tensors].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

/** All that a checkpoint says, for its SHA-256; each part tells its own length, so no two contents give the
 *  same bytes. */
export const checkpointContent = (step: number, tensors: Tensors, stateText: string): Uint8Array[] => [
  text(`${JSON.stringify([checkpointFormat, checkpointVersion, step, stateText])}\n`),
  ...sorted(tensors).flatMap(([name, tensor]) => [
    text(`${JSON.stringify([name, dtypeOf(tensor.data), tensor.shape])}\n`),
    bytesOf(tensor),
  ]),
]

/** All that a model's weights say, for their SHA-256. */
export const modelContent = (tensors: Tensors): Uint8Array[] =>
  sorted(tensors).flatMap(([name, tensor]) => [text(`${JSON.stringify([name, tensor.shape])}\n`), bytesOf(tensor)])

type Metadata = ReadonlyMap<string, string>
/** Is told which field is wrong, what it got and what was expected; throws. */
type Refuse = (reason: string) => never

/** Refuses a file that is not of this kind, or of a version that this program does not read. */
export function checkKind(kind: typeof modelKind, metadata: Metadata, refuse: Refuse): void {
  const field = (name: string) => metadata.get(name) ?? refuse(`got no ${name}, expected one`)
  const shown = (name: string) => JSON.stringify(field(name).slice(0, 40))
  if (field("format") !== kind.format) refuse(`format: got ${shown("format")}, expected "${kind.format}"`)
  if (field("version") !== kind.version)
    refuse(
      `version: got ${shown("version")}, this program reads version ${kind.version}; use the release that wrote it, or train anew`,
    )
}

/** Refuses a file whose content is not what was written.
 *  @param digest SHA-256 of the content in hex, by whatever the platform has: node:crypto, or Web Crypto,
 *  which is asynchronous; undefined where a page cannot compute one, because it was not loaded over https */
export function checkDigest(metadata: Metadata, digest: string | undefined, refuse: Refuse): void {
  if (digest !== undefined && digest !== metadata.get("sha256"))
    refuse("sha256: its content does not match its digest, so it is damaged")
}

/** The weights in a checkpoint: their average is what training evaluates. */
export const weightsOf = (tensors: Tensors): Map<string, Tensor> => tensorsOf(EMA, tensors)

/** A stored config, checked. Throws a UserError that names where it comes from. */
export function checkedConfig(from: string, config: object): TrainConfig {
  try {
    return resolveConfig(config as PartialConfig)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`the config of ${from} cannot be used: ${reason}`, { cause: error })
  }
}
