// Models of one's own. A definition becomes a family like those of this package.

import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { sameShape, show } from "../core/shape.ts"
import {
  check,
  defaultsOf,
  type Fields,
  merged,
  type PartialValues,
  refused,
  type ValuesOf,
  whole,
} from "../schema/index.ts"
import {
  type BuildOptions,
  type ModelFamily,
  type ModelOutputs,
  plain,
  plainTraining,
  type Signature,
} from "./model.ts"
import { overImage } from "./over-image.ts"
import { type Cell, overTime, stepsOverTime } from "./over-time.ts"

interface Described<F extends Fields> {
  /** Letters, digits and dashes: `config.model.name`. */
  readonly name: string
  /** One line for lists and help texts. */
  readonly summary?: string
  /** Its options in `config.model`, made with `whole`, `number`, `choice`, `yesNo`, … */
  readonly fields?: F
  /** The default learning rate. */
  readonly learningRate?: number
}

/** Rewrites an image of the question once per symbol, as the Neural GPU does. For tasks on symbols. */
export interface ImageModel<F extends Fields> extends Described<F> {
  readonly kind: "image"
  /**
   * One step.
   * @param state [L, 1, maps]
   * @param options the values of `fields`, and `maps`
   * @param mask [L, 1, 1], 0 beyond the example's end; the result is multiplied by it anyway
   * @returns the next state, [L, 1, maps]
   */
  step(g: Graph, state: Node, options: ValuesOf<F> & { readonly maps: number }, mask: Node): Node
}

/** A recurrent cell, one place a step. For tasks on symbols and on vectors. */
export interface SequenceModel<F extends Fields> extends Described<F> {
  readonly kind: "sequence"
  cell(g: Graph, options: ValuesOf<F>): Cell
}

/** Any graph. */
export interface GraphModel<F extends Fields> extends Described<F> {
  readonly kind: "graph"
  readonly learns: readonly Signature["kind"][]
  /** Scan steps for an example of `length` places. */
  steps(length: number): number
  build(g: Graph, options: ValuesOf<F>, signature: Signature, how: BuildOptions): ModelOutputs
}

export type ModelDefinition<F extends Fields = Fields> = ImageModel<F> | SequenceModel<F> | GraphModel<F>

/** The family of a model of one's own. */
export interface OwnFamily<F extends Fields = Fields> extends ModelFamily<object, F> {
  readonly name: string
  /** The package's model whose training settings are its defaults. */
  readonly trainsAs: "neural-gpu" | "gru"
}

/** A model of one's own, for `train({ model })`; the default export of a file for `train --model <file>`. */
export class DefinedModel<F extends Fields = Fields> {
  readonly family: OwnFamily<F>
  /** Options that differ from the defaults of its fields. */
  readonly options: object

  constructor(family: OwnFamily<F>, options: object = {}) {
    this.family = family
    this.options = options
  }

  /**
   * The same model with other options.
   * @throws UserError if it has no such option, or a value is invalid
   * @example train({ task: { name: "copy" }, model: gatedConv.with({ maps: 32 }) })
   */
  with(options: PartialValues<ValuesOf<F>>): DefinedModel<F> {
    const { name, fields } = this.family
    const own = { ...this.options, ...options }
    check(fields, merged(fields, defaultsOf(fields), own), name)
    return new DefinedModel(this.family, own)
  }
}

const mapsField = { maps: whole(24, "Channels of the state.", { min: 1, max: 512, flag: "--maps <n>" }) }

/**
 * Defines a model of one's own: its name, its options, and one step in the library's layers.
 * @throws UserError if the definition is incomplete
 * @example
 * defineModel({
 *   name: "plain-conv",
 *   kind: "image",
 *   step: (g, state, { maps }) => g.map([conv(g, "next", state, { channels: maps, kernel: [3, 1] })], tanh),
 * })
 */
