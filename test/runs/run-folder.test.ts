// The record in a run's folder, and what a crash does to its metrics.

import fs from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  appendMetrics,
  createRun,
  readMetrics,
  readRun,
  saveCheckpoint,
  truncateMetrics,
} from "../../src/runs/index.ts"
import { contents, fullDisk, newFolder, sentence, systemError, watchedDisk } from "./folders.ts"

const newRun = { config: { task: "add", sizes: [1, 20], nested: { lr: 0.005 } }, device: "reference", seed: 3 }

describe("a new run", () => {
  it("says what was asked for, by what and where it was made", () => {
    const dir = join(newFolder(), "deep", "run")
    const files = createRun(dir, newRun)
    const { config, info } = readRun(dir)
    expect(config).toEqual(newRun.config)
    expect(info).toMatchObject({ device: "reference", seed: 3, node: process.versions.node })
    expect(info.version).toMatch(/^\d+\.\d+\.\d+/u)
    expect(info.git === null || /^[0-9a-f]{40}(-dirty)?$/u.test(String(info.git))).toBe(true)
    expect(info.platform).toBe(`${process.platform} ${process.arch}`)
    expect(new Date(String(info.started)).toISOString()).toBe(info.started)
    expect(fs.readdirSync(dir).sort()).toEqual(["config.json", "run.json"])
    expect(files.metrics).toBe(join(dir, "metrics.jsonl"))
  })

  it("does not overwrite a run that is there, nor the rest of one", () => {
    const whole = newFolder()
    createRun(whole, newRun)
    const rest = newFolder()
    saveCheckpoint(rest, { step: 1, tensors: new Map(), state: {} })
    for (const dir of [whole, rest]) {
      const before = contents(dir)
      const message = sentence(() => createRun(dir, newRun))
      if (dir === whole) expect(message).toContain(`--resume ${dir}`)
      expect(message).toContain("--out")
      expect(contents(dir)).toEqual(before)
    }
  })

  it("does not overwrite a run that another process created just now", () => {
    const dir = newFolder()
    const disk = watchedDisk((_, name) => {
      if (name === "linkSync") fs.writeFileSync(join(dir, "config.json"), "{}")
    })
    expect(sentence(() => createRun(dir, newRun, disk))).toContain("--resume")
    expect(contents(dir)).toEqual({ "config.json": Buffer.from("{}").toString("base64") })
  })

  it("also works where the file system knows no hard links", () => {
    const dir = newFolder()
    const disk = watchedDisk((_, name) => {
      if (name === "linkSync") throw systemError("EPERM")
    })
    createRun(dir, newRun, disk)
    expect(readRun(dir).config).toEqual(newRun.config)
    expect(fs.readdirSync(dir).sort()).toEqual(["config.json", "run.json"])
  })

  it.each(["run.json", "lock", "kept-00000025.safetensors", "best.safetensors", "metrics.jsonl"])(
    "does not overwrite somebody's %s",
    (name) => {
      const dir = newFolder()
      fs.writeFileSync(join(dir, name), "mine")
      expect(sentence(() => createRun(dir, newRun))).toContain(`holds ${name}, which a run would overwrite`)
      expect(fs.readdirSync(dir)).toEqual([name])
    },
  )

  it("is a run only once it is known how it was made: a kill before leaves none", () => {
    for (let last = 0, killed = true; killed; last++) {
      killed = false
      const dir = newFolder()
      const disk = watchedDisk((call) => {
        if (call < last) return
        killed = true
        throw new RangeError("killed")
      })
      try {
        createRun(dir, newRun, disk)
      } catch (error) {
        expect((error as Error).message).toBe("killed")
      }
      if (fs.existsSync(join(dir, "config.json"))) expect(readRun(dir).info.device).toBe(newRun.device)
      expect(last).toBeLessThan(100)
    }
  })

  it("may use a folder that holds something else", () => {
    const dir = newFolder()
    fs.writeFileSync(join(dir, "notes.txt"), "")
    createRun(dir, newRun)
  })

  it("is refused with one sentence where no folder can be, and where the disk is full", () => {
    const dir = newFolder()
    fs.writeFileSync(join(dir, "file"), "")
    expect(sentence(() => createRun(join(dir, "file", "run"), newRun))).toContain("ENOTDIR")
    expect(sentence(() => createRun(join(dir, "file"), newRun))).toContain("--out")
    expect(sentence(() => createRun(join(dir, "run"), newRun, fullDisk()))).toContain("ENOSPC")
    expect(fs.readdirSync(join(dir, "run"))).toEqual([])
  })

  it("is all there or not there, at whichever call the disk fails", () => {
    for (let failing = 0, failed = true; failed; failing++) {
      failed = false
      const dir = newFolder()
      const disk = watchedDisk((call, name) => {
        if (call !== failing) return
        failed = true
        if (name !== "closeSync") throw systemError("EIO")
      })
      try {
        createRun(dir, newRun, disk)
        expect(readRun(dir).config).toEqual(newRun.config)
      } catch {
        if (fs.existsSync(join(dir, "config.json"))) {
          expect(readRun(dir).config).toEqual(newRun.config)
          expect(readRun(dir).info.device, `call ${failing}`).toBe(newRun.device)
        }
      }
      expect(failing).toBeLessThan(100)
    }
  })

  it("is not found where there is none, or a damaged one, and the sentence says which", () => {
    const dir = newFolder()
    expect(sentence(() => readRun(dir))).toContain("is not a run")
    expect(sentence(() => readRun(join(dir, "gone")))).toContain("is not a run")
    for (const text of ["", "{", "[]", "null", '"x"']) {
      fs.writeFileSync(join(dir, "config.json"), text)
      expect(sentence(() => readRun(dir))).toContain("config.json is damaged")
    }
  })
})

