// The package in an app of somebody else: packed and installed, bundled by Vite without any settings, and run in
// Chromium: training in a worker, answers and a trace on the page.

import fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import { build, createServer } from "vite"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { install, pack } from "../package/packed.ts"
import { launch, noChromium, serveBuilt } from "./chromium.ts"

describe.skipIf(noChromium)("the package in an app", () => {
  let browser: Browser
  let app: string
  beforeAll(async () => {
    app = fs.mkdtempSync(join(tmpdir(), "neural-gpu-app-"))
    fs.cpSync(join(import.meta.dirname, "app"), app, { recursive: true })
    fs.writeFileSync(join(app, "package.json"), '{ "private": true }')
    const tarball = join(app, "neural-gpu.tgz")
    pack(tarball)
    install(tarball, app)
    await build({ root: app, configFile: false, logLevel: "error" })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    fs.rmSync(app, { recursive: true, force: true })
  })

  const result = async (url: string) => {
    const page = await browser.newPage()
    const errors: string[] = []
    page.on("pageerror", ({ message }) => errors.push(message))
    await page.goto(url)
    await page.waitForFunction(() => document.title.startsWith("done"), undefined, { timeout: 120_000 })
    const title = await page.title()
    await page.close()
    expect(errors).toEqual([])
    return JSON.parse(title.slice("done ".length))
  }
  const learned = (found: { losses: number[] }) => {
    const { losses, ...others } = found
    // one frame more than the two steps of its question
    expect(others).toEqual({ answer: "1101", byGpu: "1101", frames: 3, threads: 2, device: "wasm" })
    expect(losses[1]).toBeLessThan(losses[0] / 2)
  }

  it.each([true, false])("trains and answers; isolated: %s", async (isolated) => {
    const site = await serveBuilt(join(app, "dist"), { root: app, isolated })
    learned(await result(site.url))
    await site.close()
  })

  it("trains and answers from Vite's development server", async () => {
    const server = { host: "127.0.0.1", port: 0, watch: null } as const // it reloads the page once it has found the package
    const site = await createServer({ root: app, configFile: false, logLevel: "error", server })
    await site.listen()
    learned(await result(site.resolvedUrls?.local[0] ?? ""))
    await site.close()
  })

  it("is small: an app that only creates a task takes none of the training", async () => {
    const entry = join(app, "small.js")
    fs.writeFileSync(entry, 'import { createTask } from "neural-gpu/browser"\nconsole.log(createTask("add").symbols)\n')
    const bytes = async () => {
      const lib = { entry, formats: ["es"] as ["es"] }
      const [{ output }] = (await build({
        root: app,
        configFile: false,
        logLevel: "error",
        build: { lib, write: false },
      })) as {
        output: { code?: string }[]
      }[]
      return output.reduce((sum, { code = "" }) => sum + code.length, 0)
    }
    expect(await bytes()).toBeLessThan(60_000)
  })
})
