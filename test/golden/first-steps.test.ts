// Small runs compute the same bits as before the training code was rewritten: first-steps.json was written by
// commit d459641. WebAssembly computes the same bits on every machine; other backends do not.
// scripts/first-steps.ts does the same for the first steps of every recipe.

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { type FirstSteps, firstRuns, firstSteps } from "./first-steps.ts"

const { runs } = JSON.parse(readFileSync(new URL("first-steps.json", import.meta.url), "utf8")) as {
  runs: Readonly<Record<string, FirstSteps>>
}

describe("the first steps, bit for bit", () => {
  it("are known for every run", () => expect(Object.keys(runs)).toEqual(Object.keys(firstRuns)))

  it.each(Object.entries(firstRuns))("%s", async (name, { config, steps }) => {
    expect(await firstSteps(config, wasm(1), steps)).toEqual(runs[name])
  })
})
