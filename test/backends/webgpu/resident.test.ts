// The update on a device equals that on the host, for every optimizer, with and without every technique's
// part, with copies in relaxation and after averaging. Remembered state is restored, and non-finite numbers
// are reported.

import { describe, expect, it } from "vitest"
import type { Program } from "../../../src/backends/backend.ts"
import { hostResident } from "../../../src/backends/host-resident.ts"
import type { Resident, StepNumbers } from "../../../src/backends/resident.ts"
import { wasm } from "../../../src/backends/wasm/index.ts"
import { webgpu } from "../../../src/backends/webgpu/index.ts"
import { mul } from "../../../src/core/expr.ts"
import { sum } from "../../../src/core/map.ts"
import { keysOf, random } from "../../../src/core/rng.ts"
import type { Copies } from "../../../src/plan/copies.ts"
import { overCopies } from "../../../src/plan/copies.ts"
import { plan } from "../../../src/plan/planner.ts"
import { type Update, WEIGHTS } from "../../../src/plan/update.ts"
import type { TrainConfig } from "../../../src/training/config.ts"
import { defaultsFor } from "../../../src/training/config.ts"
import { optimizers } from "../../../src/training/optimizers/index.ts"
import type { Optimizer } from "../../../src/training/optimizers/optimizer.ts"
import { allTechniques, optionsOf, type PartialPhase, plainPhase, resolvePhases } from "../../../src/training/phases.ts"
import type { Hook } from "../../../src/training/technique.ts"
import { EMA } from "../../../src/training/techniques/ema.ts"
import { updateOf } from "../../../src/training/update.ts"
import { difference, noWebgpu, options, project, randomBlock, SampleGraph } from "../../engine.ts"
import { switchedOn, techniqueNames } from "../../training/switched-on.ts"

/** float32 against float64, after three steps. */
const TOLERANCE = 5e-6

/** More weights than one workgroup sums, and a multiple of no tile. */
const p = (() => {
  const g = new SampleGraph()
  const keep = g.setting("keep", 1)
  g.prefix = "products: "
  const w = g.parameter("w", [1, 67, 79], { uniform: 1 })
  const bias = g.parameter("bias", [1, 1, 6], { uniform: 1 })
  const products = g.map([g.lane("x", ["L", 1, 1]), w, keep], (x, w, keep) => mul(mul(x, w), mul(w, keep)))
  const loss = project(g, g.map([sum(g, products, [1, 1, 1]), bias], mul))
  return plan(g, { outputs: { loss }, loss })
})()
const blocks = [randomBlock(p, 2, 0), randomBlock(p, 3, 0, 16)]
const copies: readonly Copies[] = [
  { offset: 0, size: 31, copies: 3 },
  { offset: 100, size: 1200, copies: 4 },
]
const settings = { keep: 0.5 }

type OptimizerName = keyof typeof optimizers
const configOf = (name: OptimizerName, ...phases: PartialPhase[]): TrainConfig => {
  const fields = optimizers[name].fields
  const values = Object.fromEntries(Object.entries(fields).map(([field, { default: value }]) => [field, value]))
  const optimizer = { name, ...values } as TrainConfig["optimizer"]
  return { ...defaultsFor(), optimizer, phases: resolvePhases(phases, plainPhase()) }
}
const everything: PartialPhase = {
  ...switchedOn(...techniqueNames),
  clip: { elements: 0.2, norm: 1.5 },
  gradientNoise: { scale: 0.02 },
  relaxation: { pull: 0.1 },
  l1: { step: 0.001 },
  ema: { decay: 0.9 },
}

/** The inputs of a step of this phase, as the trainer gives them. */
function toldIn(config: TrainConfig, phase: number, step: number, rates: Readonly<Record<string, number>>) {
  const run = { state: { step, begin: 0, seed: 7, rollbacks: 0, rate: 0.01 } } as unknown as Hook<object, object>["run"]
  const hooks = allTechniques.map((technique) => {
    const hook = { options: optionsOf(config.phases[phase], technique.name), state: technique.begin(), run }
    return { numbers: technique.numbers(hook), keys: technique.keys(hook) }
  })
  const numbers: Record<string, number> = Object.assign({}, rates, ...hooks.map((hook) => hook.numbers))
  return { settings, numbers, keys: Object.assign({}, ...hooks.map((hook) => hook.keys)) }
}

function beginning(resident: Resident, update: Update): void {
  const numbers = random(11)
  const weights = Float32Array.from({ length: p.trainableSize }, () => 2 * numbers.uniform() - 1)
  const zeros = update.arrays.map((name) => [name, new Float32Array(p.trainableSize)])
  resident.write({ ...Object.fromEntries(zeros), [WEIGHTS]: weights, [EMA]: weights })
}

/** Three steps of a phase; the copies are averaged before the last. */
async function learn(resident: Resident, config: TrainConfig, phase: number, update: Update) {
  const optimizer: Optimizer = optimizers[config.optimizer.name]
  const own = optimizer.begin(config.optimizer)
  beginning(resident, update)
  const told: number[] = []
  for (let i = 0; i < 3; i++) {
    const given = toldIn(config, phase, i, optimizer.next(config.optimizer, own, 0.01))
    if (i === 2) {
      given.numbers["copies averaged"] = 1
      for (const name of update.arrays) {
        const values = await resident.read(name)
        overCopies(values, update.copies, "mean")
        resident.write({ [name]: values })
      }
    }
    const { outputs, sums, finite } = await resident.step(blocks, options, given)
    const { "squared norm": squared, ...others } = sums
    told.push(Math.sqrt(squared), ...Object.values(others), Number(finite), ...outputs[1].loss)
  }
  return { told, arrays: await resident.remember().read() }
}

