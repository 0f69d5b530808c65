// Measures the page in a headless Chromium on this machine: first picture of a cold load, size of the
// scripts, frames while scrubbing and while training. With --train, it also learns addition from nothing.
// Frames are DrawFrame events of the browser's own trace. The machine's load is printed with every figure.
//   node scripts/measure-page.ts [--train]

import { readdirSync, readFileSync } from "node:fs"
import { loadavg } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import type { Browser, Page } from "playwright-core"
import { builtPage } from "../src/cli/play.ts"
import { serveFolder } from "../src/cli/static-server.ts"
import { launch } from "../test/browser/chromium.ts"

const load = () => `load ${loadavg()[0].toFixed(1)}`
const tell = (text: string) => console.log(`${text}  (${load()})`)

const folder = await builtPage()
const site = await serveFolder(folder, { port: 0, host: "127.0.0.1" })
const browser = await launch()

/** Size of the page's scripts, workers included, gzipped as by a host. */
function scripts(): void {
  const assets = join(folder, "assets")
  const sizes = readdirSync(assets)
    .filter((name) => /\.(js|css)$/u.test(name))
    .map((name) => gzipSync(readFileSync(join(assets, name))).length)
  tell(
    `scripts and styles, gzipped, all of them: ${(sizes.reduce((a, b) => a + b, 0) / 1000).toFixed(1)} kB (limit 200)`,
  )
}

async function firstPicture(browser: Browser): Promise<void> {
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.addInitScript(() => {
      // the first time that a film's canvas is not empty
      const look = () => {
        const canvas = document.querySelector<HTMLCanvasElement>(".film-canvas canvas")
        if (canvas && canvas.width > 300 && canvas.style.height !== "")
          Object.assign(globalThis, { picture: performance.now() })
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    await page.goto(site.url)
    await page.waitForFunction(() => "picture" in globalThis)
    times.push(await page.evaluate(() => (globalThis as unknown as { picture: number }).picture))
    await context.close()
  }
  const sorted = times.sort((a, b) => a - b)
  tell(
    `first picture of a cold load: median ${sorted[2].toFixed(0)} ms of ${sorted.map((t) => t.toFixed(0)).join(", ")} (limit 1000)`,
  )
}

/** Intervals between the page's frames during an action, from the browser's trace. */
async function frames(
  page: Page,
  doing: () => Promise<void>,
): Promise<{ fps: number; late: number; count: number; cpu: number }> {
  const session = await page.context().newCDPSession(page)
  // CPU time of the page's own thread: the cost of a frame, independent of the machine's load
  await session.send("Performance.enable", { timeDomain: "threadTicks" })
  const busy = async () =>
    (await session.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration")?.value ?? Number.NaN
  const before = await busy()
  const events: { name: string; ts: number }[] = []
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as typeof events)))
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      includedCategories: [
        "disabled-by-default-devtools.timeline.frame",
        "devtools.timeline.frame",
        "devtools.timeline",
      ],
    },
  })
  await doing()
  const cpu = 1000 * ((await busy()) - before)
  const ended = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve))
  await session.send("Tracing.end")
  await ended
  const drawn = events
    .filter((e) => e.name === "DrawFrame")
    .map((e) => e.ts / 1000)
    .sort((a, b) => a - b)
  const gaps = drawn.slice(1).map((t, i) => t - drawn[i])
  const seconds = ((drawn.at(-1) ?? 0) - (drawn[0] ?? 0)) / 1000
  return {
    fps: gaps.length / seconds,
    late: gaps.filter((gap) => gap > 25).length,
    count: gaps.length,
    cpu: cpu / gaps.length,
  }
}

/** Moves the step's slider at every frame, for some seconds. */
const scrub = (page: Page, seconds: number) =>
  page.evaluate(
    (seconds) =>
      new Promise<void>((resolve) => {
        const slider = document.querySelector("input[name=step]") as HTMLInputElement
        const [began, most] = [performance.now(), Number(slider.max)]
        let i = 0
        const move = (now: number) => {
          slider.value = String(Math.abs(((i++ * 3) % (2 * most)) - most))
          slider.dispatchEvent(new Event("input", { bubbles: true }))
          if (now - began < 1000 * seconds) requestAnimationFrame(move)
          else resolve()
        }
        requestAnimationFrame(move)
      }),
    seconds,
  )

/** About 200 symbols and 200 steps: 100 digits make 201. */
async function scrubbing(browser: Browser): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const ones = "10".repeat(50)
  await page.goto(`${site.url}#v=1&model=add&q=${ones}%2B${ones}`)
  await page.waitForSelector(".answer.good", { timeout: 60_000 })
  const { fps, late, count, cpu } = await frames(page, () => scrub(page, 5))
  tell(
    `scrubbing 201 steps of 201 symbols, all 24 channels: ${fps.toFixed(1)} frames a second, ${late} of ${count} later than 25 ms; ${cpu.toFixed(1)} ms of processor time a frame`,
  )
  await page.close()
}

/** The page's frames while a run trains on one thread and, for comparison, while a worker only counts. */
async function whileTraining(browser: Browser, counts: boolean): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${site.url}#v=1&page=train`)
  if (counts) {
    await page.evaluate(() => {
      new Worker(URL.createObjectURL(new Blob(["let x = 0; for (;;) x += 1e-9"])))
    })
    await page.waitForTimeout(1000)
  } else {
    await page.selectOption("select[name=device]", "wasm")
    await page.click("button:text-is('train')")
    await page.waitForSelector(".figures", { timeout: 60_000 })
  }
  const animate = () =>
    page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const dot = document.body.appendChild(document.createElement("div"))
          dot.style.cssText = "position:fixed;top:0;left:0;width:9px;height:9px;background:#888"
          const began = performance.now()
          const move = (now: number) => {
            dot.style.left = `${(now - began) / 20}px`
            if (now - began < 5000) requestAnimationFrame(move)
            else resolve(dot.remove())
          }
          requestAnimationFrame(move)
        }),
    )
  const { fps, late, count, cpu } = await frames(page, animate)
  tell(
    `${counts ? "the same page while a worker only counts" : "while it trains on one thread, curves live"}: ${fps.toFixed(1)} frames a second, ${late} of ${count} later than 25 ms; ${cpu.toFixed(1)} ms of processor time a frame`,
  )
  await page.close()
}

/** Learns addition from nothing with the page's defaults, until every fresh example of size 20 is right. */
async function training(browser: Browser): Promise<void> {
  const page = await browser.newPage()
  await page.goto(`${site.url}#v=1&page=train`)
  const device = await page.locator("select[name=device] option").first().textContent()
  const began = performance.now()
  await page.click("button:text-is('train')")
  const seconds = () => ((performance.now() - began) / 1000).toFixed(0)
  await page.waitForSelector(".notes:has-text('the trained sizes are learned')", { timeout: 1_800_000 })
  tell(
    `add from nothing (${device}): all of 32 fresh examples of size 20 right, twice in a row, after ${seconds()} s; ${await page.textContent(".figures")}`,
  )
  await page.waitForSelector("[data-status=done], [data-status=failed]", { timeout: 1_800_000 })
  const rows = await page.locator("figure table tr").allTextContents()
  tell(
    `and ended after ${seconds()} s: ${(await page.locator(".notes li").allTextContents()).at(-1)}; right by size: ${rows.join("; ")}`,
  )
  await page.close()
}

scripts()
await firstPicture(browser)
await scrubbing(browser)
for (const counts of [false, true]) await whileTraining(browser, counts)
if (process.argv.includes("--train")) await training(browser)
await browser.close()
site.close()
process.exit(0)