export function defineModel<F extends Fields = Record<never, never>>(
  definition: ImageModel<F>,
): DefinedModel<F & typeof mapsField>
export function defineModel<F extends Fields = Record<never, never>>(
  definition: SequenceModel<F> | GraphModel<F>,
): DefinedModel<F>
export function defineModel(definition: ModelDefinition): DefinedModel {
  requireDefinition(definition)
  return new DefinedModel(familyOf(definition))
}

/** The functions that each kind needs. */
const functionsOf = { image: ["step"], sequence: ["cell"], graph: ["steps", "build"] } as const

/** Refuses what JavaScript lets through. */
function requireDefinition(definition: unknown): void {
  if (!isObject(definition)) throw refused("defineModel", definition, "an object with name, kind and fields")
  const { name, kind, learns } = definition
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]*$/u.test(name))
    throw refused("defineModel: name", name, "small letters, digits and dashes, such as my-cell")
  const kinds = Object.keys(functionsOf)
  if (typeof kind !== "string" || !Object.hasOwn(functionsOf, kind))
    throw refused(`defineModel: kind of ${name}`, kind, `one of ${kinds.join(", ")}`)
  for (const part of functionsOf[kind as keyof typeof functionsOf])
    if (typeof definition[part] !== "function")
      throw refused(`defineModel: ${part} of ${name}`, definition[part], `a function, as its kind is ${kind}`)
  if (kind === "graph" && !(Array.isArray(learns) && learns.length > 0))
    throw refused(`defineModel: learns of ${name}`, learns, 'a list of kinds of tasks, such as ["symbols"]')
}

/** What a model is built for when it is checked. */
const samples: { readonly [K in Signature["kind"]]: Signature } = {
  symbols: { kind: "symbols", symbols: 3 },
  vectors: { kind: "vectors", width: 3, answer: 2 },
  images: { kind: "images", height: 8, width: 8, channels: 1, classes: 2 },
}

/** The family of a definition. Its check builds the graph, so that a faulty cell is refused before anything else. */
function familyOf(definition: ModelDefinition): OwnFamily {
  const family = plainFamilyOf(definition)
  const check = (options: ValuesOf<Fields>) => {
    try {
      family.build(options, samples[family.learns[0]], plainTraining)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new UserError(`the model ${definition.name} cannot be built: ${reason}`, { cause: error })
    }
  }
  const trainsAs = definition.kind === "image" ? "neural-gpu" : "gru"
  return { ...family, name: definition.name, trainsAs, check }
}

function plainFamilyOf(definition: ModelDefinition): ModelFamily<ValuesOf<Fields>> {
  const { summary = "a model of your own", fields = {}, learningRate } = definition
  const common = { ...plain, summary }
  switch (definition.kind) {
    case "image":
      return {
        ...common,
        fields: { ...mapsField, ...fields },
        techniques: () => ["dropout"],
        learns: ["symbols"],
        learningRate: ({ maps }) => learningRate ?? 0.48 / Number(maps), // as the Neural GPU's
        build(options, signature, how) {
          const g = new Graph()
          const maps = Number(options.maps)
          const outputs = overImage(g, signature, maps, how, (state, mask) => {
            const next = definition.step(g, state, { ...options, maps }, mask)
            if (!sameShape(next.shape, state.shape))
              throw new UserError(`its step returns ${show(next.shape)}, expected ${show(state.shape)} as its state`)
            return next
          })
          return { graph: g, outputs }
        },
        steps: (_, length) => length,
      }
    case "sequence":
      return {
        ...common,
        fields,
        techniques: () => [],
        learns: ["symbols", "vectors"],
        learningRate: () => learningRate ?? 0.003,
        build(options, signature) {
          const g = new Graph()
          return { graph: g, outputs: overTime(g, signature, definition.cell(g, options)) }
        },
        steps: stepsOverTime,
      }
    case "graph":
      return {
        ...common,
        fields,
        techniques: () => [],
        learns: definition.learns,
        learningRate: () => learningRate ?? 0.003,
        build(options, signature, how) {
          const g = new Graph()
          return { graph: g, outputs: definition.build(g, options, signature, how) }
        },
        steps: (_, length) => definition.steps(length),
      }
  }
}