describe.skipIf(noWebgpu)("state that stays on the device", async () => {
  const [here, there]: Program[] = noWebgpu ? [] : await Promise.all([webgpu().compile(p), wasm(1).compile(p)])

  async function agree(config: TrainConfig, of: readonly Copies[]): Promise<void> {
    const update = updateOf(config, of)
    const [device, host] = [await here.resident(update), hostResident(there, update)]
    for (const phase of config.phases.keys()) {
      const got = await learn(device, config, phase, update)
      const want = await learn(host, config, phase, update)
      expect(got.told.every(Number.isFinite)).toBe(true)
      expect(difference(got.told, want.told)).toBeLessThan(TOLERANCE)
      expect(Object.keys(got.arrays)).toEqual(Object.keys(want.arrays))
      for (const [array, values] of Object.entries(want.arrays))
        expect(difference(got.arrays[array], values), `${array} in phase ${phase}`).toBeLessThan(TOLERANCE)
      expect(await learn(device, config, phase, update), "the same bits twice").toEqual(got)
    }
    await device.dispose()
  }

  it.each(Object.keys(optimizers) as OptimizerName[])(
    "%s: as on the host, with everything, and with nothing in a phase of such a run",
    (name) => agree(configOf(name, everything, plainPhase()), copies),
  )

  it.each(Object.keys(optimizers) as OptimizerName[])("%s: as on the host, with nothing in the whole run", (name) =>
    agree(configOf(name, plainPhase()), []),
  )

  it("every technique has its part: the arrays differ from those without it", async () => {
    const arrays = async (phase: PartialPhase, of: readonly Copies[]) => {
      const config = configOf("sgd", phase)
      const update = updateOf(config, of)
      const device = await here.resident(update)
      const { arrays } = await learn(device, config, 0, update)
      await device.dispose()
      return arrays
    }
    const plain = await arrays({}, [])
    for (const name of ["clip", "gradientNoise", "l1", "ema"] as const)
      expect(await arrays({ [name]: everything[name] }, []), name).not.toEqual(plain)
    expect(await arrays({ relaxation: everything.relaxation }, copies), "relaxation").not.toEqual(plain)
  })

  it("what was remembered stays as it was for one more; what is too old, and broken numbers, are told", async () => {
    const config = configOf("sgd", { ...everything, clip: { elements: null, norm: 1.5 } })
    const update = updateOf(config, copies)
    for (const resident of [await here.resident(update), hostResident(there, update)]) {
      beginning(resident, update)
      const before = resident.remember()
      const weights = await resident.read(WEIGHTS)
      const step = (more: Partial<StepNumbers>) =>
        resident.step(blocks, options, { ...toldIn(config, 0, 0, { rate: 0.01 }), ...more })
      expect((await step({})).finite).toBe(true)
      const after = resident.remember()
      expect((await before.read())[WEIGHTS]).toEqual(weights)
      expect((await after.read())[WEIGHTS]).not.toEqual(weights)
      resident.remember()
      await expect(before.read()).rejects.toThrow(/this snapshot is too old/)
      const broken = await step({ settings: { keep: Number.NaN } })
      expect(broken.finite).toBe(false)
      expect(broken.sums["squared norm"]).toBeNaN()
      expect((await step({})).finite).toBe(false)
      await resident.dispose()
    }
  })

  it("a broken gradient is told even where clipping its elements hides it", async () => {
    const config = configOf("sgd", everything)
    const update = updateOf(config, copies)
    for (const resident of [await here.resident(update), hostResident(there, update)]) {
      beginning(resident, update)
      const told = toldIn(config, 0, 0, { rate: 0.01 })
      for (const keep of [Number.NaN, 3e38])
        expect((await resident.step(blocks, options, { ...told, settings: { keep } })).finite, `${keep}`).toBe(false)
      await resident.dispose()
    }
  })

  it("a state that was remembered last outlives the device's memory", async () => {
    const config = configOf("sgd", everything)
    const update = updateOf(config, copies)
    const resident = await here.resident(update)
    beginning(resident, update)
    const weights = await resident.read(WEIGHTS)
    const last = resident.remember()
    await resident.dispose()
    expect((await last.read())[WEIGHTS]).toEqual(weights)
    await expect(resident.read(WEIGHTS)).rejects.toThrow(/disposed/)
  })

  it("normal numbers are those of the named stream, others for other keys", async () => {
    const config = configOf("sgd", { gradientNoise: { scale: 1 } })
    const update = updateOf(config, [])
    const device = await here.resident(update)
    const weightsWith = async (seed: number) => {
      beginning(device, update)
      const given = toldIn(config, 0, 0, { rate: 0.01 })
      const keys = Object.fromEntries(update.keys.map((name) => [name, keysOf(seed, 4, 1)]))
      await device.step(blocks, options, { ...given, keys })
      return device.read(WEIGHTS)
    }
    expect(await weightsWith(3)).not.toEqual(await weightsWith(4))
    await device.dispose()
  })
})
