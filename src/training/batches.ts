// Examples into lane blocks: 16 examples of one length side by side, lanes innermost.

import type { Block } from "../backends/backend.ts"
import { type Random, random, Stream } from "../core/rng.ts"
import { LANES } from "../kernel/language.ts"
import type { ModelConfig, Signature } from "../models/index.ts"
import type { Example, Task } from "../tasks/task.ts"
import type { BatchConfig } from "./config.ts"
import { scanSteps } from "./model.ts"

/** Examples of one group, with the blocks that carry them. */
export interface Group {
  readonly size: number
  readonly examples: readonly Example[]
  readonly blocks: readonly Block[]
}

/** How a task's examples become lane blocks for a model, and how the model's outputs are scored. */
export interface Encoding {
  readonly task: Task
  readonly signature: Signature
  /** Steps of the model's scan for examples of so many places. */
  steps(length: number): number
}

export function encodingOf(task: Task, model: ModelConfig): Encoding {
  const signature: Signature = { kind: "symbols", symbols: task.symbols.length }
  return { task, signature, steps: (length) => scanSteps(model, signature, length) }
}

/** Blocks of a list of examples. A block is as long as its longest example; shorter ones are masked and take their own steps. */
export function blocksOf(
  { steps }: Pick<Encoding, "steps">,
  examples: readonly Example[],
  firstExample: number,
  weight: number,
): Block[] {
  const blocks: Block[] = []
  for (let start = 0; start < examples.length; start += LANES)
    blocks.push(block(examples.slice(start, start + LANES), firstExample + start, weight, steps))
  return blocks
}

/** `weight`: what each example counts; its places share it evenly. */
function block(
  examples: readonly Example[],
  firstExample: number,
  weight: number,
  steps: (length: number) => number,
): Block {
  const length = Math.max(...examples.map((e) => e.input.length))
  const inputs = {
    symbols: new Float32Array(length * LANES),
    target: new Float32Array(length * LANES),
    mask: new Float32Array(length * LANES),
    weight: new Float32Array(length * LANES),
    steps: new Float32Array(LANES),
    scale: new Float32Array(LANES),
  }
  examples.forEach(({ input, target }, lane) => {
    const own = input.length
    for (let l = 0; l < own; l++) {
      const at = l * LANES + lane
      inputs.symbols[at] = input[l]
      inputs.target[at] = target[l]
      inputs.mask[at] = 1
      inputs.weight[at] = weight / own
    }
    inputs.steps[lane] = own // as many steps as symbols [KS16, §2]
    inputs.scale[lane] = weight / (own * own) // saturation: a mean over places and steps [DNGPU code]
  })
  return { length, steps: steps(length), firstExample, inputs }
}

/** Of the structured examples in training, this share is taken from the task's list; the others are `hard` ones with free parameters. */
const LISTED_SHARE = 0.25

/** What a step's examples are drawn from. */
export interface Source extends BatchConfig {
  /** An input of this size that is to be asked again, if there is one. */
  readonly again?: (size: number, random: Random) => Uint8Array | undefined
}

/** The training examples of a step: `joined` groups, each of one size drawn for it. `words` name the run's random numbers. */
export function drawGroups(
  encoding: Encoding,
  config: Source,
  joined: number,
  step: number,
  ...words: number[]
): Group[] {
  const { task } = encoding
  const weight = 1 / (joined * config.examples)
  return config.groups.slice(0, joined).map(([from, to], group) => {
    const choose = random(...words, Stream.data, step, group)
    const size = from + choose.below(to - from + 1)
    let listed: readonly Example[] | undefined
    const draw = (): Example => {
      const input = config.again?.(size, choose)
      if (input) return { input, target: task.oracle(input) }
      if (choose.uniform() >= config.structured) return task.random(size, choose)
      if (choose.uniform() >= LISTED_SHARE) return task.hard(size, choose)
      listed ??= task.structured(size, choose)
      return listed[choose.below(listed.length)]
    }
    const examples = Array.from({ length: config.examples }, draw)
    return { size, examples, blocks: blocksOf(encoding, examples, group * config.examples, weight) }
  })
}

/** How many symbols and whole answers are right, by the likeliest symbol at each place of the example. */
export interface Score {
  readonly symbols: number
  readonly symbolsRight: number
  readonly answers: number
  readonly answersRight: number
}

/** The likeliest symbols of one lane. logits [L, 1, V, LANES]. */
export function decode(logits: Float32Array, lane: number, length: number, V: number): Uint8Array {
  const out = new Uint8Array(length)
  for (let l = 0; l < length; l++) {
    let best = 0
    for (let v = 1; v < V; v++) if (logits[(l * V + v) * LANES + lane] > logits[(l * V + best) * LANES + lane]) best = v
    out[l] = best
  }
  return out
}

/** Compares answers to targets, at every place: a PAD that is asked for counts as a symbol. `right`: which answers are right as a whole. */
export function score(
  examples: readonly Example[],
  logits: readonly Float32Array[],
  V: number,
): Score & { readonly right: readonly boolean[] } {
  let symbols = 0
  let symbolsRight = 0
  const right = examples.map(({ target }, i) => {
    const answer = decode(logits[Math.floor(i / LANES)], i % LANES, target.length, V)
    let places = 0
    for (let l = 0; l < target.length; l++) if (answer[l] === target[l]) places++
    symbols += target.length
    symbolsRight += places
    return places === target.length
  })
  return { symbols, symbolsRight, answers: examples.length, answersRight: right.filter(Boolean).length, right }
}

export const addScores = (a: Score, b: Score): Score => ({
  symbols: a.symbols + b.symbols,
  symbolsRight: a.symbolsRight + b.symbolsRight,
  answers: a.answers + b.answers,
  answersRight: a.answersRight + b.answersRight,
})
export const noScore: Score = { symbols: 0, symbolsRight: 0, answers: 0, answersRight: 0 }
