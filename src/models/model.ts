// What a model is to the trainer: a name, options with defaults, and a graph with these inputs and outputs.
// The trainer, the command line and runs know families only through this file and the list in index.ts.

import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { type Fields, number, whole } from "../schema/index.ts"

/** What goes in and out, as a task has it. */
export type Signature =
  /** V different symbols, PAD among them; an answer is one for every place. */
  | { readonly kind: "symbols"; readonly symbols: number }
  /** Vectors of `width` numbers in, `answer` bits out, at every place. */
  | { readonly kind: "vectors"; readonly width: number; readonly answer: number }
  /** An image in, one of so many classes out. */
  | {
      readonly kind: "images"
      readonly height: number
      readonly width: number
      readonly channels: number
      readonly classes: number
    }

/** The number of symbols, for a model that learns nothing else (configs are checked before). */
export function symbolsOf(signature: Signature): number {
  if (signature.kind !== "symbols") throw new Error("this model learns symbols only")
  return signature.symbols
}

/** Techniques that are part of a model's graph. A config that asks another model for one is refused. */
export type GraphTechnique = "dropout" | "noise" | "saturation"

export interface BuildOptions {
  /** With what only training needs: dropout, noise, the saturation cost. */
  readonly training: boolean
  /** Noise on pre-activations, setting "noise": it costs time even when its strength is 0. */
  readonly noise: boolean
  /** Less dropout for longer examples, setting "dropout length". */
  readonly dropoutByLength: boolean
}

/** `Options`: the values of its fields. A family's methods take no others: the config is checked before. */
export interface ModelFamily<Options extends object = object> {
  /** One line for lists. */
  readonly summary: string
  /** Its options: `config.model` beside the name. */
  readonly fields: Fields
  /** Techniques that are part of its graph. */
  techniques(options: Options): readonly GraphTechnique[]
  /** Kinds of task that it can learn. */
  readonly learns: readonly Signature["kind"][]
  /** Refuses what single fields cannot tell. Throws a UserError that names the field, `model.…`. */
  check(options: Options): void
  /** The learning rate where a config gives none. */
  learningRate(options: Options): number
  build(options: Options, signature: Signature, build: BuildOptions): { graph: Graph; outputs: ModelOutputs }
  /** Steps that its scan takes for an example of `length` places. */
  steps(signature: Signature, length: number): number
  /** Steps beyond those, for answers that are not finished by then; training takes a random number of them. */
  extraSteps(options: Options): number
}

/** Fields that most families have. */
export const unitsField = (units: number, source: string) =>
  whole(units, "Numbers in the state of a layer.", { min: 1, max: 4096, flag: "--units <n>", source })
export const layersField = (layers: number, source: string) =>
  whole(layers, "Layers in a step.", { min: 1, max: 8, flag: "--layers <n>", source })
export const initScaleField = number(1, "Multiplies the bound of the initial weights.", { above: 0 })

/** Of a model with nothing to check beyond its fields, and no extra steps. */
export const plain = { check: () => {}, extraSteps: () => 0 } as const

/** For answering: nothing that only training needs. */
export const answering: BuildOptions = { training: false, noise: false, dropoutByLength: false }
/** For training without noise, and with the same dropout at every length. */
export const plainTraining: BuildOptions = { ...answering, training: true }

export interface ModelInputs {
  /** Symbol numbers of the question: [L, 1, 1]. */
  readonly symbols: Node
  /** Symbol numbers of the answer: [L, 1, 1]. */
  readonly target: Node
  /** 1 at the example's own places, 0 beyond its end: [L, 1, 1]. */
  readonly mask: Node
  /** What each place's cross-entropy counts: [L, 1, 1]. */
  readonly weight: Node
  /** Places that the example has of its own; with its extra ones, the Neural GPU's steps, after which its state stands still: [1, 1, 1]. */
  readonly steps: Node
  /** What the example's saturation cost counts, before the setting `saturation weight`: [1, 1, 1]. */
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

/** Inputs of a model that learns vectors: weight is what a place's cross-entropy counts. */
export const vectorInputs = (g: Graph, width: number, answer: number) => ({
  input: g.lane("input", ["L", 1, width]),
  target: g.lane("target", ["L", 1, answer]),
  weight: g.lane("weight", ["L", 1, 1]),
})

export interface ModelOutputs {
  /** Log-probabilities of the symbols at every place, [L, 1, V]; of vectors, the numbers whose sigmoids are the bits' probabilities, [L, 1, answer]. */
  readonly logits: Node
  /** Weighted cross-entropy of the example: [1, 1, 1]. */
  readonly error: Node
  /** Its share of the saturation cost, without the weight: [1, 1, 1]. */
  readonly cost: Node
  /** What is minimized: error + saturation weight · cost. */
  readonly loss: Node
}
