// The interface of a model family: a name, options with defaults, and a graph with given inputs and outputs.
// The trainer, the command line and runs know families only through this file and the list in index.ts.

import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { type Fields, number, whole } from "../schema/index.ts"

/** The inputs and outputs that a task gives to a model. */
export type Signature =
  /** V different symbols including PAD; the answer has one symbol per place. */
  | { readonly kind: "symbols"; readonly symbols: number }
  /** At every place, a vector of `width` numbers in and `answer` bits out. */
  | { readonly kind: "vectors"; readonly width: number; readonly answer: number }
  /** One image in, one of `classes` classes out. */
  | {
      readonly kind: "images"
      readonly height: number
      readonly width: number
      readonly channels: number
      readonly classes: number
    }

/** The number of symbols. For families that learn only symbols, as the check of the config ensures. */
export function symbolsOf(signature: Signature): number {
  if (signature.kind !== "symbols") throw new Error("this model learns symbols only")
  return signature.symbols
}

/** Techniques that change a model's graph. A config that uses one with another model is rejected. */
export type GraphTechnique = "dropout" | "noise" | "saturation"

export interface BuildOptions {
  /** Include what only training needs: dropout, noise, the saturation cost. */
  readonly training: boolean
  /** Include noise on pre-activations (setting "noise"), which costs time even at strength 0. */
  readonly noise: boolean
  /** Reduce dropout for longer examples (setting "dropout length"). */
  readonly dropoutByLength: boolean
}

/**
 * A kind of model. `Options` are the values of its fields; they are already checked when methods receive
 * them.
 */
export interface ModelFamily<Options extends object = object, F extends Fields = Fields> {
  /** One line for lists and help texts. */
  readonly summary: string
  /** The schema of its options in `config.model`. */
  readonly fields: F
  /** The techniques that are part of its graph. */
  techniques(options: Options): readonly GraphTechnique[]
  /** The kinds of tasks that it can learn. */
  readonly learns: readonly Signature["kind"][]
  /** Checks options in combination. Throws a UserError that names the field, `model.…`. */
  check(options: Options): void
  /** The default learning rate. */
  learningRate(options: Options): number
  build(options: Options, signature: Signature, build: BuildOptions): { graph: Graph; outputs: ModelOutputs }
  /** Scan steps for an example of `length` places. */
  steps(signature: Signature, length: number): number
  /** The most scan steps beyond those in training, which uses a random number of them. */
  extraSteps(options: Options): number
  /** Scan steps beyond those for an answer. Training prepares the model for them with its extra steps. */
  answerSteps(options: Options, length: number): number
}

/** Fields shared by most families. */
export const unitsField = (units: number, source: string) =>
  whole(units, "Numbers in the state of a layer.", { min: 1, max: 4096, flag: "--units <n>", source })
export const layersField = (layers: number, source: string) =>
  whole(layers, "Layers in a step.", { min: 1, max: 8, flag: "--layers <n>", source })
export const initScaleField = number(1, "Multiplies the bound of the initial weights.", { above: 0 })

/** Defaults for a family without combined checks and without extra steps. */
export const plain = { check: () => {}, extraSteps: () => 0, answerSteps: () => 0 } as const

/** For inference: nothing that only training needs. */
export const answering: BuildOptions = { training: false, noise: false, dropoutByLength: false }
/** For training without noise, and with the same dropout at every length. */
export const plainTraining: BuildOptions = { ...answering, training: true }

export interface ModelInputs {
  /** Symbols of the question, [L, 1, 1]. */
  readonly symbols: Node
  /** Symbols of the answer, [L, 1, 1]. */
  readonly target: Node
  /** 1 inside the example, 0 beyond its end, [L, 1, 1]. */
  readonly mask: Node
  /** Weight of each place's cross-entropy, [L, 1, 1]. */
  readonly weight: Node
  /**
   * Length of the example, [1, 1, 1]. For the Neural GPU: its number of steps, extra ones included, after
   * which the state is frozen.
   */
  readonly steps: Node
  /** Weight of the example's saturation cost, before the setting "saturation weight", [1, 1, 1]. */
  readonly scale: Node
}

export const modelInputs = (g: Graph): ModelInputs => ({
  symbols: g.lane("symbols", ["L", 1, 1]),
  target: g.lane("target", ["L", 1, 1]),
  mask: g.lane("mask", ["L", 1, 1]),
  weight: g.lane("weight", ["L", 1, 1]),
  steps: g.lane("steps", [1, 1, 1]),
  scale: g.lane("scale", [1, 1, 1]),
})

/** Inputs of a model that learns vectors. `weight` is the weight of each place's cross-entropy. */
export const vectorInputs = (g: Graph, width: number, answer: number) => ({
  input: g.lane("input", ["L", 1, width]),
  target: g.lane("target", ["L", 1, answer]),
  weight: g.lane("weight", ["L", 1, 1]),
})

export interface ModelOutputs {
  /**
   * Log-probabilities of the symbols at every place, [L, 1, V]. For vectors: logits of the bits, [L, 1,
   * answer].
   */
  readonly logits: Node
  /** Weighted cross-entropy of the example, [1, 1, 1]. */
  readonly error: Node
  /** The example's saturation cost before the setting "saturation weight", [1, 1, 1]. */
  readonly cost: Node
  /** The minimized value: error + saturation weight · cost. */
  readonly loss: Node
}
