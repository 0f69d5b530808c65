// Tasks on vectors. Answers are bits; cross-entropy is in bits per sequence, as in [NTM].

import { LANES } from "../core/lanes.ts"
import { type ModelConfig, type Signature, scanSteps } from "../models/index.ts"
import type { VectorExample, VectorTask } from "../tasks/vectors/index.ts"
import { type Encoding, withoutHardCases } from "./encoding.ts"

export function vectorEncoding(task: VectorTask, model: ModelConfig): Encoding<VectorExample> {
  const { width, answer } = task
  const signature: Signature = { kind: "vectors", width, answer }
  const steps = (length: number) => scanSteps(model, signature, length)
  return {
    signature,
    steps,
    length: (size) => task.length(size),
    random: (size, random) => task.random(size, random),
    hard: (size, random) => task.random(size, random),
    ...withoutHardCases(`${task.name}: the answer does not follow from the input alone`),
    block(examples, firstExample, weight) {
      const length = Math.max(...examples.map(({ counts }) => counts.length))
      const inputs = {
        input: new Float32Array(length * width * LANES),
        target: new Float32Array(length * answer * LANES),
        weight: new Float32Array(length * LANES),
      }
      examples.forEach(({ input, target, counts }, lane) => {
        input.forEach((x, i) => (inputs.input[i * LANES + lane] = x))
        target.forEach((x, i) => (inputs.target[i * LANES + lane] = x))
        counts.forEach((x, i) => (inputs.weight[i * LANES + lane] = weight * x))
      })
      return { length, steps: steps(length), firstExample, inputs }
    },
    score(examples, logits) {
      let [symbols, symbolsRight, nats, bound] = [0, 0, 0, 0]
      const right = examples.map((example, i) => {
        const [values, lane] = [logits[Math.floor(i / LANES)], i % LANES]
        let wrong = 0
        for (let l = 0; l < example.counts.length; l++) {
          if (!example.counts[l]) continue
          for (let a = 0; a < answer; a++) {
            const [z, bit] = [values[(l * answer + a) * LANES + lane], example.target[l * answer + a]]
            if (z > 0 !== bit > 0.5) wrong++
            nats += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - bit * z
            symbols++
          }
        }
        symbolsRight -= wrong
        bound += task.bound?.(example) ?? 0
        return wrong === 0
      })
      const answersRight = right.filter(Boolean).length
      symbolsRight += symbols
      return { symbols, symbolsRight, answers: examples.length, answersRight, bits: nats / Math.LN2, bound, right }
    },
  }
}
