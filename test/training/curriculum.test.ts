// The curriculum by one size: what it mixes in, when it moves, and dropout by length, which it makes comparable between sizes.

import { describe, expect, it } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { Graph } from "../../src/core/graph.ts"
import { LANES } from "../../src/core/lanes.ts"
import { keepAtLength } from "../../src/layers/dropout.ts"
import { plan } from "../../src/plan/planner.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import {
  type CurriculumConfig,
  curriculumDefaults,
  groupsOfStep,
  sizeOfStage,
  stagesOf,
} from "../../src/training/curriculum.ts"
import type { StepEvent } from "../../src/training/events.ts"
import { train } from "../../src/training/trainer.ts"

const groups = [[1, 20]] as const
const sizes = (mixing: CurriculumConfig["mixing"]): CurriculumConfig => ({
  ...curriculumDefaults,
  form: "sizes",
  mixing,
})
const drawn = (mixing: CurriculumConfig["mixing"], stage: number) =>
  Array.from({ length: 4000 }, (_, step) => groupsOfStep(sizes(mixing), groups, stage, step, 7)[0][0])
const share = (of: readonly number[], holds: (size: number) => boolean) => of.filter(holds).length / of.length

describe("one size a step", () => {
  it("has a stage for every size, from the smallest to the longest", () => {
    expect(
      stagesOf(sizes("none"), [
        [3, 5],
        [8, 9],
      ]),
    ).toBe(7)
    expect(
      sizeOfStage(
        sizes("none"),
        [
          [3, 5],
          [8, 9],
        ],
        4,
      ),
    ).toBe(6)
    expect(
      stagesOf(curriculumDefaults, [
        [3, 5],
        [8, 9],
      ]),
    ).toBe(2)
  })

  it("mixes nothing in from beyond the group that it is in", () => {
    const two = [
      [1, 5],
      [6, 20],
    ] as const
    const longest = (stage: number) =>
      Math.max(...Array.from({ length: 400 }, (_, step) => groupsOfStep(sizes("paper"), two, stage, step, 7)[0][0]))
    expect([longest(1), longest(5), longest(6)]).toEqual([5, 5, 20])
  })

  it("mixes a fifth of any size in, as the paper does", () => {
    const some = drawn("paper", 6)
    expect(share(some, (n) => n !== 6)).toBeCloseTo(0.2 * (19 / 20), 1)
    for (let size = 1; size <= 20; size++) expect(some).toContain(size)
  })

  it("takes larger sizes more often, as the code does", () => {
    const some = drawn("code", 6)
    // the larger of two draws in three of five steps, then in a quarter of them the larger of that and any of 20
    const upTo = (k: number) => (0.4 * (k / 6) + 0.6 * (k / 6) ** 2) * (0.75 + 0.25 * (k / 20))
    for (const k of [1, 3, 5]) expect(share(some, (n) => n <= k)).toBeCloseTo(upTo(k), 1)
    expect(share(some, (n) => n > 6)).toBeCloseTo(0.25 * (14 / 20), 1)
  })

  it("mixes nothing in where told so", () => expect(new Set(drawn("none", 6))).toEqual(new Set([6])))
})

const base: PartialConfig = {
  task: { name: "left" },
  model: { maps: 6 },
  batch: { groups: [[1, 4]], examples: 32 },
  keep: 1,
  settle: null,
  fit: { every: 100000 },
  restart: { enabled: false },
}
async function train_(more: PartialConfig): Promise<StepEvent[]> {
  const out: StepEvent[] = []
  for await (const event of train(resolveConfig({ ...base, ...more }), wasm(1)))
    if (event.type === "step") out.push(event)
  return out
}

it("moves on by one size at the threshold on whole answers, looking every so many steps", async () => {
  const easy = await train_({
    steps: 12,
    curriculum: { form: "sizes", threshold: 0, measure: "exact", every: 3, mixing: "none" },
  })
  expect(easy.map((e) => e.size)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
  const hard = await train_({
    steps: 12,
    curriculum: { form: "sizes", threshold: 1, measure: "exact", every: 3, mixing: "none" },
  })
  expect(hard.at(-1)?.size).toBe(1) // not yet learnt in twelve steps
  const learnt = await train_({
    steps: 150,
    curriculum: { form: "sizes", threshold: 0.9, measure: "exact", every: 10, mixing: "none" },
  })
  const first = learnt.findIndex((e) => e.size === 2)
  expect(first).toBeGreaterThan(0)
  expect(first % 10).toBe(0)
  const before = learnt.slice(first - 10, first)
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
  const model = { form: "original", width: 2, layers: 1, maps: 4 } as const
  const more = {
    model,
    steps: 3,
    keep: 0.7,
    curriculum: { form: "sizes", threshold: 0, every: 1, mixing: "none" },
  } as PartialConfig
  const errors = async (dropoutLength: number | null) => (await train_({ ...more, dropoutLength })).map((e) => e.error)
  const [same, huge, short] = [await errors(null), await errors(1e6), await errors(1)]
  expect(huge).toEqual(same) // as strong as without, up to that length
  expect(short).not.toEqual(same)
})
