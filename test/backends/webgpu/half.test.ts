// Optional features of adapters: 16 bits for what a scan saves, subgroup sums, matrix products. Each is
// compared with the reference where this machine's adapter has it (CONTRIBUTING.md names software adapters
// that do). Shaders and refusals are tested everywhere.

import { describe, expect, it } from "vitest"
import { wasm } from "../../../src/backends/wasm/index.ts"
import { planFor, webgpu } from "../../../src/backends/webgpu/index.ts"
import { renderWgsl, type Stage } from "../../../src/backends/webgpu/program.ts"
import type { Tuned, WebgpuOptions } from "../../../src/backends/webgpu/settings.ts"
import { furtherCandidates, tune } from "../../../src/backends/webgpu/tune.ts"
import { bytesOfLargest, wavesOf } from "../../../src/backends/webgpu/waves.ts"
import { UserError } from "../../../src/core/errors.ts"
import { resolveConfig } from "../../../src/training/config.ts"
import { train } from "../../../src/training/trainer.ts"
import { agree, noWebgpu, randomBlock, sharedValues, smallScan } from "../../engine.ts"
import { diagonalStep, stageOf } from "./diagonal-step.ts"

const adapter = noWebgpu ? undefined : await webgpu({ half: true }).adapter()
const [half, subgroups, matrices] = [adapter?.half, (adapter?.subgroup ?? 1) > 1, adapter?.matrices !== undefined]

/** f16 has 11 bits, and two steps round twice; in units of max(1, a tensor's largest number). */
const ROUNDED = 5e-3
const p = smallScan
const blocks = [randomBlock(p, 3, 3), randomBlock(p, 7, 5, 16), randomBlock(p, 1, 2, 32)]

async function check(given: WebgpuOptions, tolerance: number): Promise<void> {
  const program = await webgpu(given).compile(p)
  await agree(p, program, blocks, tolerance)
  await program.dispose()
}

describe("subgroups", () => {
  it.skipIf(!subgroups)("sum as the reference does, within a subgroup and beyond it", async () => {
    await check({ subgroups: true, lanes: 1, size: 32 }, 5e-6)
    await check({ subgroups: true, lanes: 2, size: 64 }, 5e-6)
  })
})

describe("16 bits for what a scan keeps", () => {
  it.skipIf(!half)("are the reference but for rounding, in every mode", async () => {
    await check({ half: true }, ROUNDED)
    await check({ half: true, lanes: 4, size: 32 }, ROUNDED)
    await check({ half: true, mode: "wide" }, ROUNDED)
    await check({ half: true, bytes: bytesOfLargest(planFor(p), blocks, true) }, ROUNDED)
  })

  it.skipIf(!half)("and training goes as on wasm", async () => {
    const config = resolveConfig({
      task: { name: "add" },
      model: { maps: 12 },
      learningRate: 0.02,
      sizes: [[1, 4]],
      steps: 8,
      learned: { every: 1000 },
    })
    const errors = async (given: Parameters<typeof train>[1]) => {
      const seen: number[] = []
      for await (const event of train(config, given)) if (event.type === "step") seen.push(event.error)
      return seen
    }
    const want = await errors(wasm(1))
    const got = await errors(webgpu({ half: true, matrices }))
    got.forEach((error, step) => expect(Math.abs(error - want[step])).toBeLessThan(5e-3))
    expect(got).toHaveLength(8)
  })

  it.skipIf(noWebgpu !== undefined || half)("are refused in a sentence where the adapter has none", async () => {
    await expect(webgpu({ half: true }).compile(p)).rejects.toThrow(/no 16-bit floats .* use --device webgpu/)
    await expect(webgpu({ half: true }).compile(p)).rejects.toBeInstanceOf(UserError)
  })

  it("halve the memory of a long training step, nearly", () => {
    const block = [{ ...randomBlock(diagonalStep, 41, 41), firstExample: 0 }]
    const bytes = (halves: boolean) => wavesOf(diagonalStep, block, 2 ** 31, halves)[0]
    const [whole, halved] = [bytes(false), bytes(true)]
    expect(4 * halved.floats + 2 * halved.halves).toBeLessThan(0.65 * 4 * whole.floats)
  })
})

describe("matrices", () => {
  it.skipIf(!matrices)("multiply as the reference does, for any number of lanes", async () => {
    for (const lanes of [16, 8, 4, 1]) await check({ half: true, matrices: true, lanes, size: 64 }, ROUNDED)
    await check({ half: true, matrices: true, subgroups: true, lanes: 2, size: 256 }, ROUNDED)
    await check({ half: true, matrices: true, mode: "wide" }, ROUNDED)
  })

  it.skipIf(noWebgpu !== undefined)("want half precision", async () => {
    await expect(webgpu({ matrices: true }).compile(p)).rejects.toThrow(/matrices want half and an adapter that/)
  })

  it.skipIf(!matrices)("say which workgroups cannot hold them", async () => {
    const program = await webgpu({ half: true, matrices: true, lanes: 16, size: 4 }).compile(p)
    await expect(program.run(sharedValues(p), blocks, { seed: 1, trainStep: 0 })).rejects.toThrow(
      /workgroups of 4 do not divide into subgroups of \d+/,
    )
    await program.dispose()
  })
})

describe("the WGSL of a training step with all of it", () => {
  const stages = renderWgsl(diagonalStep, {
    mode: "wide",
    size: 256,
    lanes: 4,
    registers: 32,
    halves: true,
    subgroup: 32,
    matrices: { M: 16, N: 16, K: 16, subgroup: 32 },
  })
  const functionsOf = ({ code }: Stage) => code.slice(0, code.indexOf("@compute"))
  it.each([
    ["convolution-matrices", "forwards", /^conv/],
    ["filter-gradient-matrices", "once", /^filterGradient/],
    ["saturation-half", "forwards", /^sum/],
  ] as const)("%s", async (name, loop, call) => {
    await expect(functionsOf(stageOf(stages, loop, call))).toMatchFileSnapshot(`${name}.wgsl.txt`)
  })
})

describe("the autotuner", () => {
  const best: Tuned = { mode: "deep", registers: 16, size: 64, lanes: 4 }
  const known = { name: "a GPU", software: false, key: "a", half: true }

  it("tries what the adapter has besides, and nothing else", () => {
    const none = { ...known, subgroup: 1, matrices: undefined }
    expect(furtherCandidates(best, none, true)).toEqual([])
    const all = { ...known, subgroup: 32, matrices: { M: 16, N: 16, K: 16, subgroup: 32 } }
    expect(furtherCandidates(best, all, false)).toEqual([{ ...best, subgroups: true }])
    expect(furtherCandidates(best, all, true)).toEqual([
      { ...best, subgroups: true },
      { ...best, matrices: true },
      { ...best, subgroups: true, matrices: true },
    ])
  })

  it.skipIf(!half || !adapter)("finds half precision equal within its rounding, and times it", async () => {
    const truth = await wasm(1).compile(p)
    const among = [best, ...furtherCandidates(best, adapter as NonNullable<typeof adapter>, true)]
    const trials = await tune(p, truth, sharedValues(p), blocks, { now: () => 0, runs: 1, among, half: true })
    expect(trials.map((t) => t.out)).toEqual(among.map(() => undefined))
    await truth.dispose()
  })
})