describe("the measurements", () => {
  const rows = [
    { step: 100, loss: 0.5 },
    { step: 200, loss: 0.25, task: "add\n" },
    { step: 300, exact: 1 },
  ]
  const written = () => {
    const file = join(newFolder(), "metrics.jsonl")
    for (const row of rows) appendMetrics(file, row)
    return file
  }

  it("come back as they were written", () => {
    expect(readMetrics(written())).toEqual(rows)
    expect(readMetrics("/nowhere/metrics.jsonl")).toEqual([])
  })

  it("survive a last line torn at any byte, and the next row does not stick to it", () => {
    const file = written()
    const whole = fs.readFileSync(file)
    for (let length = 0; length < whole.length; length++) {
      fs.writeFileSync(file, whole.subarray(0, length))
      const kept = readMetrics(file)
      expect(rows.slice(0, kept.length)).toEqual(kept)
      appendMetrics(file, { step: 400 })
      expect(readMetrics(file)).toEqual([...kept, { step: 400 }])
    }
  })

  it("survive a torn line longer than any buffer", () => {
    const file = written()
    for (const length of [4095, 4096, 4097, 100_000]) {
      fs.appendFileSync(file, "x".repeat(length))
      expect(readMetrics(file)).toEqual(rows)
      truncateMetrics(file, 300)
      expect(readMetrics(file)).toEqual(rows)
      fs.appendFileSync(file, "\0".repeat(length))
      appendMetrics(file, { step: 301 })
      truncateMetrics(file, 300)
    }
    expect(readMetrics(file)).toEqual(rows)
  })

  it("have no step twice after a resume", () => {
    const file = written()
    truncateMetrics(file, 200)
    expect(readMetrics(file)).toEqual(rows.slice(0, 2))
    appendMetrics(file, { step: 300, loss: 0.1 })
    expect(readMetrics(file).map(({ step }) => step)).toEqual([100, 200, 300])
    truncateMetrics(file, 0)
    expect(readMetrics(file)).toEqual([])
    truncateMetrics(join(newFolder(), "metrics.jsonl"), 5)
  })

  it("lose a damaged line on resume, and name it on reading", () => {
    const file = written()
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace('{"step":200', "###"))
    expect(sentence(() => readMetrics(file))).toContain("line 2")
    truncateMetrics(file, 300)
    expect(readMetrics(file)).toEqual([rows[0], rows[2]])
  })

  it("stay whole when the disk is full, with one sentence", () => {
    const file = written()
    expect(sentence(() => appendMetrics(file, { step: 400, note: "x".repeat(100) }, fullDisk()))).toContain("ENOSPC")
    expect(readMetrics(file)).toEqual(rows)
    expect(fs.readFileSync(file, "utf8").endsWith("\n")).toBe(true)
    expect(sentence(() => truncateMetrics(file, 100, fullDisk()))).toContain("ENOSPC")
    expect(readMetrics(file)).toEqual(rows)
  })

  it("are read, or refused with a sentence, whatever bytes the file holds", () => {
    const file = join(newFolder(), "metrics.jsonl")
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        fs.writeFileSync(file, bytes)
        try {
          readMetrics(file)
        } catch (error) {
          expect((error as Error).name).toBe("UserError")
        }
        truncateMetrics(file, 1)
        appendMetrics(file, { step: 1 })
        expect(readMetrics(file).at(-1)).toEqual({ step: 1 })
      }),
    )
  })
})
