// An ensemble averages probabilities. Its members may differ in form, and a single member is unchanged.

import { expect, test } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { initialValues } from "../../src/core/params.ts"
import { random } from "../../src/core/rng.ts"
import { encodingOf } from "../../src/encoding/index.ts"
import { averaged } from "../../src/inference/ensemble.ts"
import { listedExamples } from "../../src/inference/evaluate.ts"
import { planEvaluation, type Trained } from "../../src/inference/member.ts"
import { createPredictor } from "../../src/inference/predictor.ts"
import { namedWeights } from "../../src/inference/weights.ts"
import type { ModelConfig } from "../../src/models/index.ts"
import { resolveConfig } from "../../src/training/config.ts"

test("probabilities are averaged, also where logarithms are far apart", () => {
  const [a, b] = [
    [0.9, 0.1],
    [0.2, 0.8],
  ].map((p) => Float32Array.from(p, Math.log))
  expect([...averaged("symbols", [a, b])].map(Math.exp)).toEqual([expect.closeTo(0.55, 6), expect.closeTo(0.45, 6)])
  // a confident model outweighs two unsure ones; the mean of logarithms would not show this
  const sure = averaged(
    "symbols",
    [
      [0.98, 0.02],
      [0.45, 0.55],
      [0.45, 0.55],
    ].map((p) => Float32Array.from(p, Math.log)),
  )
  expect(sure[0]).toBeGreaterThan(sure[1])
  const bits = averaged("vectors", [Float32Array.of(2, -60, 60), Float32Array.of(-1, -60, 60)])
  const mean = (1 / (1 + Math.exp(-2)) + 1 / (1 + Math.exp(1))) / 2
  expect([...bits]).toEqual([
    expect.closeTo(Math.log(mean / (1 - mean)), 5),
    expect.closeTo(-60, 3),
    expect.closeTo(60, 3),
  ])
})

test("models of different families and steps answer together", async () => {
  const task = { name: "reverse" }
  const configs = [
    {
      name: "neural-gpu",
      form: "diagonal",
      maps: 6,
      width: 1,
      layers: 1,
      cutoff: 1.2,
      initScale: 1,
      extraSteps: 2,
      copies: 1,
    },
    { name: "gru", units: 5, layers: 1, initScale: 1 },
  ] as ModelConfig[]
  const backend = wasm(1)
  const models = configs.map((model, i) => {
    const plan = planEvaluation(model, encodingOf(task, model).signature)
    const weights = namedWeights(plan, initialValues(plan.shared, 7 + i))
    return { path: model.name, config: resolveConfig({ task, model }), weights }
  })
  const open = (given: readonly Trained[]) => createPredictor(given, backend, Number.POSITIVE_INFINITY)
  const members = models.map((model) => open([model]))
  const both = open(models)
  const examples = Array.from({ length: 20 }, (_, i) => both.encoding.random(1 + (i % 5), random(i)))
  const alone = await Promise.all(members.map((member) => member.logits(5, examples)))
  const together = await both.logits(5, examples)
  for (const [block, logits] of together.entries())
    expect(logits).toEqual(
      averaged(
        "symbols",
        alone.map((own) => own[block]),
      ),
    )
  expect((await both.score(listedExamples(5, examples))).answers).toBe(20)
  await Promise.all([...members, both].map((predictor) => predictor.dispose()))
})
