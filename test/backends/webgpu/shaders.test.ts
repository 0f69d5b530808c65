// Snapshots of the WGSL of the five kernels that take most of a training step's time, for reviewers of the
// renderer, the tiles or the plan; and the number of launches of a step.

import { describe, expect, it } from "vitest"
import { renderWgsl, type Stage } from "../../../src/backends/webgpu/program.ts"
import { dispatchesOf } from "../../../src/backends/webgpu/schedule.ts"
import { diagonalStep, stageOf } from "./diagonal-step.ts"

const options = { size: 256, lanes: 4, registers: 32 } as const
const wide = renderWgsl(diagonalStep, { ...options, mode: "wide" })
const functionsOf = ({ code }: Stage) => code.slice(code.indexOf("fn kernel0"), code.indexOf("@compute"))

describe("the WGSL of a diagonal Neural GPU's training step", () => {
  it.each([
    ["convolution", "forwards", /^conv/],
    ["cell", "forwards", /^map.*carry/],
    ["saturation", "forwards", /^sum/],
    ["convolution-transposed", "backwards", /^conv/],
    ["filter-gradient", "once", /^filterGradient/],
  ] as const)("%s", async (name, loop, call) => {
    await expect(functionsOf(stageOf(wide, loop, call))).toMatchFileSnapshot(`${name}.wgsl.txt`)
  })

  it("the scan's main function keeps a barrier between calls only where one reads what another wrote", async () => {
    const deep = renderWgsl(diagonalStep, { ...options, mode: "deep" }).find((s) => s.loop === "forwards") as Stage
    await expect(deep.code.slice(deep.code.indexOf("@compute"))).toMatchFileSnapshot("scan.wgsl.txt")
  })
})

describe("the launches of a step", () => {
  const launches = (mode: "deep" | "wide", steps: number, operations = 5e10) =>
    dispatchesOf(diagonalStep, renderWgsl(diagonalStep, { ...options, mode }), [{ L: steps, T: steps }], {
      ...options,
      lanes: mode === "wide" ? 16 : 4,
      mode,
      operations,
    }).dispatches

  it("do not grow with the number of steps when a workgroup goes through all of them", () => {
    expect(launches("deep", 41).length).toBe(launches("deep", 8).length)
    expect(launches("wide", 41).length).toBeGreaterThan(4 * launches("deep", 41).length)
  })

  it("are split where a dispatch would be long enough to be taken for a hang", () => {
    const perScan = launches("deep", 10, 1).length - launches("deep", 10).length
    expect(perScan).toBe(2 * 9) // one per step, forward and backward, instead of one
  })

  it("leave blocks without steps out", () => {
    const { dispatches } = dispatchesOf(
      diagonalStep,
      renderWgsl(diagonalStep, { ...options, mode: "wide" }),
      [
        { L: 5, T: 5 },
        { L: 2, T: 2 },
      ],
      { ...options, lanes: 16, mode: "wide", operations: 1 },
    )
    const loops = dispatches.filter((d) => d.range > 0)
    expect(new Set(loops.map((d) => d.y))).toEqual(new Set([1, 2]))
  })
})
