// A sweep that is killed again and again.

import fs from "node:fs"
import { join } from "node:path"
import { run, start, whyIllSpoken } from "./program.ts"
import type { Promised } from "./promise.ts"

const RUNS = 8
const KILLS_EACH = 5
const LATEST_MS = 3000
const space = {
  name: "grid",
  about: "rates",
  config: { task: { name: "copy" } },
  axes: [{ name: "rate", fields: ["learningRate"], values: [0.005, 0.01, 0.02, 0.04] }],
  seeds: RUNS / 4,
}
const options = [
  ...["--maps", "6", "--train-sizes", "1-2", "--batch-size", "4", "--steps", "15", "--sizes", "2", "--samples", "4"],
  ...["--device", "wasm", "--workers", "2"],
]

/** The results of a sweep, without times; the file names tell that there is one a run. */
const results = (dir: string) =>
  Object.fromEntries(
    fs.readdirSync(join(dir, "s", "results")).map((name) => {
      const { seconds: _, ...result } = JSON.parse(fs.readFileSync(join(dir, "s", "results", name), "utf8"))
      return [name, result]
    }),
  )

export const sweeps: Promised = {
  name: "sweeps",
  promise:
    "A sweep that is killed at any moment and resumed ends with one result for each run, the same as without a kill.",
  how: `sweeps of ${RUNS} tiny runs, killed with -9 at random moments ${KILLS_EACH} times each, then resumed to the end`,
  tries: 25,
  whyNot: () => undefined,
  async run({ tries, folder, random, tried, fail }) {
    const fresh = () => {
      const dir = fs.mkdtempSync(join(folder, "sweep-"))
      fs.writeFileSync(join(dir, "grid.json"), JSON.stringify(space))
      return dir
    }
    const begin = ["sweep", "grid.json", "--out", "s", ...options]
    const undisturbed = fresh()
    const { code, stderr } = await run(begin, undisturbed)
    if (code !== 0) return fail(`the sweep itself fails: ${stderr}`)
    const expected = JSON.stringify(results(undisturbed))
    for (let kill = 0; kill < tries; ) {
      const dir = fresh()
      for (let i = 0; i < KILLS_EACH && kill < tries; i++, kill++) {
        const started = start(begin, dir)
        await new Promise((resolve) => setTimeout(resolve, random.below(LATEST_MS)))
        started.child.kill("SIGKILL")
        tried()
        const wrong = whyIllSpoken((await started.ended).stderr)
        if (wrong !== undefined) fail(`${wrong} (${dir})`)
      }
      const ended = await run(begin, dir)
      if (ended.code !== 0) fail(`it ends with ${ended.code}: ${ended.stderr} (${dir})`)
      else if (JSON.stringify(results(dir)) !== expected) fail(`other results (${dir})`)
    }
  },
}
