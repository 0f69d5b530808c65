// Processes that race for one lock, beside what dead ones have left.

import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Promised } from "./promise.ts"
import type { Answer, Told } from "./racer.ts"

const RACERS = 6
const NOBODY = 999_999_999
const dead = (id: string) => JSON.stringify({ pid: NOBODY, started: "1", host: hostname(), id })

/** What a folder may hold before a race: nothing, and what killed processes and power failures leave. */
const remains: ((dir: string) => void)[] = [
  () => {},
  (dir) => fs.writeFileSync(join(dir, "lock"), dead("aa")),
  (dir) => {
    fs.writeFileSync(join(dir, "lock"), dead("aa"))
    fs.writeFileSync(join(dir, "lock.aa"), dead("bb"))
  },
  (dir) => fs.writeFileSync(join(dir, "lock"), ""),
  (dir) => fs.writeFileSync(join(dir, "lock"), dead("aa").slice(0, 20)),
  (dir) => fs.writeFileSync(join(dir, `.lock.${NOBODY}.aa.tmp`), dead("aa")),
]

async function tell(racer: ChildProcess, told: Told): Promise<Answer> {
  const answer = once(racer, "message")
  racer.send(told)
  return (await answer)[0]
}

export const locks: Promised = {
  name: "locks",
  promise:
    "Of any number of processes only one gets a run, whatever dead ones have left, and nothing is left at the end.",
  how: `${RACERS} processes at once, beside no lock, a dead one, a dead one that is being replaced, an empty one, a torn one`,
  tries: 1000,
  whyNot: () => undefined,
  async run({ tries, folder, tried, fail }) {
    const script = fileURLToPath(new URL("./racer.ts", import.meta.url))
    const racers = Array.from({ length: RACERS }, () => fork(script, { stdio: "inherit" }))
    try {
      for (let i = 0; i < tries; i++) {
        const dir = join(folder, String(i))
        fs.mkdirSync(dir)
        remains[i % remains.length](dir)
        const answers = await Promise.all(racers.map((racer) => tell(racer, { type: "take", dir })))
        await Promise.all(racers.map((racer) => tell(racer, { type: "release" })))
        tried()
        const held = answers.filter((answer) => answer === "held").length
        const failed = answers.find((answer) => answer.startsWith("failed"))
        const left = fs.readdirSync(dir)
        if (held !== 1) fail(`remains ${i % remains.length}: ${held} hold it: ${answers}`)
        else if (failed) fail(`remains ${i % remains.length}: ${failed}`)
        else if (left.length > 0) fail(`remains ${i % remains.length}: it leaves ${left}`)
        fs.rmSync(dir, { recursive: true })
      }
    } finally {
      for (const racer of racers) racer.kill("SIGKILL")
    }
  },
}
