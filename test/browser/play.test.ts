// The built playground from end to end, in a real browser: what a visitor does, and what can go wrong.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import axe from "axe-core"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { build } from "vite"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { serveFolder } from "../../src/cli/static-server.ts"
import { decodeSafetensors } from "../../src/formats/safetensors.ts"
import { createRun, saveCheckpoint } from "../../src/runs/index.ts"
import { storableTask } from "../../src/runs/own-task.ts"
import { fromPairs } from "../../src/tasks/index.ts"
import { resolveConfig } from "../../src/training/config.ts"
import { tensorRole } from "../../src/training/tensor-names.ts"
import { train } from "../../src/training/trainer.ts"
import { launch, noChromium, repository, type Site, serveBuilt } from "./chromium.ts"

const models = join(repository, "models")

describe.skipIf(noChromium)("the playground", () => {
  let browser: Browser
  let site: Site
  let folder: string
  const errors: string[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "neural-gpu-web-"))
    vi.stubEnv("NODE_ENV", "production") // what a visitor gets; vitest's own value adds checks for developers
    await build({ configFile: join(repository, "web/vite.config.ts"), build: { outDir: folder }, logLevel: "error" })
    const { url, close } = await serveFolder(folder, { port: 0, host: "127.0.0.1" }) // as `play` does
    site = { url, close: async () => close() }
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const open = async (
    fragment = "",
    options: BrowserContextOptions = {},
    url = site.url,
    from = browser,
  ): Promise<Page> => {
    const context = await from.newContext({ viewport: { width: 1280, height: 900 }, ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    page.on("pageerror", (error) => errors.push(error.message))
    page.on("console", (said) => {
      if (said.type() === "error" && said.text().includes("Content Security Policy")) errors.push(said.text())
    })
    await page.goto(url + fragment)
    return page
  }
  const close = async (page: Page) => {
    expect(errors.splice(0)).toEqual([])
    await page.context().close()
  }
  const ask = async (page: Page, question: string) => {
    await page.fill("input[name=question]", question)
    await page.click("button:text-is('compute')")
  }
  /** Drops files and folders on the middle of the page, as a file manager does. */
  const drop = async (page: Page, files: string[]) => {
    const session = await page.context().newCDPSession(page)
    const data = { items: [], files, dragOperationsMask: 1 }
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await session.send("Input.dispatchDragEvent", { type, x: 640, y: 450, data })
    await session.detach()
  }
  const slide = (page: Page, name: string, value: number) =>
    page.locator(`input[name=${name}]`).evaluate((element, value) => {
      ;(element as HTMLInputElement).value = String(value)
      element.dispatchEvent(new Event("input", { bubbles: true }))
    }, value)

  const gzipped = (name: string) => gzipSync(readFileSync(join(folder, "assets", name))).length
  const scripts = (names: Iterable<string>) => [...names].filter((name) => /\.(js|css)$/.test(name))

  it("is small: 120 kB to begin with and 250 kB in all, gzipped", async () => {
    const page = await open("#v=2&page=lessons&lesson=99") // a page without a film loads nothing of one
    const names = new Set<string>()
    page.on("requestfinished", (request) => names.add(new URL(request.url()).pathname.split("/").at(-1) as string))
    await page.goto("about:blank")
    await page.goto(site.url)
    await page.waitForSelector(".answer.good")
    const sum = (files: readonly string[]) => files.reduce((bytes, name) => bytes + gzipped(name), 0)
    const first = scripts(names)
    expect(first.length).toBeGreaterThan(3)
    expect(sum(first), first.join()).toBeLessThan(120_000)
    expect(sum(scripts(readdirSync(join(folder, "assets"))))).toBeLessThan(250_000)
    await close(page)
  })

  it("adds what is typed, says how it read it, and tells what cannot be a question", async () => {
    const page = await open()
    await page.waitForSelector(".answer.good:has-text('511 + 1 = 512')")
    await page.waitForSelector("text=in binary: 111111111+1")
    await ask(page, "123456789+987654321")
    await page.waitForSelector("text=123456789 + 987654321 = 1111111110")
    await ask(page, "100+11")
    await page.waitForSelector("text=100 + 11 = 111")
    await page.click("button:text-is('read as binary instead')")
    await page.waitForSelector("text=read as binary: 4+3")
    await page.waitForSelector(".answer.good:has-text('4 + 3 = 7')")
    await page.click("button:text-is('longest carry')")
    await page.waitForSelector(".answer.good")
    await ask(page, "12++3")
    expect(await page.textContent("[role=alert]")).toMatch(/got 2 operators/)
    expect(await page.locator(".answer .verdict").count()).toBe(0)
    await ask(page, "3*4")
    await page.click("button:text-is('ask mul instead')")
    await page.waitForSelector(".answer.good:has-text('3 × 4 = 12')")
    await close(page)
  })

  it.each([
    [1440, 900],
    [390, 844],
  ])("begins with a film that plays by itself, all of it on the first screen of %i by %i", async (width, height) => {
    const page = await open("", { viewport: { width, height } })
    await page.waitForSelector("button[aria-label=pause]")
    await page.waitForSelector(".answer.good")
    for (const part of ["h1", ".lede", "input[name=question]", ".answer", ".answer-film canvas", ".memory"]) {
      const box = await page.locator(part).first().boundingBox()
      expect(box && box.y >= 0 && box.y + box.height <= height, part).toBe(true)
    }
    await page.waitForSelector("button[aria-label=play]")
    expect(await page.inputValue("input[name=step]")).toBe("19")
    // a cell tells its story
    const film = page.locator(".answer-film canvas")
    const box = (await film.boundingBox()) as { x: number; y: number; width: number; height: number }
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.3)
    await page.waitForSelector(".story:has-text('% sure')")
    await close(page)
  })

  it("stands still for those who want no motion", async () => {
    const page = await open("", { reducedMotion: "reduce" })
    await page.waitForSelector(".answer.good")
    await page.waitForTimeout(500)
    expect(await page.locator("button[aria-label=pause]").count()).toBe(0)
    expect(await page.inputValue("input[name=step]")).toBe("19")
    await close(page)
  })

  it("is scrubbed, shared by its link, and opened anew at the same moment", async () => {
    const page = await open("#v=2&model=add&q=110101%2B10011")
    await page.waitForSelector(".answer.good")
    await slide(page, "step", 5)
    await page.click(".more summary")
    await page.selectOption("select[name=tensor]", "dcgru0/update")
    await page.click("button:text-is('share')")
    const url = page.url()
    const other = await open(new URL(url).hash)
    await other.waitForSelector("text=step 5 of 13")
    expect(await other.inputValue("input[name=question]")).toBe("110101+10011")
    expect(await other.inputValue("select[name=tensor]")).toBe("dcgru0/update")
    await other.context().close()
    await close(page)
  })

  it("is driven by the keyboard alone, down to the sum behind one number", async () => {
    const page = await open("#v=2&model=add&q=1011%2B110")
    await page.waitForSelector(".answer.good")
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab")
      if (await page.evaluate(() => document.activeElement?.closest(".answer-film") !== null)) break
    }
    for (const key of ["Home", "ArrowDown", "ArrowDown", "ArrowLeft", "PageDown"]) await page.keyboard.press(key)
    await page.waitForSelector("h2:has-text('Place 1, channel 1, step 2')")
    expect(await page.textContent(".sum p")).toMatch(/the sum of a bias and 72 products/)
    await close(page)
  })

  it("feels damage, tells whether it survived, and heals", async () => {
    const page = await open("#v=2&model=add&q=110101101%2B101110110&t=4&cell=3.0.0")
    await page.waitForSelector(".answer.good")
    await page.click(".more summary")
    await page.click("button:has-text('damage place 3')")
    await page.waitForSelector(".survival:has-text('survive')")
    await page.waitForSelector(".wound canvas")
    await page.click("button:text-is('undo the damage')")
    await page.waitForSelector(".answer.good")
    const box = await page.locator(".moment-canvas").boundingBox()
    if (!box) throw new Error("no memory to paint on")
    await page.mouse.move(box.x + 5, box.y + 5)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 5, box.y + 5, { steps: 20 })
    await page.mouse.up()
    await page.waitForSelector(".survival:has-text('did not survive')")
    await close(page)
  })

  it("trains copy until the loss falls, and goes back to a saved step exactly", async () => {
    const page = await open("#v=2&page=train")
    await page.selectOption("select[name=task]", "copy")
    await page.fill("input[name=maps]", "6")
    await page.selectOption("select[name=sizes]", "2")
    await page.click("button:text-is('train')")
    const figures = async () => {
      const text = (await page.textContent(".figures")) ?? ""
      return { step: Number(/step (\d+)/.exec(text)?.[1]), loss: Number(/loss ([\d.e-]+)/.exec(text)?.[1]) }
    }
    await page.waitForSelector(".figures")
    const trainTo = async (step: number) => {
      await page.waitForFunction(
        (s) => Number(/step (\d+)/.exec(document.querySelector(".figures")?.textContent ?? "")?.[1]) > s,
        step,
      )
      // it may have met its goal
      await page.evaluate(() => [...document.querySelectorAll("button")].find((b) => b.textContent === "stop")?.click())
      await page.waitForSelector("[data-status=stopped], [data-status=done]")
    }
    await trainTo(80)
    // guessing costs ln 2 = 0.69
    expect((await figures()).loss).toBeLessThan(0.3)
    // the checkpoint of step 75, once as it came, once after going back to step 25
    const checkpoint = async () => {
      const saved = page.waitForEvent("download")
      await slide(page, "saved", 2)
      await page.waitForSelector("text=saved step 75")
      await page.click("button:text-is('save')")
      return readFileSync(await (await saved).path())
    }
    const before = await checkpoint()
    await slide(page, "saved", 0)
    await page.click("button:text-is('go back there')")
    await page.waitForSelector("text=step 25: back here, exactly as it was")
    await page.click("button:text-is('go on')")
    await trainTo(80)
    expect((await checkpoint()).equals(before)).toBe(true)
    // a branch beside it, and its newest net at work
    await page.click("button:text-is('branch from there')")
    await page.waitForFunction(() => document.querySelectorAll(".run").length === 2)
    await page.click("button:text-is('watch it compute') >> nth=0")
    await page.waitForSelector(".answer .verdict")
    await close(page)
  })

  it("goes back to the page, lesson and model before, and a run goes on meanwhile", async () => {
    const page = await open("#v=2&model=add&q=1%2B1")
    await page.waitForSelector(".answer.good")
    await page.click("nav >> text=Lessons")
    await page.click(".contents button >> nth=2")
    await page.waitForSelector("h1:text-is('Gates')")
    await page.click("nav >> text=Train")
    await page.selectOption("select[name=task]", "copy")
    await page.fill("input[name=maps]", "6")
    await page.click("button:text-is('train')")
    await page.waitForSelector(".figures")
    await page.goBack()
    await page.waitForSelector("h1:text-is('Gates')")
    await page.goBack()
    await page.waitForSelector("h1:text-is('What it does')")
    await page.goBack()
    await page.waitForSelector(".answer.good")
    for (const _ of [1, 2, 3]) await page.goForward()
    await page.waitForSelector(".run[data-status=training], .run[data-status=done]")
    expect(await page.inputValue("select[name=task]")).toBe("copy")
    await close(page)
  })

  it("teaches a net before one's eyes, and then its twin without dropout", async () => {
    const page = await open("#v=2&page=train")
    await page.click(".teach button")
    await page.waitForSelector(".pupil .learning:has-text(': right')")
    await page.waitForSelector(".pupil[data-status=done]")
    // its last row is drawn, and green
    const bottom = () =>
      page.locator(".pupil .learning canvas").evaluate((canvas: HTMLCanvasElement) => {
        const row = canvas.getContext("2d")?.getImageData(0, canvas.height - 3, canvas.width, 1).data ?? []
        return [row[4], row[5], row[6]]
      })
    await expect
      .poll(async () => ((color) => color[1] > color[0] + 30 && color[1] > color[2])(await bottom()))
      .toBe(true)
    await page.click("button:has-text('now its twin')")
    await page.waitForSelector(".moral:has-text('At size 8: 100 % with dropout, 100 % without')")
    const told = (await page.textContent(".moral")) ?? ""
    expect(told).toMatch(/At size 40: (9[0-9]|100) % with dropout, \d % without/)
    await close(page)
  })

  it("draws all runs in its charts, after a resize too, and a third run removes no other", async () => {
    const page = await open("#v=2&page=train&task=copy&maps=6")
    for (const seed of ["1", "2", "3"]) {
      await page.fill("input[name=seed]", seed)
      await page.click(".recipe button[type=submit]")
      await page.waitForSelector(`.run:nth-child(${seed}) >> text=/step [3-9]\\d · /`)
      await page.click(`.run:nth-child(${seed}) button:text-is('stop')`)
      await page.waitForSelector(`.run:nth-child(${seed})[data-status=stopped]`)
    }
    expect(await page.locator(".run .figures").count()).toBe(3)
    /** How many of the runs' colors the loss chart shows. */
    const drawn = () =>
      page.locator(".chart canvas >> nth=0").evaluate((canvas: HTMLCanvasElement) => {
        const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
          0,
          0,
          canvas.width,
          canvas.height,
        )
        const near = (i: number, color: readonly number[]) =>
          data[i + 3] > 60 && color.every((c, k) => Math.abs(data[i + k] - c) < 12)
        const pixels = Array.from({ length: data.length / 4 }, (_, i) => 4 * i)
        return [
          [180, 80, 10],
          [8, 81, 156],
          [10, 98, 72],
        ].filter((color) => pixels.some((i) => near(i, color))).length
      })
    await expect.poll(drawn).toBe(3)
    for (const width of [800, 1200]) {
      await page.setViewportSize({ width, height: 900 })
      await page.waitForTimeout(400)
      await expect.poll(drawn).toBe(3)
    }
    await close(page)
  })

  it("shows how copies of the parameters are pulled together, and the step at which they become one", async () => {
    const page = await open("#v=1&page=train&task=copy&maps=6&copies=3&keep=0.75&sizes=2")
    await page.click("button:text-is('train')")
    await page.waitForSelector(".multiples canvas")
    const away = async () =>
      (await page.locator(".multiples figcaption").allTextContents()).map((text) =>
        Number(/: ([\d.]+)/.exec(text)?.[1]),
      )
    await page.waitForSelector("h3:has-text('3 copies that became one rule')")
    expect(await away()).toEqual([0, 0, 0])
    await page.waitForSelector(".copies .chart[aria-label*='the copies became one at step']")
    // go back by keyboard to a saved step at which copies were apart
    await page.focus("input[name=saved]")
    await page.keyboard.press("Home")
    await page.waitForSelector("h3:has-text('3 copies of the rule, pulled together')")
    expect(Math.min(...(await away()))).toBeGreaterThan(0.01)
    // the pictures are drawn: not all pixels of a copy that is apart are alike
    const colors = await page.locator(".multiples canvas >> nth=0").evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data
      return new Set(new Uint32Array(pixels?.buffer ?? new ArrayBuffer(0))).size
    })
    expect(colors).toBeGreaterThan(20)
    await close(page)
  })

  it("says that it checks large sizes, stays alive meanwhile, and stops at once, on a GPU too", async () => {
    // a run of one step that holds the shipped model's weights: the goal size is checked after the next step
    const run = join(folder, "learned-run")
    const config = resolveConfig({
      task: { name: "copy" },
      model: { maps: 24 },
      sizes: [[1, 4]],
      learned: { every: 1 },
    })
    createRun(run, { config: { ...config }, device: "wasm", seed: config.seed })
    const learned = decodeSafetensors(readFileSync(join(models, "copy", "model.safetensors"))).tensors
    for await (const event of train(config, wasm(1))) {
      if (event.type !== "step") continue
      const { step, tensors, state } = await event.snapshot()
      const weights = (name: string) =>
        learned.get(tensorRole(name).parameter) as
          | { readonly shape: readonly number[]; readonly data: Float32Array }
          | undefined
      saveCheckpoint(run, {
        step,
        state,
        tensors: new Map([...tensors].map(([name, t]) => [name, weights(name) ?? t])),
      })
      break
    }
    // a browser of its own: closing one during a software GPU's work blocks its other pages
    const other = await launch()
    const page = await open("#v=2&page=train", {}, site.url, other)
    const hasGpu = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter().catch(() => null)))
    if (hasGpu) await page.waitForSelector("select[name=device] option[value=webgpu]", { state: "attached" })
    await page.selectOption("select[name=device]", hasGpu ? "webgpu" : "wasm")
    await drop(page, [run])
    await page.waitForSelector("option:has-text('checkpoint-00000001.safetensors')", { state: "attached" })
    await page.click("nav >> text=Train")
    await page.click("button:text-is('go on')")
    await page.waitForSelector(".checking:has-text('checking fresh answers of 200 symbols')")
    // the page draws while the device computes: a busy machine may miss frames, but a page that hangs misses
    // all of them
    const frames = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let frames = 0
          const count = () => ++frames && requestAnimationFrame(count)
          requestAnimationFrame(count)
          setTimeout(() => resolve(frames), 1000)
        }),
    )
    expect(frames).toBeGreaterThan(5)
    const began = performance.now()
    await page.click("button:text-is('stop')")
    await page.waitForSelector("[data-status=stopped]")
    expect(performance.now() - began).toBeLessThan(10_000)
    await page.waitForSelector("text=saved step")
    expect(await page.locator(".checking").count()).toBe(0)
    await close(page)
    await other.close()
  })

  it("opens a model's files; a damaged one gets a sentence", async () => {
    const page = await open()
    await page.waitForSelector(".answer.good")
    const files = ["model.safetensors", "config.json"].map((name) => join(models, "mul", name))
    await page.setInputFiles("input[type=file]", files)
    await page.waitForSelector("option:has-text('model.safetensors 1')", { state: "attached" })
    await ask(page, "110*101")
    await page.waitForSelector("text=110 × 101 = 11110")
    const bytes = readFileSync(files[0])
    bytes[bytes.length - 100] ^= 1
    const broken = join(folder, "broken.safetensors")
    writeFileSync(broken, bytes)
    await page.setInputFiles("input[type=file]", [broken, files[1]])
    await page.waitForSelector("[role=alert]:has-text('does not match its digest')")
    writeFileSync(broken, "this is no model")
    await page.setInputFiles("input[type=file]", [broken])
    await page.waitForSelector("[role=alert]:has-text('broken.safetensors cannot be used')")
    await close(page)
  })

  it("opens what is dropped anywhere on it: a checkpoint, a run's folder, and nothing from a broken file", async () => {
    const run = join(folder, "copy-run")
    const config = resolveConfig({ task: { name: "copy" }, model: { maps: 3 }, sizes: [[1, 2]], steps: 3 })
    createRun(run, { config: { ...config }, device: "wasm", seed: config.seed })
    for await (const event of train(config, wasm(1)))
      if (event.type === "step") saveCheckpoint(run, await event.snapshot())
    const checkpoint = join(run, "checkpoint-00000003.safetensors")
    const page = await open("#v=2&page=train")
    // a folder: its newest checkpoint answers, and the run resumes
    await drop(page, [run])
    await page.waitForSelector("option:has-text('checkpoint-00000003.safetensors')", { state: "attached" })
    await page.waitForSelector(".answer .verdict")
    await page.click("nav >> text=Train")
    await page.waitForSelector("h2:has-text('checkpoint-00000003.safetensors')")
    await page.waitForSelector("text=saved step 3")
    // one file, with its config
    await drop(page, [join(models, "mul", "model.safetensors"), join(models, "mul", "config.json")])
    await page.waitForSelector("option:has-text('model.safetensors')", { state: "attached" })
    await ask(page, "110*101")
    await page.waitForSelector("text=110 × 101 = 11110")
    // the film does not change if a file is damaged, truncated or unknown
    const broken = join(folder, "cut.safetensors")
    writeFileSync(broken, readFileSync(checkpoint).subarray(0, 2000))
    await drop(page, [broken])
    await page.waitForSelector("[role=alert]:has-text('cut.safetensors cannot be used')")
    const letter = join(folder, "letter.txt")
    writeFileSync(letter, "dear model")
    await drop(page, [letter])
    await page.waitForSelector("[role=alert]:has-text('got letter.txt, expected a .safetensors file')")
    // the error stands above no verdict; what was shown before is marked as such
    await page.waitForSelector("text=Still showing the question before.")
    expect(await page.locator(".answer .verdict").count()).toBe(0)
    expect(await page.inputValue("input[name=question]")).toBe("110*101")
    await close(page)
  })

  it("answers questions of a task of the user's own, and marks nothing where nobody knows what is right", async () => {
    const pairs = Array.from({ length: 40 }, (_, i) => "abcdef".slice(0, 1 + (i % 6)).padEnd(1 + (i % 9), "cab"))
    const own = fromPairs(
      pairs.map((word) => ({ question: word, answer: word })),
      { name: "same" },
    )
    const config = resolveConfig({
      task: own.spec,
      model: { maps: 3 },
      steps: 2,
      ...{ sizes: [[1, 3]], goal: { size: 5 } },
    })
    const run = join(folder, "own-run")
    createRun(run, { config: { ...config }, device: "wasm", seed: 1, task: storableTask(own, undefined) })
    for await (const event of train(config, wasm(1), undefined, own.found))
      if (event.type === "step") saveCheckpoint(run, await event.snapshot())
    const page = await open("")
    await drop(page, [join(run, "checkpoint-00000002.safetensors"), join(run, "config.json")])
    await page.waitForSelector("option:has-text('checkpoint-00000002.safetensors')", { state: "attached" })
    await ask(page, "cab")
    await page.waitForSelector(".answer .verdict:has-text('nobody knows what is right')")
    expect(await page.locator(".answer mark").count()).toBe(0)
    await ask(page, "xyz")
    await page.waitForSelector("[role=alert]:has-text('only symbols that the task has')")
    await close(page)
  })

  it("works without WebGPU and without shared memory, on one thread", async () => {
    const plain = await serveBuilt(folder, { isolated: false })
    const page = await open("#v=2&page=watch&model=add&q=1%2B1", {}, plain.url)
    await page.addInitScript(() => Object.defineProperty(navigator, "gpu", { value: undefined }))
    await page.reload()
    await page.waitForSelector(".answer.good")
    expect(await page.evaluate(() => [crossOriginIsolated, typeof navigator.gpu])).toEqual([false, "undefined"])
    await page.click("nav >> text=Train")
    await page.waitForSelector("select[name=device] option", { state: "attached" })
    expect(await page.locator("select[name=device] option").allTextContents()).toEqual(["WebAssembly, one thread"])
    await page.selectOption("select[name=task]", "copy")
    await page.fill("input[name=maps]", "6")
    await page.click("button:text-is('train')")
    await page.waitForSelector(".figures")
    // change settings while it trains
    await page.fill("input[name='dropout now']", "0.1")
    await page.keyboard.press("Enter")
    await page.waitForSelector(".notes:has-text('dropout 0.1')")
    await page.waitForFunction(
      () => (document.querySelector("input[name='dropout now']") as HTMLInputElement).value === "0.1",
    )
    await close(page)
    await plain.close()
  })

  it("answers nonsense in the URL with a sentence, and shows what can be shown", async () => {
    const page = await open("#v=2&model=add&q=1011%2B110&t=x&view=cube&foo=1")
    await page.waitForSelector(".answer.good")
    const told = (await page.locator(".notice").allTextContents()).join(" ")
    expect(told).toMatch(/foo.*does not know/)
    expect(told).toMatch(/t is "x", expected a step's number/)
    expect(told).toMatch(/view is "cube", expected grid, one or three/)
    await page.goto(`${site.url}#v=2&page=train&task=sort&maps=12&dropout=3&form=ntmm`)
    await page.waitForSelector(".notice:has-text('dropout is \"3\", expected a number from 0 to 0.5')")
    await page.waitForSelector(".notice:has-text('ntmm')")
    expect(await page.inputValue("select[name=task]")).toBe("sort")
    expect(await page.inputValue("input[name=maps]")).toBe("12")
    await page.goto(`${site.url}#%%%&v=99`)
    await page.waitForSelector(".notice:has-text('version')")
    await close(page)
  })

  it.each([
    ["light", 390],
    ["dark", 390],
    ["light", 320],
  ] as const)("has no fault of accessibility, and fits a phone (%s, %i pixels)", async (colorScheme, width) => {
    const page = await open("#v=2&model=add&q=1011%2B110&t=4&cell=3.0.6", {
      colorScheme,
      viewport: { width, height: 844 },
    })
    await page.waitForSelector(".answer.good")
    const faults = async () => {
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run())
      return violations.map((v) => [v.id, v.nodes[0].html])
    }
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    await page.click(".more summary")
    expect([await faults(), (await overflow()) <= 0], "Watch").toEqual([[], true])
    await ask(page, "3*4")
    await page.waitForSelector("[role=alert]")
    expect([await faults(), (await overflow()) <= 0], "an error").toEqual([[], true])
    for (const room of ["Train", "Lessons"]) {
      await page.click(`nav >> text=${room}`)
      await page.waitForSelector("h1")
      expect([await faults(), (await overflow()) <= 0], room).toEqual([[], true])
    }
    await close(page)
  })
})
