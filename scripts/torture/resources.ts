// Memory and descriptors of a long training that saves all the time.

import fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { start } from "./program.ts"
import type { Promised } from "./promise.ts"

/** Samples of each device. */
const SAMPLES = 40
/** The share of samples that only warm up. */
const WARM = 0.25
/** Growth of what is in use after a collection that still counts as flat. */
const GROWTH = 1.05
/** From this length on the memory of the whole process must be flat as well. Before, V8 still grows its heap. */
const SOAK_SECONDS = 1800

interface Sample {
  /** In use after a collection: JavaScript's heap and arrays. */
  readonly used: number
  /** Memory of the process. */
  readonly rss: number
  readonly descriptors: number
}

const hook = fileURLToPath(new URL("./memory-hook.ts", import.meta.url))

/** The samples of one training, taken at equal distances. */
async function samplesOf(device: string, folder: string, count: number, seconds: number, tried: () => void) {
  const dir = fs.mkdtempSync(join(folder, `soak-${device}-`))
  const args = ["train", "copy", "--maps", "6", "--train-sizes", "1-2,3-4", "--goal-times", "1000000", "--out", "r"]
  const options = ["--save-every", "0.2", "--device", device, "--workers", "2", "--no-restart"]
  const node = ["--expose-gc", "--import", hook]
  const { child, ended } = start([...args, ...options], dir, {}, 1000 * seconds + 60_000, node)
  const samples: Sample[] = []
  let said = ""
  child.stderr.on("data", (data) => {
    said = (said + data).slice(-10_000)
    const [, used, rss] = /memory (\d+) (\d+)\n/u.exec(said) ?? []
    if (rss === undefined) return
    said = ""
    samples.push({
      used: Number(used),
      rss: Number(rss),
      descriptors: fs.readdirSync(`/proc/${child.pid}/fd`).length,
    })
  })
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setTimeout(resolve, (1000 * seconds) / count))
    child.kill("SIGUSR2")
    tried()
  }
  await new Promise((resolve) => setTimeout(resolve, 1000))
  child.kill("SIGTERM")
  const { stderr } = await ended
  return { samples, stderr }
}

const least = (samples: readonly Sample[], of: keyof Sample) => Math.min(...samples.map((sample) => sample[of]))
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`

export const resources: Promised = {
  name: "resources",
  promise: "A long training has no more memory in use at its end than after its first quarter, and no more files open.",
  how: "trainings on wasm and native that save all the time; what is in use after collections, and descriptors: the least of the last samples against the least before",
  tries: 2 * SAMPLES,
  whyNot: () => (process.platform === "linux" ? undefined : "only Linux tells in /proc"),
  async run({ tries, folder, tried, fail }) {
    const seconds = Number(process.env.TORTURE_SOAK_SECONDS ?? 40)
    for (const device of ["wasm", "native"]) {
      const count = Math.max(8, Math.ceil(tries / 2))
      const { samples, stderr } = await samplesOf(device, folder, count, seconds, tried)
      if (samples.length < count / 2) fail(`${device}: only ${samples.length} samples: ${stderr.slice(-400)}`)
      const warm = samples.slice(Math.floor(WARM * samples.length))
      const [before, after] = [warm.slice(0, warm.length >> 1), warm.slice(warm.length >> 1)]
      if (least(after, "descriptors") > least(before, "descriptors")) fail(`${device}: descriptors grow`)
      for (const of of seconds >= SOAK_SECONDS ? (["used", "rss"] as const) : (["used"] as const)) {
        const [from, to] = [least(before, of), least(after, of)]
        console.log(`  ${device}: ${of} ${megabytes(from)}, later ${megabytes(to)}`)
        if (to > GROWTH * from) fail(`${device}: memory (${of}) grows from ${megabytes(from)} to ${megabytes(to)}`)
      }
    }
  },
}
