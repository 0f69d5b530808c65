// Memory and descriptors of a long training, and of a server whose downloads are broken off.

import fs from "node:fs"
import { join } from "node:path"
import { start } from "./program.ts"
import type { Promised } from "./promise.ts"

/** Samples of each device. */
const SAMPLES = 40
/** The share of samples that only warm up. */
const WARM = 0.25
/** Growth of the lowest memory, as the collector leaves it, that still counts as flat. */
const GROWTH = 1.05

interface Sample {
  readonly megabytes: number
  readonly descriptors: number
}

function sampleOf(pid: number): Sample | undefined {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/u.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
    return { megabytes: Number(kilobytes) / 1024, descriptors: fs.readdirSync(`/proc/${pid}/fd`).length }
  } catch {
    return undefined
  }
}

const lowest = (samples: readonly Sample[]) => Math.min(...samples.map(({ megabytes }) => megabytes))

export const resources: Promised = {
  name: "resources",
  promise: "A long training takes no more memory at its end than after its first quarter, and opens no more files.",
  how: "trainings on wasm and native that save all the time, a sample every n seconds: lowest memory of the last half against the half before, and descriptors",
  tries: 2 * SAMPLES,
  whyNot: () => (process.platform === "linux" ? undefined : "only Linux tells in /proc"),
  async run({ tries, folder, tried, fail }) {
    const seconds = Number(process.env.TORTURE_SOAK_SECONDS ?? 60)
    for (const device of ["wasm", "native"]) {
      const dir = fs.mkdtempSync(join(folder, `soak-${device}-`))
      const args = ["train", "copy", "--maps", "6", "--train-sizes", "1-2,3-4", "--goal-times", "1000000", "--out", "r"]
      const most = 1000 * seconds + 60_000
      const options = ["--save-every", "0.2", "--device", device, "--workers", "2", "--no-restart"]
      const { child, ended } = start([...args, ...options], dir, {}, most)
      const samples: Sample[] = []
      const all = Math.max(8, Math.ceil(tries / 2))
      for (let i = 0; i < all; i++) {
        await new Promise((resolve) => setTimeout(resolve, (1000 * seconds) / all))
        const sample = sampleOf(child.pid as number)
        tried()
        if (sample) samples.push(sample)
      }
      child.kill("SIGTERM")
      const { stderr } = await ended
      const warm = samples.slice(Math.floor(WARM * samples.length))
      const [before, after] = [warm.slice(0, warm.length >> 1), warm.slice(warm.length >> 1)]
      if (samples.length < all) fail(`${device}: it ended early: ${stderr}`)
      const most2 = Math.max(...before.map(({ descriptors }) => descriptors))
      if (after.every(({ descriptors }) => descriptors > most2)) fail(`${device}: descriptors grow beyond ${most2}`)
      if (lowest(after) > GROWTH * lowest(before))
        fail(`${device}: memory grows from ${lowest(before).toFixed(0)} to ${lowest(after).toFixed(0)} MB`)
    }
  },
}
