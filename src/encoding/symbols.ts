// Tasks on symbols. Shorter examples of a block are masked beyond their own length L, and run for their own
// number of steps.

import type { Block } from "../backends/backend.ts"
import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import { random } from "../core/rng.ts"
import { answerSteps, extraSteps, type ModelConfig, type Signature, scanSteps } from "../models/index.ts"
import type { Example, Task } from "../tasks/task.ts"
import type { Encoding, Score } from "./encoding.ts"

/** The most characters in which a neighboring question differs. */
const MOST_DIFFERENT = 4

export function symbolEncoding(task: Task, model: ModelConfig): Encoding<Example> {
  const signature: Signature = { kind: "symbols", symbols: task.symbols.length }
  const mostExtra = extraSteps(model)
  const steps = (length: number) => scanSteps(model, signature, length)
  const asked = (input: Uint8Array): Example => {
    const target = task.oracle(input)
    if (target === undefined) throw new UserError(`${task.name}: nobody knows the answer to ${task.formatInput(input)}`)
    return { input, target }
  }
  const withHard = new Map<number, boolean>()
  const hasHard = (size: number) => {
    const found = withHard.get(size) ?? task.hardCases(size, random(0)).length > 0
    withHard.set(size, found)
    return found
  }
  return {
    signature,
    pairs: task.pairs,
    ...(task.parts ? { parts: task.parts.tasks } : {}),
    steps,
    length: (size) => task.length(size),
    random: (size, random) => task.random(size, random),
    hard: (size, random) => task.hard(size, random),
    hasHard,
    hardCases: (size, random) => task.hardCases(size, random),
    families: task.families,
    asked,
    typed: (question) => asked(task.parse(question)),
    near(input, size, random) {
      // half of a question and half of another need not be a question; another one always is
      if (task.pairs || !hasHard(size)) return task.random(size, random)
      // As written by people: in this form every mixture of two questions of one size is a question, in BCD
      // too.
      const characters = Array.from(task.formatInput(input))
      const other = Array.from(task.formatInput((task.parts?.of(input) ?? task).hard(size, random).input))
      for (let n = 1 + random.below(MOST_DIFFERENT); n > 0; n--) {
        const place = random.below(characters.length)
        characters[place] = other[place] ?? characters[place]
      }
      return asked(task.parse(characters.join("")))
    },
    block: (examples, firstExample, weight, choose) => {
      const length = Math.max(...examples.map((e) => e.input.length))
      // in training, all examples of a block take the same number of extra steps
      const extra = choose && mostExtra > 0 ? choose.below(mostExtra + 1) : 0
      const beyond = choose ? () => extra : (own: number) => answerSteps(model, own)
      const inputs = inputsOf(examples, weight, length, (own) => own + beyond(own))
      return { length, steps: steps(length) - answerSteps(model, length) + beyond(length), firstExample, inputs }
    },
    score: (examples, logits) => score(examples, logits, task.symbols.length),
    worst: (examples, logits) => worst(examples, logits, task.symbols.length),
  }
}

/**
 * Builds the inputs of a block. `weight` is the loss weight of an example, divided evenly among its places.
 * `taken` gives the number of steps for a length.
 */
function inputsOf(
  examples: readonly Example[],
  weight: number,
  length: number,
  taken: (length: number) => number,
): Block["inputs"] {
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
    inputs.steps[lane] = taken(own)
    // the saturation cost is a mean over places and steps [DNGPU code]
    inputs.scale[lane] = weight / (own * taken(own))
  })
  return inputs
}

/** The argmax symbols of one lane; logits are [L, 1, V, LANES]. */
export function decode(logits: Float32Array, lane: number, length: number, V: number): Uint8Array {
  const out = new Uint8Array(length)
  for (let l = 0; l < length; l++) {
    let best = 0
    for (let v = 1; v < V; v++) if (logits[(l * V + v) * LANES + lane] > logits[(l * V + best) * LANES + lane]) best = v
    out[l] = best
  }
  return out
}

/**
 * Compares answers with targets at every place; PAD counts as a symbol. `right` tells which whole answers are
 * right.
 */
function score(
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
  const answersRight = right.filter(Boolean).length
  return { symbols, symbolsRight, answers: examples.length, answersRight, bits: 0, bound: 0, right }
}

/** The worst place's cross-entropy per answer; the logits are log-probabilities. */
const worst = (examples: readonly Example[], logits: readonly Float32Array[], V: number): number[] =>
  examples.map(({ target }, i) => {
    const [values, lane] = [logits[Math.floor(i / LANES)], i % LANES]
    return -target.reduce((least, t, l) => Math.min(least, values[(l * V + t) * LANES + lane]), 0)
  })
