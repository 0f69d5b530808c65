// Every layer, by its samples (samples.ts): a new layer without samples fails.

import { readdirSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { conformance } from "../conformance.ts"
import { layers } from "./samples.ts"

describe("the folder of layers", () => {
  const files = readdirSync(new URL("../../src/layers", import.meta.url)).map((name) => name.replace(/\.ts$/, ""))
  it.each(files.filter((name) => name !== "index"))("%s has samples", (name) => {
    expect(Object.keys(layers[name] ?? {})).not.toEqual([])
  })
})

conformance(layers)
