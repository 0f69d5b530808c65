// What the page and its workers say to each other.

import type { Tensor } from "../../../src/formats/safetensors.ts"
import type { Frame, TracedTensor } from "../../../src/inference/trace.ts"
import type { ModelConfig } from "../../../src/models/index.ts"
import type { TrainConfig } from "../../../src/training/config.ts"
import type { TrainState } from "../../../src/training/events.ts"
import type { Copies } from "../copies.ts"

/** A model ready to be asked: config and weights; `key` names it for caches. */
export interface LoadedModel {
  readonly key: string
  readonly config: { readonly task: TrainConfig["task"]; readonly model: ModelConfig }
  readonly weights: ReadonlyMap<string, Tensor>
}

export interface TraceRequest {
  readonly id: number
  /** Which film asks: a newer request of one film ends its older one. */
  readonly film: number
  readonly model: LoadedModel
  readonly input: Uint8Array
  /** Go on from this frame, in which these tensors are changed; else from the beginning. */
  readonly from?: { readonly frame: Frame; readonly changes: Readonly<Record<string, Float32Array>> }
}

export type TraceReply =
  | { readonly k: "about"; readonly id: number; readonly tensors: readonly TracedTensor[]; readonly steps: number }
  | { readonly k: "frames"; readonly id: number; readonly frames: readonly Frame[] }
  | { readonly k: "done"; readonly id: number; readonly milliseconds: number }
  | { readonly k: "failed"; readonly id: number; readonly message: string }

/** Everything a run needs to go on, as it travels. */
export interface SavedStep {
  readonly step: number
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
  readonly state: TrainState
}

export type TrainRequest =
  | { readonly k: "start"; readonly config: TrainConfig; readonly deviceName: string; readonly from?: SavedStep }
  /** `quick`: without a last measurement, because it goes on at once. */
  | { readonly k: "stop"; readonly quick: boolean }
  /** The newest state, as a saved step. */
  | { readonly k: "save" }

export interface StepRow {
  readonly step: number
  readonly error: number
  readonly symbol: number
  readonly exact: number
  readonly size: number
  readonly learningRate: number
  /** Share of activations that were dropped. */
  readonly dropout: number
  /**
   * Sum of squared distances of copies of parameters to their means; 0 without copies, and once they are one.
   */
  readonly distance: number
}

export type TrainReply =
  | { readonly k: "started"; readonly step: number; readonly parameters: number; readonly device: string }
  | { readonly k: "steps"; readonly rows: readonly StepRow[]; readonly seconds: number }
  | { readonly k: "told"; readonly step: number; readonly text: string }
  /** Shares of right answers and right symbols at each size, no dropout. */
  | {
      readonly k: "sizes"
      readonly step: number
      readonly rows: readonly { readonly size: number; readonly exact: number; readonly symbol: number }[]
    }
  | { readonly k: "saved"; readonly saved: SavedStep }
  | { readonly k: "copies"; readonly copies: Copies }
  /** What is being checked, instead of training; undefined when training goes on. */
  | { readonly k: "checking"; readonly text: string | undefined }
  | { readonly k: "ended"; readonly reason: "generalizes" | "steps" | "stopped"; readonly seconds: number }
  | { readonly k: "failed"; readonly message: string }
