// Two processes must not train into one folder, and a dead process must not lock it for ever.

import { type ChildProcess, spawn } from "node:child_process"
import fs from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, it } from "vitest"
import { lockRun } from "../../src/runs/lock.ts"
import { newFolder, sentence } from "./folders.ts"

const script = fileURLToPath(new URL("./lock-child.ts", import.meta.url))
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL")
})

function start(command: string, ...args: string[]) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] })
  children.push(child)
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()))
  let said = ""
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on("data", (text) => {
      said += text
      if (said.includes("\n")) resolve(said.split("\n")[0])
    })
  })
  return { child, ended, firstLine, said: () => said }
}
const writeLock = (dir: string, fields: object) =>
  fs.writeFileSync(join(dir, "lock"), JSON.stringify({ pid: 1, started: "1", host: hostname(), id: "00", ...fields }))

describe("a lock", () => {
  it("refuses a second process and names the first, until that one is killed", async () => {
    const dir = newFolder()
    const { child, ended, firstLine } = start(process.execPath, script, dir, "hold")
    expect(await firstLine).toBe("locked")
    const message = sentence(() => lockRun(dir))
    expect(message).toContain(`process ${child.pid}`)
    expect(message).toContain(dir)
    child.kill("SIGKILL")
    await ended
    lockRun(dir)()
  })

  it("can be taken again after it was given back, and leaves nothing behind", () => {
    const dir = newFolder()
    const release = lockRun(dir)
    expect(sentence(() => lockRun(dir))).toContain(`process ${process.pid}`)
    release()
    release()
    expect(fs.readdirSync(dir)).toEqual([])
    lockRun(dir)()
  })

  it("is not given back by one that lost it", () => {
    const dir = newFolder()
    const release = lockRun(dir)
    writeLock(dir, {})
    release()
    expect(fs.existsSync(join(dir, "lock"))).toBe(true)
  })

  it.each<[string, object]>([
    ["whose process is gone", { pid: 999_999_999 }],
    ["whose pid belongs to a newer process now", { pid: process.pid, started: "1" }],
    ["whose content a power failure lost", { pid: "", id: 7 }],
  ])("%s does not lock the run for ever", (what, fields) => {
    if (what.includes("newer") && !fs.existsSync("/proc/self/stat")) return
    const dir = newFolder()
    writeLock(dir, fields)
    const release = lockRun(dir)
    expect(JSON.parse(fs.readFileSync(join(dir, "lock"), "utf8")).pid).toBe(process.pid)
    release()
    expect(fs.readdirSync(dir)).toEqual([])
  })

  it("that is a file of the user's is not touched", () => {
    const dir = newFolder()
    fs.writeFileSync(join(dir, "lock"), "the lock of my bicycle: 1234")
    expect(sentence(() => lockRun(dir))).toContain("is no lock of this program")
    expect(fs.readFileSync(join(dir, "lock"), "utf8")).toContain("bicycle")
    expect(fs.readdirSync(dir)).toEqual(["lock"])
  })

  it("that is empty does not lock the run for ever", () => {
    const dir = newFolder()
    fs.writeFileSync(join(dir, "lock"), "")
    lockRun(dir)()
    expect(fs.readdirSync(dir)).toEqual([])
  })

  it("whose process died while it took over a dead one's does not lock the run for ever", () => {
    const dir = newFolder()
    writeLock(dir, { pid: 999_999_999, id: "aa" })
    const taker = { pid: 999_999_998, started: "1", host: hostname(), id: "bb" }
    fs.writeFileSync(join(dir, "lock.aa"), JSON.stringify(taker))
    fs.writeFileSync(join(dir, ".lock.999999998.bb.tmp"), JSON.stringify(taker))
    lockRun(dir)()
    expect(fs.readdirSync(dir)).toEqual([])
  })

  it.runIf(process.platform === "linux")("of a live process that takes over a dead one's is respected", () => {
    const dir = newFolder()
    writeLock(dir, { pid: 999_999_999, id: "aa" })
    const started = fs.readFileSync(`/proc/${process.pid}/stat`, "latin1").split(") ")[1].split(" ")[19]
    const taker = { pid: process.pid, started, host: hostname(), id: "bb" }
    fs.writeFileSync(join(dir, "lock.aa"), JSON.stringify(taker))
    expect(sentence(() => lockRun(dir))).toContain(`process ${process.pid}`)
  })

  it.runIf(process.platform === "linux")(
    "of a process that has ended but was not collected counts as dead",
    async () => {
      const dir = newFolder()
      const { firstLine } = start("sh", "-c", "sleep 0.3 & echo $!; exec sleep 20")
      const pid = Number(await firstLine)
      const ended = () => / Z /u.test(fs.readFileSync(`/proc/${pid}/stat`, "latin1"))
      await expect.poll(ended).toBe(true)
      const started = fs.readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ")[19]
      writeLock(dir, { pid, started })
      lockRun(dir)()
    },
  )

  it.runIf(process.platform !== "win32")("that is a link to nothing is refused, and does not go on for ever", () => {
    const dir = newFolder()
    fs.symlinkSync(join(dir, "nothing"), join(dir, "lock"))
    expect(sentence(() => lockRun(dir))).toContain(`${join(dir, "lock")} is there but cannot be read`)
    expect(fs.readdirSync(dir)).toEqual(["lock"])
  })

  it("is given back without an error, whatever became of the folder", () => {
    const parent = newFolder()
    const changes: Record<string, (dir: string) => void> = {
      "is gone": (dir) => fs.rmSync(dir, { recursive: true }),
      "is a file now": (dir) => {
        fs.renameSync(dir, `${dir}-moved`)
        fs.writeFileSync(dir, "")
      },
      "has a folder of that name": (dir) => {
        fs.rmSync(join(dir, "lock"))
        fs.mkdirSync(join(dir, "lock"))
      },
    }
    for (const [name, change] of Object.entries(changes)) {
      const dir = join(parent, name)
      fs.mkdirSync(dir)
      const release = lockRun(dir)
      change(dir)
      expect(release, name).not.toThrow()
    }
  })

  it("of another machine is respected, and the sentence says what to do", () => {
    const dir = newFolder()
    writeLock(dir, { pid: 999_999_999, host: "elsewhere" })
    const message = sentence(() => lockRun(dir))
    expect(message).toContain("elsewhere")
    expect(message).toContain(`delete ${join(dir, "lock")}`)
  })

  it("that cannot be written is one sentence", () => {
    const dir = newFolder()
    fs.writeFileSync(join(dir, "file"), "")
    expect(sentence(() => lockRun(join(dir, "file")))).toContain("ENOTDIR")
    expect(sentence(() => lockRun(join(dir, "gone")))).toContain("ENOENT")
  })
})

it("lets only one of several processes in at a time, also while they race for dead locks", async () => {
  const dir = newFolder()
  const racers = Array.from({ length: 4 }, () => start(process.execPath, script, dir, "contend"))
  await Promise.all(racers.map(({ ended }) => ended))
  const said = racers.map(({ said }) => said()).join("")
  expect(said).not.toContain("violation")
  const taken = [...said.matchAll(/taken (\d+)/gu)].map(([, count]) => Number(count))
  expect(taken).toHaveLength(4)
  expect(taken.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(50)
})
