// WebGPU in headless Chromium, on a software adapter if there is no GPU: an op and a layer against the
// reference, PyTorch's ten steps, and training `add` compared with WebAssembly.

import { readFileSync } from "node:fs"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Golden } from "../golden/steps.ts"
import { layers } from "../layers/samples.ts"
import { opSamples } from "../ops/samples.ts"
import { launch, noChromium, type Site, serve } from "./chromium.ts"
import type { Api } from "./webgpu-page.ts"

declare global {
  interface Window {
    readonly api: Api
  }
}

/** float32 against float64, in units of max(1, a tensor's largest number); as in Node. */
const TOLERANCE = 5e-6
/** The same after ten steps, in which rounding grows: as in Node. */
const GOLDEN = 3e-6
/**
 * Tolerance between two devices after 20 steps: relative for losses, absolute for weights, which are of order
 * one.
 */
const TRAINED = 1e-3

describe.skipIf(noChromium)("WebGPU in headless Chromium", () => {
  let browser: Browser
  let site: Site
  let page: Page
  beforeAll(async () => {
    browser = await launch()
    site = await serve({ page: `<!doctype html><script type="module" src="/test/browser/webgpu-page.ts"></script>` })
    page = await browser.newPage()
    await page.goto(site.url)
    await page.waitForFunction(() => document.title === "ready", undefined, { timeout: 60_000 })
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  const names = [
    ...Object.keys(opSamples).map((name) => `op ${name}`),
    ...Object.keys(layers).map((name) => `layer ${name}`),
  ]
  it("knows every op and layer", async () => {
    expect(await page.evaluate(() => window.api.names)).toEqual(names)
  })
  // Node tests the same shaders, and the training below uses most of them; NEURAL_GPU_BROWSER=all tests all
  // of them here
  const here = process.env.NEURAL_GPU_BROWSER === "all" ? names : ["op map", "layer attention"]
  it.each(here)("%s equals the reference, forward and gradients", async (name) => {
    expect(await page.evaluate((n) => window.api.differenceOf(n, 4), name)).toBeLessThan(TOLERANCE)
  })

  it.each([
    ["diagonal", "adamax"],
    ["original", "adam"],
  ] as const)("takes ten steps of the %s form as PyTorch, with %s", async (form, optimizer) => {
    const file = JSON.parse(readFileSync(new URL(`../golden/${form}.json`, import.meta.url), "utf8")) as Golden
    const apart = await page.evaluate(([golden, name]) => window.api.golden(golden, name), [file, optimizer] as const)
    expect(apart).toBeLessThan(GOLDEN)
  })

  it("training add falls in loss and stays beside wasm for 20 steps", async () => {
    const config = {
      task: { name: "add" },
      model: { maps: 6 },
      sizes: [[1, 2]],
      batchSize: 16,
      learned: { every: 1000 },
      steps: 20,
    } as const
    const { webgpu, wasm, apart } = await page.evaluate((given) => window.api.trainBoth(given), config)
    expect(webgpu.length).toBe(20)
    const mean = (losses: readonly number[]) => losses.reduce((a, b) => a + b, 0) / losses.length
    expect(mean(webgpu.slice(15))).toBeLessThan(0.9 * mean(webgpu.slice(0, 5)))
    webgpu.forEach((loss, step) =>
      expect(Math.abs(loss - wasm[step]) / wasm[step], `step ${step}`).toBeLessThan(TRAINED),
    )
    expect(apart).toBeLessThan(TRAINED)
  })
})
