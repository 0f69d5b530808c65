// The curriculum: mixed-in sizes with one size per step, when groups and sizes join, and dropout by length,
// which makes sizes comparable.

import { describe, expect, it } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { Graph } from "../../src/core/graph.ts"
import { LANES } from "../../src/core/lanes.ts"
import { noScore } from "../../src/encoding/index.ts"
import { keepAtLength } from "../../src/layers/dropout.ts"
import { plan } from "../../src/plan/planner.ts"
import { defaultConfig, type PartialConfig } from "../../src/training/config.ts"
import {
  advanced,
  beginCurriculum,
  type CurriculumConfig,
  type CurriculumState,
  sizeOfStage,
  sizesOfStep,
  stagesOf,
} from "../../src/training/curriculum.ts"
import type { StepEvent } from "../../src/training/events.ts"
import type { PartialPhase } from "../../src/training/phases.ts"
import { collect, of } from "./runs.ts"

const { curriculum: byDefault } = defaultConfig
const all = [[1, 20]] as const
const sizes = (mixing: CurriculumConfig["mixing"]): CurriculumConfig => ({ ...byDefault, form: "sizes", mixing })
const drawn = (mixing: CurriculumConfig["mixing"], stage: number, steps = 4000) =>
  Array.from({ length: steps }, (_, step) => sizesOfStep(sizes(mixing), all, stage, step, 7)[0][0])
const share = (of: readonly number[], holds: (size: number) => boolean) => of.filter(holds).length / of.length
/** Five standard deviations of a share p of n draws. */
const bound = (p: number, n: number) => 5 * Math.sqrt((p * (1 - p)) / n)

describe("one size a step", () => {
  it("has a stage for every size, from the smallest to the longest", () => {
    const two = [
      [3, 5],
      [8, 9],
    ] as const
    expect(stagesOf(sizes("none"), two)).toBe(7)
    expect(sizeOfStage(sizes("none"), two, 4)).toBe(6)
    expect(stagesOf(byDefault, two)).toBe(2)
  })

  it("mixes nothing in from beyond the group that it is in", () => {
    const two = [
      [1, 5],
      [6, 20],
    ] as const
    const longest = (stage: number) =>
      Math.max(...Array.from({ length: 400 }, (_, step) => sizesOfStep(sizes("paper"), two, stage, step, 7)[0][0]))
    expect([longest(1), longest(5), longest(6)]).toEqual([5, 5, 20])
  })

  it("mixes a fifth of any size in, as the paper does: not a quarter, and not a tenth", () => {
    const some = drawn("paper", 6, 20_000)
    const expected = 0.2 * (19 / 20)
    const most = bound(expected, some.length)
    expect(most).toBeLessThan(0.015)
    expect(Math.abs(share(some, (n) => n !== 6) - expected)).toBeLessThan(most)
    for (let size = 1; size <= 20; size++) expect(some).toContain(size)
  })

  it("takes larger sizes more often, as the code does", () => {
    const some = drawn("code", 6, 20_000)
    // the larger of two draws in three of five steps, then in a quarter of them the larger of that and any of
    // 20
    const upTo = (k: number) => (0.4 * (k / 6) + 0.6 * (k / 6) ** 2) * (0.75 + 0.25 * (k / 20))
    for (const k of [1, 3, 5])
      expect(Math.abs(share(some, (n) => n <= k) - upTo(k))).toBeLessThan(bound(upTo(k), some.length))
    const beyond = 0.25 * (14 / 20)
    expect(Math.abs(share(some, (n) => n > 6) - beyond)).toBeLessThan(bound(beyond, some.length))
  })

  it("mixes nothing in where told so", () => expect(new Set(drawn("none", 6))).toEqual(new Set([6])))
})

