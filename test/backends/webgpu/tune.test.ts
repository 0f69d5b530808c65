// The autotuner: wrong candidates are never timed, right ones are ordered by time, and the choice is kept for
// this adapter only.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { wasm } from "../../../src/backends/wasm/index.ts"
import type { Tuned } from "../../../src/backends/webgpu/settings.ts"
import { candidates, differs, tune } from "../../../src/backends/webgpu/tune.ts"
import { readTuned, tunedFile, writeTuned } from "../../../src/backends/webgpu/tuned.ts"
import { noWebgpu, planOf, randomBlock, sharedValues } from "../../engine.ts"
import { opSamples } from "../../ops/samples.ts"

const p = planOf({ conv: opSamples.conv["one dimension"] })
const blocks = [randomBlock(p, 5, 5)]

describe.skipIf(noWebgpu)("tuning", () => {
  const [first, second]: Tuned[] = [
    { mode: "deep", registers: 8, size: 64, lanes: 16 },
    { mode: "deep", registers: 16, size: 64, lanes: 4 },
  ]
  /** A clock on which the second candidate takes a third of the time. */
  const clock = (runs: number) => {
    let calls = 0
    let time = 0
    return () => (time += calls++ < 2 * runs ? 3 : 1)
  }

  it("orders by time, and leaves out what the device refuses", async () => {
    const refused = { ...first, size: 1 << 20 }
    const truth = await wasm(1).compile(p)
    const trials = await tune(p, truth, sharedValues(p), blocks, {
      now: clock(3),
      runs: 3,
      among: [first, second, refused],
    })
    expect(trials.map((t) => [t.settings, t.ms])).toEqual([
      [second, 1],
      [first, 3],
      [refused, undefined],
    ])
    expect(trials[2].out).toMatch(/workgroups of 1048576 invocations/)
    await truth.dispose()
  })

  it("does not time what gives wrong results", async () => {
    const right = await wasm(1).compile(p)
    const truth = {
      ...right,
      run: async (...args: Parameters<typeof right.run>) => {
        const { outputs, gradient } = await right.run(...args)
        return { outputs, gradient: gradient.map((x) => x + 0.01) }
      },
    }
    const [trial] = await tune(p, truth, sharedValues(p), blocks, { now: clock(3), runs: 3, among: [first] })
    expect(trial).toEqual({ settings: first, out: "its gradient is wrong" })
    await right.dispose()
  })
})

describe("what was tuned", () => {
  const folder = mkdtempSync(join(tmpdir(), "neural-gpu-tuned-"))
  const env = { XDG_CACHE_HOME: folder }
  afterAll(() => rmSync(folder, { recursive: true }))

  it("is kept by adapter", () => {
    expect(readTuned(env, "a")).toBeUndefined()
    writeTuned(env, "a", candidates[0])
    writeTuned(env, "b", candidates[1])
    expect(readTuned(env, "a")).toEqual(candidates[0])
    expect(readTuned(env, "b")).toEqual(candidates[1])
    expect(readTuned(env, "c")).toBeUndefined()
  })

  it("counts as none where the file says something else", () => {
    writeTuned(env, "a", { ...candidates[0], lanes: 3 })
    expect(readTuned(env, "a")).toBeUndefined()
    writeFileSync(tunedFile(env), "not JSON")
    expect(readTuned(env, "b")).toBeUndefined()
  })

  it("NaN is not equal to anything", () => {
    const result = (x: number) => ({ outputs: [{ y: Float32Array.of(x) }], gradient: Float32Array.of(1) })
    expect(differs(result(1), result(1))).toBeUndefined()
    expect(differs(result(Number.NaN), result(1))).toBe("its y is wrong")
  })
})
