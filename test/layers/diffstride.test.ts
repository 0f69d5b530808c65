// DiffStride: output sizes, what the mask passes, and that images of low frequencies pass unchanged.

import { describe, expect, it } from "vitest"
import { reference } from "../../src/backends/reference/index.ts"
import { Graph } from "../../src/core/graph.ts"
import { LANES } from "../../src/core/lanes.ts"
import { initialValues } from "../../src/core/params.ts"
import {
  croppedSize,
  type DiffStrideOptions,
  diffStride,
  spectralPooling,
  spectralUpsampling,
} from "../../src/layers/diffstride.ts"
import { plan } from "../../src/plan/planner.ts"

/** The layer's result on one image [H, W, 1]; with `places`, resized to this length. */
async function pool(
  size: [number, number],
  value: (l: number, w: number) => number,
  options: DiffStrideOptions | number,
  places?: number,
) {
  const g = new Graph()
  const x = g.lane("x", [...size, 1])
  const made = typeof options === "number" ? undefined : diffStride(g, "pool", x, options)
  const pooled = made?.out ?? spectralPooling(g, x, [options as number, options as number])
  const out = places === undefined ? pooled : spectralUpsampling(g, pooled, places)
  const p = plan(g, { outputs: { out, ...(made ? { vertical: made.strides[0], horizontal: made.strides[1] } : {}) } })
  const program = await reference.compile(p)
  const lanes = new Float32Array(size[0] * size[1] * LANES)
  for (let l = 0; l < size[0]; l++) for (let w = 0; w < size[1]; w++) lanes[(l * size[1] + w) * LANES] = value(l, w)
  const block = { length: 1, steps: 1, firstExample: 0, inputs: { x: lanes } }
  const { outputs } = await program.run(initialValues(p.shared, 1), [block], { seed: 0, trainStep: 0 })
  const first = (name: string) =>
    Float32Array.from({ length: outputs[0][name].length / LANES }, (_, i) => outputs[0][name][i * LANES])
  return { shape: out.shape, values: first("out"), strides: made ? [first("vertical")[0], first("horizontal")[0]] : [] }
}
const options = { stride: [2, 4], crop: [2, 4], least: 1, most: 8 } as const

describe("DiffStride", () => {
  it("64 x 64 with strides 2 and 4 and R = 4 becomes 40 x 24", async () => {
    const { shape, strides } = await pool([64, 64], () => 1, options)
    expect(shape).toEqual([40, 24, 1])
    expect(strides[0]).toBeCloseTo(2, 5)
    expect(strides[1]).toBeCloseTo(4, 5)
    expect([croppedSize(64, 1), croppedSize(64, 60)]).toEqual([64, 8])
  })

  it("keeps a wave below T as it is, on fewer places, and removes one beyond T + R", async () => {
    const wave = (f: number) => (l: number) => Math.cos((2 * Math.PI * f * l) / 64 + 0.3)
    const low = await pool([64, 64], wave(5), options)
    for (let l = 0; l < 40; l++)
      expect(low.values[l * 24 + 7]).toBeCloseTo(Math.cos((2 * Math.PI * 5 * l) / 40 + 0.3), 4)
    const high = await pool([64, 64], wave(21), { ...options, crop: [1, 1] })
    for (const x of high.values) expect(Math.abs(x)).toBeLessThan(1e-5)
    // in the middle of the ramp, half of it passes
    const half = await pool([64, 64], wave(18), { ...options, crop: [1, 1] })
    for (let l = 0; l < 64; l++) expect(half.values[l * 64 + 9]).toBeCloseTo(wave(18)(l) / 2, 4)
  })

  it("a crop tighter than the mask allows is the only thing that changes values; a looser one does not", async () => {
    const image = (l: number, w: number) => Math.cos(0.2 * l) + Math.sin(0.3 * w)
    const tight = await pool([32, 32], image, { ...options, stride: [2, 2], crop: [2, 2] })
    const loose = await pool([32, 32], image, { ...options, stride: [2, 2], crop: [1, 1] })
    expect(tight.shape[0]).toBe(24)
    // the same band-limited image, read at places that both have: every third of 24 is every fourth of 32
    for (let i = 0; i < 8; i++)
      expect(tight.values[3 * i * 24 + 3 * i]).toBeCloseTo(loose.values[4 * i * 32 + 4 * i], 4)
  })
})

it("spectral pooling by 2 gives 32 of 64 places, by 4 of (64, 64) 16, and keeps the mean", async () => {
  const { shape, values } = await pool([64, 64], () => 3, 2)
  expect(shape).toEqual([32, 32, 1])
  for (const x of values) expect(x).toBeCloseTo(3, 5)
  expect((await pool([64, 64], () => 1, 4)).shape).toEqual([16, 16, 1])
})

describe("along the length only", () => {
  const wave = (l: number) => Math.cos((2 * Math.PI * 3 * l) / 32 + 0.3)
  const column = { stride: [2, 2], crop: [2, 2], least: 1, most: 4 } as const

  it("a column of one place along the width becomes shorter, its width has stride 1", async () => {
    const { shape, values, strides } = await pool([32, 1], wave, column)
    expect(shape).toEqual([24, 1, 1])
    expect(strides[1]).toBe(1)
    for (let l = 0; l < 24; l++) expect(values[l]).toBeCloseTo(wave((l * 32) / 24), 4)
  })

  it("comes back as it was when its frequencies are low, and through its own places whatever they are", async () => {
    const { values } = await pool([32, 1], wave, column, 32)
    for (let l = 0; l < 32; l++) expect(values[l]).toBeCloseTo(wave(l), 4)
    const rough = (l: number) => ((l * 7) % 5) - 1.7
    const finer = await pool([12, 1], rough, 1, 36)
    for (let l = 0; l < 12; l++) expect(finer.values[3 * l]).toBeCloseTo(rough(l), 4)
  })
})
