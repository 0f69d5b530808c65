// Tasks on images: one answer per example. A task has images of one size only: the length of a side.

import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import { type ModelConfig, type Signature, scanSteps } from "../models/index.ts"
import type { ImageExample, ImageTask } from "../tasks/images/index.ts"
import { type Encoding, withoutHardCases } from "./encoding.ts"

export function imageEncoding(task: ImageTask, model: ModelConfig): Encoding<ImageExample> {
  const { height, width, channels, classes } = task
  const signature: Signature = { kind: "images", height, width, channels, classes: classes.length }
  const draw: Encoding<ImageExample>["random"] = (size, random) => {
    if (size !== height) throw new UserError(`${task.name}: got size ${size}, expected ${height}: images have one size`)
    return task.random(random)
  }
  return {
    signature,
    steps: (length) => scanSteps(model, signature, length),
    length: () => 1,
    random: draw,
    hard: draw,
    ...withoutHardCases(`${task.name}: an image has no typed question to repeat`),
    block(examples, firstExample, weight) {
      const inputs = {
        image: new Float32Array(height * width * channels * LANES),
        target: new Float32Array(LANES),
        weight: new Float32Array(LANES),
      }
      examples.forEach(({ pixels, label }, lane) => {
        pixels.forEach((x, i) => (inputs.image[i * LANES + lane] = x))
        inputs.target[lane] = label
        inputs.weight[lane] = weight
      })
      return { length: 1, steps: 1, firstExample, inputs }
    },
    score(examples, logits) {
      const right = examples.map(({ label }, i) => {
        const values = logits[Math.floor(i / LANES)]
        const at = (c: number) => values[c * LANES + (i % LANES)]
        return classes.every((_, c) => c === label || at(c) < at(label))
      })
      const answersRight = right.filter(Boolean).length
      const answers = examples.length
      return { symbols: answers, symbolsRight: answersRight, answers, answersRight, bits: 0, bound: 0, right }
    },
  }
}
