// What is specific to WebAssembly: relaxed SIMD, workers with limited memories of their own, threads that
// fail. Agreement with the reference and independence of the workers are tested for all backends together.

import { describe, expect, it } from "vitest"
import type { Program } from "../../src/backends/backend.ts"
import { reference } from "../../src/backends/reference/index.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { type StartThread, startThread } from "../../src/backends/wasm/threads.ts"
import { UserError } from "../../src/core/errors.ts"
import { LANES } from "../../src/core/lanes.ts"
import { initialValues } from "../../src/core/params.ts"
import { random } from "../../src/core/rng.ts"
import { plainTraining } from "../../src/models/model.ts"
import { neuralGpu, neuralGpuForms } from "../../src/models/neural-gpu.ts"
import type { Plan } from "../../src/plan/plan.ts"
import { plan } from "../../src/plan/planner.ts"

/** float32 against float64, in units of max(1, a tensor's largest number). */
const TOLERANCE = 1e-5
const options = { seed: 5, trainStep: 9 }

const trainingPlan = (form: "original" | "diagonal", memory: "store" | "recompute"): Plan => {
  const { graph, outputs } = neuralGpu(
    { ...neuralGpuForms[form], maps: 9 },
    { kind: "symbols", symbols: 4 },
    plainTraining,
  )
  return plan(graph, { outputs: { logits: outputs.logits, error: outputs.error }, loss: outputs.loss, memory })
}
/** Examples of different lengths and step counts in one block. */
const block = (L: number, firstExample: number) => {
  const r = random(7, L)
  const lanes = (n: number, f: (i: number, lane: number) => number) =>
    Float32Array.from({ length: n * LANES }, (_, i) => f(Math.floor(i / LANES), i % LANES))
  return {
    length: L,
    steps: L,
    firstExample,
    inputs: {
      symbols: lanes(L, () => r.below(4)),
      target: lanes(L, () => r.below(4)),
      mask: lanes(L, (i, lane) => (i < L - (lane % 3) ? 1 : 0)),
      weight: lanes(L, () => r.uniform()),
      steps: lanes(1, (_, lane) => L - (lane % 4)),
      scale: lanes(1, () => 0.01),
    },
  }
}
const blocks = [block(7, 0), block(3, LANES), block(1, 2 * LANES)]
const sharedOf = (p: Plan): Float32Array => {
  const shared = initialValues(p.shared, 3)
  for (const { name, offset } of p.shared) {
    if (name === "keep") shared[offset] = 0.7
    if (name === "saturation weight") shared[offset] = 0.3
  }
  return shared
}
const difference = (got: Float32Array, want: Float32Array): number => {
  const size = want.reduce((a, x) => Math.max(a, Math.abs(x)), 1)
  return got.reduce((a, x, i) => Math.max(a, Math.abs(x - want[i])), 0) / size
}
const withProgram = async (program: Program, use: (program: Program) => Promise<void>): Promise<void> => {
  try {
    await use(program)
  } finally {
    await program.dispose()
  }
}

describe.each(["original", "diagonal"] as const)("the %s form", (form) => {
  it.each([
    ["store", false],
    ["store", true],
    ["recompute", false],
  ] as const)("with memory %s, relaxed %s, agrees with the reference", async (memory, relaxed) => {
    const p = trainingPlan(form, memory)
    const shared = sharedOf(p)
    const want = await (await reference.compile(p)).run(shared, blocks, options)
    await withProgram(await wasm(1, { relaxed }).compile(p), async (program) => {
      const got = await program.run(shared, blocks, options)
      expect(difference(got.gradient, want.gradient)).toBeLessThan(TOLERANCE)
      for (const i of blocks.keys())
        for (const [name, values] of Object.entries(got.outputs[i]))
          expect(difference(values, want.outputs[i][name]), `${name} of block ${i}`).toBeLessThan(TOLERANCE)
    })
  })
})

describe("workers", () => {
  const p = trainingPlan("diagonal", "store")
  const shared = sharedOf(p)

  it("give the same bits with and without shared memory", async () => {
    const results: unknown[] = []
    for (const [workers, sharedMemory] of [
      [1, true],
      [2, true],
      [3, true],
      [2, false],
      [3, false],
    ] as const)
      await withProgram(await wasm(workers, { sharedMemory }).compile(p), async (program) => {
        await program.run(shared, blocks.slice(0, 1), { seed: 1, trainStep: 1 })
        const { gradient, outputs } = await program.run(shared, blocks, options)
        results.push({ gradient: gradient.slice(), outputs: outputs.map((o) => o.logits.slice()) })
      })
    for (const result of results) expect(result).toEqual(results[0])
  })

  /** Real threads, of which the first `broken` end when they get work. */
  const breaking = (broken: number): StartThread => {
    let started = 0
    return (listener) => {
      const thread = startThread(listener)
      if (started++ >= broken) return thread
      return { ...thread, post: () => listener({ k: "failed", message: "it broke" }) }
    }
  }

  it("reject the run when one breaks, and the next run has new ones", async () => {
    await withProgram(await wasm(2, { start: breaking(1) }).compile(p), async (program) => {
      await expect(program.run(shared, blocks, options)).rejects.toThrow("wasm: the run was given up: it broke")
      const { gradient } = await program.run(shared, blocks, options)
      expect(gradient.some((x) => x !== 0)).toBe(true)
    })
  })

  it("reject the run when one is stopped in the middle of it", async () => {
    const program = await wasm(2).compile(p)
    const run = expect(program.run(shared, [...blocks, block(200, 0)], options)).rejects.toThrow("it was stopped")
    await new Promise((resolve) => setTimeout(resolve, 50))
    await program.dispose()
    await run
  })

  it("count the bytes of all memories", async () => {
    const bytes: number[] = []
    for (const workers of [1, 2])
      await withProgram(await wasm(workers, { sharedMemory: false }).compile(p), async (program) => {
        expect(program.peakBytes).toBe(0)
        await program.run(shared, [block(60, 0), block(60, LANES)], options)
        bytes.push(program.peakBytes)
        await program.run(shared, blocks, options)
        expect(program.peakBytes).toBe(bytes.at(-1))
      })
    // without shared memory each worker is dealt a block; the arena holds the carry and three
    // pre-activations, [L, 1, 9] for each of 60 steps
    const stored = 4 * 60 * 60 * 9 * LANES * 4
    expect(bytes[0]).toBeGreaterThan(stored)
    expect(bytes[0]).toBeLessThan(1.5 * stored)
    expect(bytes[1]).toBeGreaterThan(2 * stored)
  })
})

describe("errors", () => {
  it("say how much memory is needed and what to do", async () => {
    for (const [memory, advice] of [
      ["store", 'use a shorter length, or memory "recompute"'],
      ["recompute", "use a shorter length"],
    ] as const)
      await withProgram(await wasm(1).compile(trainingPlan("diagonal", memory)), async (program) => {
        const L = memory === "store" ? 2000 : 4000
        const run = program.run(sharedOf(program.plan), [block(L, 0)], options)
        await expect(run).rejects.toThrow(UserError)
        await expect(run).rejects.toThrow(
          new RegExp(
            `^wasm: length ${L} with ${L} steps needs [0-9.]+ GiB a worker, more than the 4 GiB .*; ${advice}$`,
          ),
        )
      })
  })

  it("refuse to have no workers", () => {
    expect(() => wasm(0)).toThrow("wasm: got 0 workers, expected 1 or more")
  })
})
