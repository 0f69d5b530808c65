// Shared tensors by name: misspelled or missing settings are refused, and copies are marked.

import { describe, expect, it } from "vitest"
import { mul } from "../../src/core/expr.ts"
import { Graph } from "../../src/core/graph.ts"
import { initialValues, setValues, tensorOf, view } from "../../src/core/params.ts"
import type { Settings } from "../../src/core/settings.ts"
import { cgru } from "../../src/layers/cgru.ts"
import { plan } from "../../src/plan/planner.ts"

const g = new Graph()
const y = g.map([g.lane("x", [1, 1, 1]), g.parameter("w", [1], { uniform: 1 }), g.setting("keep", 1)], (x, w, k) =>
  mul(mul(x, w), k),
)
const { shared } = plan(g, { outputs: { y } })

describe("settings", () => {
  it("are written where the plan has them, and begin as the graph says", () => {
    const values = initialValues(shared, 1)
    expect(view(values, shared, "keep")[0]).toBe(1)
    const before = view(values, shared, "w")[0]
    setValues(shared, values, { keep: 0.5, noise: 0.1 })
    expect(view(values, shared, "keep")[0]).toBe(0.5)
    expect(view(values, shared, "w")[0]).toBe(before)
  })

  it("that the plan asks for must be given", () => {
    expect(() => setValues(shared, initialValues(shared, 1), { noise: 0.1 })).toThrow("the setting keep has no value")
  })

  it("of an unknown name are refused, by the compiler and when it runs", () => {
    // @ts-expect-error: no setting has this name
    const mistyped: Settings = { keep: 1, kep: 1 }
    expect(() => setValues(shared, initialValues(shared, 1), mistyped)).toThrow(
      "no setting is named kep; there are keep,",
    )
    // @ts-expect-error: no setting has this name
    expect(() => g.setting("kep", 1)).not.toThrow()
  })
})

describe("copies", () => {
  it("are what a layer says, and stand along the first axis", () => {
    const g = new Graph()
    const [y] = g.scan([g.lane("x", ["L", 1, 4])], ([s]) => [
      cgru(g, "cgru", s, { kernel: [3, 1], cutoff: 1, scale: 1, copies: 3 }),
    ])
    const once = g.map([y, g.parameter("five axes", [3, 1, 1, 1, 4], { uniform: 1 })], mul, [3, 1, "L", 1, 4])
    const { shared } = plan(g, { outputs: { y: once } })
    expect(tensorOf(shared, "cgru/update/kernel").copies).toBe(3)
    expect(tensorOf(shared, "cgru/update/bias").copies).toBe(3)
    expect(tensorOf(shared, "five axes").copies).toBe(1)
  })

  it("that do not are refused", () => {
    expect(() => new Graph().parameter("w", [2, 4], { uniform: 1 }, { copies: 3 })).toThrow(
      "w: got 3 copies and the shape [2, 4], expected them along the first axis",
    )
  })
})
