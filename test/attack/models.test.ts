// Faults of real models: one that stops too early for carries of the last row, and one with exceptions in its
// rule. The attack tells them apart.

import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { causesOf, withMoreSteps } from "../../src/attack/cause.ts"
import { attack } from "../../src/attack/search.ts"
import { Tally } from "../../src/attack/tally.ts"
import { modelTarget } from "../../src/attack/target.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import type { Trained } from "../../src/inference/member.ts"
import { loadModel } from "../../src/runs/model.ts"
import { openModels } from "../../src/runs/open.ts"
import type { TrainConfig } from "../../src/training/config.ts"

const backend = wasm(2)
const ends: (() => Promise<void>)[] = []
afterAll(() => Promise.all(ends.map((end) => end())))

const open = (models: readonly Trained[]) => {
  const predictor = openModels(models, backend)
  ends.push(() => predictor.dispose())
  return modelTarget(predictor)
}

async function found(models: readonly Trained[], size: number, most: number) {
  const target = open(models)
  const tally = new Tally()
  for await (const event of attack(target, { sizes: [size], seed: 1 })) {
    tally.add(event)
    if (tally.wrong > 3 || tally.asked > most) break
  }
  const causes = await causesOf(target.task, tally.kept, (more) => ({
    target: open(models.flatMap((model) => withMoreSteps(model, more) ?? [])),
    dispose: async () => {},
  }))
  return { tally, causes }
}

test("a model that stops too early is wrong on products just above a power, and more steps mend it", async () => {
  const mul = loadModel("mul")
  const model = { ...mul.config.model, extraSteps: 0, stepsPerPlace: 1 } as TrainConfig["model"]
  const { tally, causes } = await found([{ ...mul, config: { ...mul.config, model } }], 10, 5000)
  expect(tally.worst?.family).toBe("just above a power")
  expect(causes).toMatchObject([{ size: 10, asked: 16, mended: 16 }])
})

test("a model with exceptions in its rule is wrong, however many steps it has; so is its ensemble with itself", async () => {
  const exceptions = loadModel(join(import.meta.dirname, "exceptions"))
  const { tally, causes } = await found([exceptions], 40, 5000)
  expect(tally.wrong).toBeGreaterThan(0)
  expect(causes).toMatchObject([{ size: 40, mended: 0 }])
  expect((await found([exceptions, exceptions], 40, 5000)).tally.wrong).toBeGreaterThan(0)
})

test("a model that does not choose its steps tells no cause", () => {
  const { config, weights } = loadModel("copy")
  const model = { name: "gru", units: 5, layers: 1, initScale: 1 } as const
  expect(withMoreSteps({ path: "gru", config: { ...config, model }, weights }, 5)).toBeUndefined()
})
