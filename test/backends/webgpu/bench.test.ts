// The benchmarks on a machine without a GPU: a software adapter is refused, and the demands of a step are
// counted.

import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { deviceRows } from "../../../src/cli/devices.ts"
import { noWebgpu } from "../../engine.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" })
const webgpuRow = noWebgpu ? undefined : (await deviceRows(1)).find((row) => row.name === "webgpu")

describe("devices", () => {
  it.skipIf(noWebgpu)("names the adapter, and says so where it is software", () => {
    expect(webgpuRow).toMatchObject({ available: true, auto: false })
    if (webgpuRow?.software) expect(webgpuRow.description).toMatch(/: a software adapter, right but slow/)
  })
})

describe("npm run bench", () => {
  it.skipIf(!webgpuRow?.software)("refuses to compare on a software adapter", () => {
    const { status, stdout, stderr } = run("bench/index.ts", "--gpu")
    expect(`${stdout}${stderr}`).toMatch(/not measured: .* is a software adapter/)
    expect(status).toBe(2)
  })

  it.skipIf(!webgpuRow?.software)("neither does the command line tune on one", () => {
    const { status, stderr } = run("bin/neural-gpu.mjs", "bench", "--tune")
    expect(stderr).toMatch(/tune: .* is a software adapter; use --software to tune it anyway/)
    expect(status).toBe(2)
  })

  it("--plan counts launches and bytes without any GPU: a scan is a launch or two", () => {
    const { status, stdout } = run("bench/index.ts", "--plan", "--json")
    expect(status).toBe(0)
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(rows.map((row) => row.job)).toEqual(["cgru", "diagonal 32", "diagonal 256"])
    for (const row of rows) {
      expect(row.launchesWide).toBeGreaterThan(10 * row.launchesDeep)
      expect(row.trafficBytes).toBeGreaterThan(row.upBytesWithWeights + row.downBytesWithGradient)
      expect(row.upBytes).toBeLessThan(row.upBytesWithWeights)
      expect(row.downBytes).toBeLessThan(row.downBytesWithGradient)
    }
    expect(rows[0].gigaflop).toBeCloseTo(20.08, 1)
  })
})
