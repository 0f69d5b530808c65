// Takes pictures of every lesson, wide and narrow, light and dark, and reports content wider than the screen.
//   node scripts/lesson-pictures.ts FOLDER [numbers, such as 2,5]

import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { builtPage } from "../src/cli/play.ts"
import { serveFolder } from "../src/cli/static-server.ts"
import { launch } from "../test/browser/chromium.ts"

const [folder, numbers] = process.argv.slice(2)
if (folder === undefined) {
  console.error("got no folder, expected: node scripts/lesson-pictures.ts FOLDER [numbers]")
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
const site = await serveFolder(await builtPage(), { port: 0, host: "127.0.0.1" })
const browser = await launch()

for (const width of [1440, 390])
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    await page.goto(`${site.url}#v=1&page=lessons`)
    const count = await page.locator(".contents button").count()
    const chosen = numbers?.split(",").map(Number) ?? Array.from({ length: count }, (_, i) => i + 1)
    for (const lesson of chosen) {
      await page
        .locator(".contents button")
        .nth(lesson - 1)
        .click()
      // wait until films are drawn and questions answered
      await page.waitForFunction(
        () =>
          [...document.querySelectorAll<HTMLElement>(".film-canvas canvas")].every((c) => c.style.height !== "") &&
          [...document.querySelectorAll(".answer")].every((a) => a.querySelector(".verdict")),
      )
      await page.waitForTimeout(500) // the last frame of the screen
      const file = join(folder, `lesson-${lesson}-${width}-${colorScheme}.png`)
      await page.screenshot({ path: file, fullPage: true })
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      console.log(beyond > 0 ? `${file}: ${beyond} pixels wider than the screen` : file)
    }
    await page.close()
  }
await browser.close()
site.close()
process.exit(0)
