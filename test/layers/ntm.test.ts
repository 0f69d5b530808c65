// Invariants of addressing: weights are not negative and sum to one, opposite shifts cancel, and a write that
// erases and adds nothing changes nothing.

import fc from "fast-check"
import { expect, it } from "vitest"
import { reference } from "../../src/backends/reference/index.ts"
import { Graph } from "../../src/core/graph.ts"
import { LANES } from "../../src/core/lanes.ts"
import type { Node } from "../../src/core/op.ts"
import { address, contentWeights, interpolate, sharpen, shiftWeights, writeMemory } from "../../src/layers/ntm.ts"
import { plan } from "../../src/plan/planner.ts"

const N = 6
const M = 3

/** The value of a node for one example with given inputs. */
async function value(build: (g: Graph) => Node, given: Readonly<Record<string, readonly number[]>>): Promise<number[]> {
  const g = new Graph()
  const p = plan(g, { outputs: { value: build(g) } })
  const program = await reference.compile(p)
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, values]) => {
      const lanes = new Float32Array(values.length * LANES)
      values.forEach((x, i) => lanes.fill(x, i * LANES, (i + 1) * LANES))
      return [name, lanes]
    }),
  )
  const { outputs } = await program.run(
    new Float32Array(p.sharedSize),
    [{ length: 1, steps: 1, firstExample: 0, inputs }],
    {
      seed: 0,
      trainStep: 0,
    },
  )
  const out = outputs[0].value
  return Array.from({ length: out.length / LANES }, (_, i) => out[i * LANES])
}

const numbers = (length: number, most = 3) =>
  fc.array(fc.double({ min: -most, max: most, noNaN: true }), { minLength: length, maxLength: length })
const shares = (length: number) =>
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: length, maxLength: length }).map((x) => {
    const total = x.reduce((a, b) => a + b, 0)
    return total > 1e-3 ? x.map((v) => v / total) : x.map(() => 1 / length)
  })
const isWeighting = (w: readonly number[]) => {
  for (const x of w) expect(x).toBeGreaterThanOrEqual(0)
  expect(w.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
}
const memory = (g: Graph) => g.lane("memory", [N, 1, M])
const weights = (g: Graph) => g.lane("weights", [N, 1, 1])
const shifts = (g: Graph, name = "shifts") => g.lane(name, [1, 1, 5])
const number = (g: Graph, name: string) => g.lane(name, [1, 1, 1])

it("a head's weights sum to one and none is negative, whatever it is told, on an empty memory too", async () => {
  const asked = fc.record({
    memory: fc.oneof(numbers(N * M), fc.constant(new Array(N * M).fill(1e-6))),
    key: numbers(M, 1),
    weights: shares(N),
    shifts: shares(5),
    strength: fc.double({ min: 0, max: 20, noNaN: true }).map((x) => [x]),
    gate: fc.double({ min: 0, max: 1, noNaN: true }).map((x) => [x]),
    gamma: fc.double({ min: 1, max: 21, noNaN: true }).map((x) => [x]),
  })
  await fc.assert(
    fc.asyncProperty(asked, async (given) => {
      const key = (g: Graph) => g.lane("key", [1, 1, M])
      const head = (g: Graph) =>
        address(g, memory(g), weights(g), {
          key: key(g),
          strength: number(g, "strength"),
          gate: number(g, "gate"),
          shifts: shifts(g),
          gamma: number(g, "gamma"),
        })
      isWeighting(await value(head, given))
      isWeighting(await value((g) => contentWeights(g, memory(g), key(g), number(g, "strength")), given))
      isWeighting(await value((g) => shiftWeights(g, weights(g), shifts(g)), given))
      isWeighting(
        await value(
          (g) =>
            interpolate(g, contentWeights(g, memory(g), key(g), number(g, "strength")), weights(g), number(g, "gate")),
          given,
        ),
      )
    }),
    { numRuns: 60 },
  )
})

it("a shift by s and then by −s, sharpened with γ = 1, is the identity", async () => {
  await fc.assert(
    fc.asyncProperty(shares(N), fc.integer({ min: -2, max: 2 }), async (w, s) => {
      const one = (by: number) => Array.from({ length: 5 }, (_, i) => Number(i - 2 === by))
      const both = (g: Graph) =>
        sharpen(g, shiftWeights(g, shiftWeights(g, weights(g), shifts(g)), shifts(g, "back")), number(g, "gamma"))
      const got = await value(both, { weights: w, shifts: one(s), back: one(-s), gamma: [1] })
      got.forEach((x, i) => expect(x).toBeCloseTo(w[i], 6))
      // and by s alone, slot i holds what slot i − s held
      const moved = await value((g) => shiftWeights(g, weights(g), shifts(g)), { weights: w, shifts: one(s) })
      moved.forEach((x, i) => expect(x).toBeCloseTo(w[(i - s + N) % N], 6))
    }),
    { numRuns: 60 },
  )
})

it("a large γ leaves the largest weight alone", async () => {
  const got = await value((g) => sharpen(g, weights(g), number(g, "gamma")), {
    weights: [0.1, 0.15, 0.4, 0.15, 0.1, 0.1],
    gamma: [20],
  })
  expect(got[2]).toBeGreaterThan(0.999)
})

it("writing: nothing erased and added changes nothing; all erased and added at one slot replaces it", async () => {
  const write = (g: Graph) =>
    writeMemory(g, memory(g), [
      { weights: weights(g), erase: g.lane("erase", [1, 1, M]), add: g.lane("add", [1, 1, M]) },
    ])
  const before = Array.from({ length: N * M }, (_, i) => i / 10)
  const spread = new Array(N).fill(1 / N)
  const zero = new Array(M).fill(0)
  const same = await value(write, { memory: before, weights: spread, erase: zero, add: zero })
  same.forEach((x, i) => expect(x).toBeCloseTo(before[i], 6))
  const weightsAt2 = Array.from({ length: N }, (_, i) => Number(i === 2))
  const replaced = await value(write, {
    memory: before,
    weights: weightsAt2,
    erase: new Array(M).fill(1),
    add: [7, 8, 9],
  })
  replaced.forEach((x, i) => expect(x).toBeCloseTo(i >= 6 && i < 9 ? 7 + i - 6 : before[i], 6))
})
