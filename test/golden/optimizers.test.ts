// Every optimizer against PyTorch's, or against its paper's formula: weights after each of twelve updates.
// The numbers come from scripts/golden_optimizers.py.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { hostUpdate } from "../../src/backends/host-resident.ts"
import { GRADIENT, WEIGHTS } from "../../src/plan/update.ts"
import { defaultsOf } from "../../src/schema/index.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import { type AdamaxConstants, adamaxWith, published } from "../../src/training/optimizers/adamax.ts"
import { optimizers } from "../../src/training/optimizers/index.ts"
import { EMA } from "../../src/training/techniques/ema.ts"
import { arraysOf, optimizerOf, updateOf } from "../../src/training/update.ts"
import { difference } from "../samples.ts"

interface Golden {
  readonly start: readonly number[]
  readonly gradients: readonly (readonly number[])[]
  readonly cases: readonly {
    readonly case: string
    readonly config: PartialConfig["optimizer"] & {
      readonly name: string
      /** Constants of AdaMax that differ from the published ones. */
      readonly constants?: Partial<AdamaxConstants>
    }
    readonly rates: readonly number[]
    /** Decoupled weight decay, times the learning rate. */
    readonly weightDecay?: number
    readonly weights: readonly (readonly number[])[]
  }[]
}
const golden = JSON.parse(readFileSync(new URL("optimizers.json", import.meta.url), "utf8")) as Golden

/** Tolerance: arrays are float32. */
const TOLERANCE = 1e-6

describe.each(golden.cases)("$case", ({ config, rates, weights, weightDecay = 0 }) => {
  it("moves weights as the formula does, step by step", () => {
    const { constants, ...chosen } = config
    const whole = resolveConfig({ optimizer: chosen, phases: [{ weightDecay: { rate: weightDecay } }] })
    const optimizer = constants ? adamaxWith({ ...published, ...constants }) : optimizerOf(whole)
    const size = golden.start.length
    const update = hostUpdate(updateOf(whole, [], optimizer), size)
    const arrays = Object.fromEntries(arraysOf(whole).map((name) => [name, new Float32Array(size)]))
    const w = Float32Array.from(golden.start)
    const own = optimizer.begin(whole.optimizer)
    for (const [i, gradient] of golden.gradients.entries()) {
      const told = {
        ...optimizer.next(whole.optimizer, own, rates[i]),
        "ema decay": 0,
        "weight decay": weightDecay * rates[i],
      }
      update(
        { ...arrays, [WEIGHTS]: w, [EMA]: new Float32Array(size), [GRADIENT]: Float32Array.from(gradient) },
        told,
        {},
      )
      expect(difference(w, weights[i]), `after step ${i + 1}`).toBeLessThan(TOLERANCE)
    }
  })
})

it("has numbers for every optimizer that there is", () => {
  expect(new Set(golden.cases.map(({ config }) => config.name))).toEqual(new Set(Object.keys(optimizers)))
})

it("begins with the published numbers", () => {
  const defaults = Object.entries(optimizers).map(([name, { fields }]) => [name, defaultsOf(fields)])
  expect(Object.fromEntries(defaults)).toEqual({
    adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-4 }, // [Kingma & Ba 2015]; epsilon: [KS16 §3]
    adamax: {},
    rmsprop: { decay: 0.95, momentum: 0.9, epsilon: 1e-4 }, // [Graves 2013 §2.1]
    sgd: { momentum: 0.9 },
  })
  expect(published).toEqual({
    ...{ beta1: 0.9, decay: 0.01, decayFloor: 0.0005, decayHalving: 2000 }, // all from the DNGPU code
    ...{ epsilon: 1e-8, clip: 1.2, clipFloor: 1e-4 },
  })
})
