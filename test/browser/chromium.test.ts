// Prerequisites of browser tests: Chromium starts, pages from our sources run in it, and isolation can be
// switched.

import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { launch, noChromium, serve } from "./chromium.ts"

describe.skipIf(noChromium)("headless Chromium", () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  const open = async (isolated: boolean) => {
    const site = await serve({
      isolated,
      page: `<!doctype html><title>test</title><script type="module">
        import { mix } from "/src/core/rng.ts"
        document.title = "mix " + mix(1)
      </script>`,
    })
    const page = await browser.newPage()
    await page.goto(site.url)
    await page.waitForFunction(() => document.title.startsWith("mix"))
    const found = await page.evaluate(() => ({
      title: document.title,
      isolated: crossOriginIsolated,
      shared: typeof SharedArrayBuffer,
    }))
    await page.close()
    await site.close()
    return found
  }

  it("runs our sources, with SharedArrayBuffer where the page is isolated", async () => {
    const { mix } = await import("../../src/core/rng.ts")
    const title = `mix ${mix(1)}`
    expect(await open(true)).toEqual({ title, isolated: true, shared: "function" })
    expect(await open(false)).toEqual({ title, isolated: false, shared: "undefined" })
  })

  it("has WebGPU, on a software adapter where there is no GPU", async () => {
    const site = await serve({ page: "<!doctype html><title>test</title>" })
    const page = await browser.newPage()
    await page.goto(site.url)
    const info = await page.evaluate(async () => (await navigator.gpu?.requestAdapter())?.info.vendor)
    expect(info).toEqual(expect.any(String))
    await page.close()
    await site.close()
  })
})