describe("the next stage", () => {
  const groups = [
    [1, 3],
    [4, 5],
    [6, 8],
  ] as const
  const scoreOf = (right: number, answersRight = right / 10) => ({
    ...noScore,
    symbols: 1000,
    symbolsRight: right,
    answers: 100,
    answersRight,
  })
  const went = (
    curriculum: CurriculumConfig,
    scores: readonly (readonly [right: number, size: number, answersRight?: number])[],
  ) => {
    let state: CurriculumState = beginCurriculum()
    const learned = scores.map(([right, size, answers], i) => {
      const next = advanced({ curriculum, sizes: groups }, state, {
        score: scoreOf(right, answers),
        size,
        steps: i + 1,
      })
      state = next.state
      return next.learned
    })
    return { state, learned }
  }

  it("comes at an accuracy of 90 % by default, and not a symbol before", () => {
    expect(went(byDefault, [[900, 3]])).toMatchObject({ learned: [true], state: { stage: 2 } })
    expect(went(byDefault, [[899, 3]])).toMatchObject({ learned: [false], state: { stage: 1 } })
    expect(went({ ...byDefault, threshold: 0.8 }, [[800, 3]]).state.stage).toBe(2)
  })

  it("of whole answers where these are measured", () => {
    const exact = { ...byDefault, measure: "exact" } as const
    expect(went(exact, [[1000, 3, 89]]).state.stage).toBe(1)
    expect(went(exact, [[0, 3, 90]]).state.stage).toBe(2)
  })

  it("groups: is learned again and again when all have joined, and there is none after the last", () => {
    const { state, learned } = went(
      byDefault,
      [1, 2, 3, 4, 5].map(() => [1000, 3] as const),
    )
    expect(state.stage).toBe(3)
    expect(learned).toEqual([true, true, true, true, true])
  })

  it("sizes: is decided every so many steps, by all answers at the present size since the last time", () => {
    const three = { ...sizes("paper"), every: 3 }
    // a step of another size does not count
    const first = went(three, [
      [1000, 1],
      [0, 5],
      [800, 1],
    ])
    expect(first).toMatchObject({ learned: [false, false, true], state: { stage: 2, progress: { right: 0, of: 0 } } })
    const second = went(three, [
      [1000, 1],
      [1000, 5],
      [799, 1],
    ])
    expect(second).toMatchObject({ learned: [false, false, false], state: { stage: 1 } })
    // earlier measurements do not count again
    const third = went(three, [
      [0, 1],
      [0, 1],
      [0, 1],
      [1000, 1],
      [1000, 1],
      [1000, 1],
    ])
    expect(third.state.stage).toBe(2)
  })

  it("sizes: waits where the present size was not asked at all", () => {
    const one = { ...sizes("paper"), every: 1 }
    expect(went(one, [[1000, 7]])).toMatchObject({ learned: [false], state: { stage: 1, progress: { of: 0 } } })
  })
})

const base: PartialConfig = {
  task: { name: "left" },
  model: { name: "neural-gpu", maps: 6 },
  learningRate: 0.02,
  sizes: [[1, 4]],
  batchSize: 32,
  learned: { every: 100_000 },
}
const steps = async (more: PartialConfig, phase: PartialPhase = {}): Promise<StepEvent[]> => {
  const phases = [{ dropout: { rate: 0 }, restart: { enabled: false }, ...phase }]
  return of((await collect({ ...base, phases, ...more })).events, "step")
}

it("moves on by one size at the threshold on whole answers, looking every so many steps", async () => {
  const own = { form: "sizes", measure: "exact", mixing: "none" } as const
  const easy = await steps({ steps: 12, curriculum: { ...own, threshold: 0, every: 3 } })
  expect(easy.map((e) => e.size)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
  const hard = await steps({ steps: 12, curriculum: { ...own, threshold: 1, every: 3 } })
  expect(hard.at(-1)?.size).toBe(1) // not yet learned in twelve steps
  const learned = await steps({ steps: 150, curriculum: { ...own, threshold: 0.9, every: 10 } })
  const first = learned.findIndex((e) => e.size === 2)
  expect(first).toBeGreaterThan(0)
  expect(first % 10).toBe(0)
  const before = learned.slice(first - 10, first)
  expect(before.reduce((sum, e) => sum + e.exact, 0) / 10).toBeGreaterThanOrEqual(0.9)
})

it("drops less of longer examples where asked to, each by its own length", async () => {
  const g = new Graph()
  const length = g.lane("length", [1, 1, 1])
  const keep = keepAtLength(g, g.setting("keep", 1), length)
  const p = plan(g, { outputs: { keep } })
  const program = await wasm(1).compile(p)
  const shared = new Float32Array(p.sharedSize)
  for (const { name, offset } of p.shared) shared[offset] = name === "keep" ? 0.85 : 8
  const lengths = Float32Array.from({ length: LANES }, (_, i) => 4 * (i + 1))
  const block = { length: 1, steps: 1, firstExample: 0, inputs: { length: lengths } }
  const [{ keep: kept }] = (await program.run(shared, [block], { seed: 1, trainStep: 0 })).outputs
  expect([...kept.subarray(0, 3)].map((x) => x.toFixed(4))).toEqual(["0.8500", "0.8500", "0.9000"])
  expect(kept[9]).toBeCloseTo(1 - (0.15 * 8) / 40, 6)
  await program.dispose()
})

it("dropout by length does something, and is absent at null", async () => {
  const more = {
    model: { name: "neural-gpu", form: "original", width: 2, layers: 1, maps: 4 },
    steps: 3,
    curriculum: { form: "sizes", threshold: 0, every: 1, mixing: "none" },
  } as const satisfies PartialConfig
  const errors = async (length: number | null) =>
    (await steps(more, { dropout: { rate: 0.3, length } })).map((e) => e.error)
  const [same, huge, short] = [await errors(null), await errors(1e6), await errors(1)]
  expect(huge).toEqual(same) // the same rate up to that length
  expect(short).not.toEqual(same)
})
