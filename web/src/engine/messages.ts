// The messages between the page and its workers.

import type { Tensor } from "../../../src/formats/safetensors.ts"
import type { Frame, TracedTensor } from "../../../src/inference/trace.ts"
import type { TrainConfig } from "../../../src/training/config.ts"
import type { TrainState } from "../../../src/training/events.ts"
import type { Copies } from "../copies.ts"

/** A model that can be run: config and weights. `key` identifies it in caches. */
export interface LoadedModel {
  readonly key: string
  readonly config: Pick<TrainConfig, "task" | "model" | "sizes">
  readonly weights: ReadonlyMap<string, Tensor>
}

interface AboutFilm {
  readonly id: number
  /** The film that sends the request; a newer request of the same film cancels the older one. */
  readonly film: number
  readonly model: LoadedModel
  readonly input: Uint8Array
}
/** The answer and all frames, each with the tensors that the next step reads. */
export interface FilmRequest extends AboutFilm {
  readonly k: "film"
  /** Continue from this frame with these tensors changed; absent: from the beginning. */
  readonly from?: { readonly frame: Frame; readonly changes: Readonly<Record<string, Float32Array>> }
}
/** What the steps after some frames compute on the way. */
export interface DetailsRequest extends AboutFilm {
  readonly k: "details"
  readonly parts: readonly { readonly after: readonly Frame[]; readonly tensors: readonly string[] }[]
}
export type TraceRequest = FilmRequest | DetailsRequest

export interface Detail {
  readonly step: number
  readonly tensors: Readonly<Record<string, Float32Array>>
}

export type TraceReply =
  | { readonly k: "about"; readonly id: number; readonly tensors: readonly TracedTensor[]; readonly steps: number }
  | { readonly k: "answer"; readonly id: number; readonly symbols: Uint8Array }
  | { readonly k: "frames"; readonly id: number; readonly frames: readonly Frame[] }
  | { readonly k: "details"; readonly id: number; readonly details: readonly Detail[] }
  | { readonly k: "done"; readonly id: number; readonly milliseconds: number }
  | { readonly k: "failed"; readonly id: number; readonly message: string }

/** All state that a run needs to continue, in a transferable form. */
export interface SavedStep {
  readonly step: number
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
  readonly state: TrainState
}

export type TrainRequest =
  | { readonly k: "start"; readonly config: TrainConfig; readonly deviceName: string; readonly from?: SavedStep }
  /** `quick`: skip the final evaluation, because the run continues at once. */
  | { readonly k: "stop"; readonly quick: boolean }
  /** Requests the newest state as a saved step. */
  | { readonly k: "save" }

export interface StepRow {
  readonly step: number
  readonly error: number
  readonly symbol: number
  readonly exact: number
  readonly size: number
  readonly learningRate: number
  /** Dropout rate. */
  readonly dropout: number
  /**
   * Sum of squared distances of the parameter copies from their means; 0 without copies, and after they are
   * merged.
   */
  readonly distance: number
}

export interface LearningFilm {
  /** The training step. */
  readonly step: number
  readonly input: Uint8Array
  readonly frames: readonly Pick<Frame, "symbols" | "logits">[]
}

export type TrainReply =
  | { readonly k: "started"; readonly step: number; readonly parameters: number; readonly device: string }
  | { readonly k: "steps"; readonly rows: readonly StepRow[]; readonly seconds: number }
  | { readonly k: "told"; readonly step: number; readonly text: string }
  /** Shares of right answers and right symbols at each size, without dropout. */
  | {
      readonly k: "sizes"
      readonly step: number
      readonly rows: readonly { readonly size: number; readonly exact: number; readonly symbol: number }[]
    }
  | { readonly k: "saved"; readonly saved: SavedStep }
  | { readonly k: "copies"; readonly copies: Copies }
  /** The answer to one and the same question at every step of its computation, with the weights of now. */
  | { readonly k: "film"; readonly film: LearningFilm }
  /** The evaluation in progress; undefined when training resumes. */
  | { readonly k: "checking"; readonly text: string | undefined }
  | { readonly k: "ended"; readonly reason: "generalizes" | "steps" | "stopped"; readonly seconds: number }
  | { readonly k: "failed"; readonly message: string }
