// hold: takes the lock and keeps it. contend: takes the lock repeatedly and checks that nobody else holds it.
// Sometimes it leaves a lock whose holder does not exist, as if it had died.

import { randomUUID } from "node:crypto"
import fs from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { UserError } from "../../src/core/errors.ts"
import { lockRun, RunInUse } from "../../src/runs/lock.ts"

const [dir, mode] = process.argv.slice(2)
const say = (text: string) => fs.writeSync(1, `${text}\n`)

if (mode === "hold") {
  lockRun(dir)
  say("locked")
  setInterval(() => {}, 1000)
} else {
  const inside = join(dir, "inside")
  const pause = new Int32Array(new SharedArrayBuffer(4))
  let taken = 0
  for (const end = performance.now() + 2000; performance.now() < end; ) {
    let release: () => void
    try {
      release = lockRun(dir)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      if (!(error instanceof RunInUse)) say(`violation: ${error.message}`)
      continue
    }
    taken++
    try {
      fs.closeSync(fs.openSync(inside, "wx"))
      Atomics.wait(pause, 0, 0, 1)
      fs.unlinkSync(inside)
    } catch (error) {
      say(`violation: ${error}`)
    }
    if (taken % 3 === 0) {
      const dead = JSON.stringify({ pid: 999_999_999, started: "1", host: hostname(), id: randomUUID() })
      fs.writeFileSync(join(dir, `dead-${process.pid}`), dead)
      fs.renameSync(join(dir, `dead-${process.pid}`), join(dir, "lock"))
    } else release()
  }
  say(`taken ${taken}`)
}
