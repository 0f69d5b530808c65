// What a user loses when checkpoints are damaged, the disk fails, or the process is killed.

import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { random } from "../../src/core/rng.ts"
import { decodeSafetensors, encodeSafetensors, type Tensor } from "../../src/formats/safetensors.ts"
import { type Checkpoint, latestCheckpoint, loadCheckpoint, saveCheckpoint } from "../../src/runs/checkpoint.ts"
import { contents, fullDisk, newFolder, sentence, systemError, watchedDisk } from "./folders.ts"

const checkpoint = (step: number): Checkpoint => ({
  step,
  tensors: new Map<string, Tensor>([
    ["weight", { shape: [2, 2], data: new Float32Array([step, 0.1, -0, 1e-40]) }],
    ["moments", { shape: [2], data: new Float64Array([step, 1 / 3]) }],
    ["counter", { shape: [], data: new BigInt64Array([BigInt(step)]) }],
  ]),
  state: { curriculum: { size: 20, best: 0.1 + 0.2 }, names: ["ä", null, true] },
})
const names = (dir: string) => fs.readdirSync(dir).sort()
const nameOf = (step: number) => `checkpoint-${String(step).padStart(8, "0")}.safetensors`

describe("saving and loading", () => {
  it("gives back step, tensors and state, bit for bit", () => {
    const dir = newFolder()
    const saved = checkpoint(7)
    const file = saveCheckpoint(dir, saved)
    expect(file).toBe(join(dir, "checkpoint-00000007.safetensors"))
    const loaded = loadCheckpoint(file)
    expect(loaded.step).toBe(7)
    expect(loaded.state).toEqual(saved.state)
    expect(new Map([...loaded.tensors].sort())).toEqual(new Map([...saved.tensors].sort()))
  })

  it("gives back any JSON state exactly, also numbers with all their digits", () => {
    const dir = newFolder()
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0) // JSON knows no -0
    const json = fc.letrec((tie) => ({
      value: fc.oneof(finite, fc.string(), fc.boolean(), fc.constant(null), fc.array(tie("value")), tie("object")),
      object: fc.dictionary(
        fc.string().filter((key) => key !== "__proto__"),
        tie("value"),
        { noNullPrototype: true },
      ),
    })).object as fc.Arbitrary<object>
    fc.assert(
      fc.property(json, (state) => {
        const file = saveCheckpoint(dir, { step: 1, tensors: new Map(), state })
        expect(JSON.stringify(loadCheckpoint(file).state)).toBe(JSON.stringify(state))
      }),
      { numRuns: 50 },
    )
  })

  it("keeps the last two, so that a damaged newest one costs only the steps since the one before", () => {
    const dir = newFolder()
    for (const step of [1, 2, 10, 100]) saveCheckpoint(dir, checkpoint(step))
    expect(names(dir)).toEqual([nameOf(10), nameOf(100)])
    expect(latestCheckpoint(dir).latest?.checkpoint.step).toBe(100)
  })

  it("keeps what it just saved when the run went back to an earlier step, and forgets the abandoned future", () => {
    const dir = newFolder()
    for (const step of [100, 300, 400]) saveCheckpoint(dir, checkpoint(step))
    saveCheckpoint(dir, checkpoint(350))
    expect(names(dir)).toEqual([nameOf(300), nameOf(350)])
  })

  it("can save the same step twice, as a signal just after a regular save does", () => {
    const dir = newFolder()
    for (const step of [1, 2, 2]) saveCheckpoint(dir, checkpoint(step))
    expect(names(dir)).toEqual([nameOf(1), nameOf(2)])
  })

  it("counts steps beyond eight digits", () => {
    const dir = newFolder()
    for (const step of [99_999_999, 100_000_000]) saveCheckpoint(dir, checkpoint(step))
    expect(latestCheckpoint(dir).latest?.checkpoint.step).toBe(100_000_000)
  })

  it("clears away what a killed process left half written, and nothing else", () => {
    const dir = newFolder()
    for (const name of [
      ".checkpoint-00000001.safetensors.123.tmp",
      ".metrics.jsonl.5.tmp",
      "notes.tmp",
      "checkpoint-1.txt",
    ])
      fs.writeFileSync(join(dir, name), "x")
    saveCheckpoint(dir, checkpoint(2))
    expect(names(dir)).toEqual([nameOf(2), "checkpoint-1.txt", "notes.tmp"].sort())
  })

  it("does not save weights that are not finite, which would push out the good ones", () => {
    const dir = newFolder()
    for (const step of [1, 2]) saveCheckpoint(dir, checkpoint(step))
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const tensors = new Map([["weight", { shape: [2], data: new Float32Array([0, value]) }]])
      expect(() => saveCheckpoint(dir, { step: 3, tensors, state: {} })).toThrow(/place 1 of tensor "weight"/u)
    }
    expect(names(dir)).toEqual([nameOf(1), nameOf(2)])
  })

  it("does not save a state that would come back different", () => {
    const dir = newFolder()
    for (const value of [Number.NaN, 1n, () => 0, new Float32Array(1), new Map(), [undefined]])
      expect(() => saveCheckpoint(dir, { step: 1, tensors: new Map(), state: { a: { b: value } } })).toThrow(
        /^state\.a\.b/u,
      )
    expect(() => saveCheckpoint(dir, { ...checkpoint(1), step: 1.5 })).toThrow(RangeError)
    expect(names(dir)).toEqual([])
  })
})

describe("a damaged checkpoint", () => {
  it("is refused with a sentence whichever byte was changed, and never loaded", () => {
    const dir = newFolder()
    const file = saveCheckpoint(dir, checkpoint(3))
    const good = fs.readFileSync(file)
    for (let at = 0; at < good.length; at++)
      for (const flip of [1, 0x80]) {
        const damaged = Buffer.from(good)
        damaged[at] ^= flip
        fs.writeFileSync(file, damaged)
        expect(
          sentence(() => loadCheckpoint(file)),
          `byte ${at}`,
        ).toContain(file)
      }
  })

  it("is refused with a sentence wherever it was cut off", () => {
    const file = saveCheckpoint(newFolder(), checkpoint(3))
    const good = fs.readFileSync(file)
    for (let length = 0; length < good.length; length++) {
      fs.writeFileSync(file, good.subarray(0, length))
      expect(
        sentence(() => loadCheckpoint(file)),
        `${length} bytes`,
      ).toContain(file)
    }
  })

  it("makes the run go on from the one before, and says why", () => {
    const dir = newFolder()
    for (const step of [1, 2]) saveCheckpoint(dir, checkpoint(step))
    fs.truncateSync(join(dir, nameOf(2)), 100)
    const { latest, skipped } = latestCheckpoint(dir)
    expect(latest?.checkpoint.step).toBe(1)
    expect(latest?.file).toBe(join(dir, nameOf(1)))
    expect(skipped).toHaveLength(1)
    expect(skipped[0]).toContain(nameOf(2))
  })

  it("leaves nothing to go on from when all are damaged, and says why for each", () => {
    const dir = newFolder()
    for (const step of [1, 2]) fs.writeFileSync(join(dir, nameOf(step)), "")
    const { latest, skipped } = latestCheckpoint(dir)
    expect(latest).toBeUndefined()
    expect(skipped).toHaveLength(2)
  })

  it("is refused when it is of another version, another format or another step", () => {
    const dir = newFolder()
    const file = saveCheckpoint(dir, checkpoint(3))
    const { tensors, metadata } = decodeSafetensors(fs.readFileSync(file))
    const changed = (key: string, value: string | undefined) => {
      const fields = new Map(metadata)
      if (value === undefined) fields.delete(key)
      else fields.set(key, value)
      fs.writeFileSync(file, encodeSafetensors(tensors, fields))
      return sentence(() => loadCheckpoint(file))
    }
    expect(changed("version", "1")).toContain("version")
    expect(changed("format", "pt")).toContain("format")
    expect(changed("step", "4")).toContain("expected 3 as in its name")
    expect(changed("step", "3.5")).toContain("step")
    expect(changed("state", "{}")).toContain("digest")
    for (const key of metadata.keys()) expect(changed(key, undefined)).toContain(`no ${key}`)
    fs.writeFileSync(file, encodeSafetensors(new Map()))
    expect(sentence(() => loadCheckpoint(file))).toContain("no format")
  })

  it("is refused when its numbers are not finite, though its digest is right", () => {
    const file = join(newFolder(), nameOf(1))
    for (const value of [1, Number.NaN, Number.NEGATIVE_INFINITY]) {
      const data = new Float64Array([0, value])
      // the digest, computed independently: old checkpoints must stay readable
      const sha256 = createHash("sha256")
        .update('["neural-gpu checkpoint",2,1,"{}"]\n["weight","F64",[2]]\n')
        .update(new Uint8Array(data.buffer))
        .digest("hex")
      const fields = { format: "neural-gpu checkpoint", version: "2", step: "1", state: "{}", sha256 }
      const tensors = new Map([["weight", { shape: [2], data }]])
      fs.writeFileSync(file, encodeSafetensors(tensors, new Map(Object.entries(fields))))
      if (Number.isFinite(value)) expect(loadCheckpoint(file).tensors).toEqual(tensors)
      else expect(sentence(() => loadCheckpoint(file))).toContain(`${value} at place 1 of tensor "weight"`)
    }
  })

  it("is refused when the file or the folder is not there", () => {
    expect(sentence(() => loadCheckpoint("/nowhere/checkpoint-00000001.safetensors"))).toContain("ENOENT")
    expect(sentence(() => latestCheckpoint("/nowhere"))).toContain("ENOENT")
  })
})

describe("a disk that fails", () => {
  it("gives one sentence when it is full, and keeps what was there", () => {
    const dir = newFolder()
    for (const step of [1, 2]) saveCheckpoint(dir, checkpoint(step))
    const before = contents(dir)
    const message = sentence(() => saveCheckpoint(dir, checkpoint(3), fullDisk()))
    expect(message).toContain(dir)
    expect(message).toContain("ENOSPC, the disk is full")
    expect(contents(dir)).toEqual(before)
  })

  const codes = ["EROFS", "EACCES", "EIO", "EDQUOT", "ESTALE", ...(process.platform === "linux" ? ["EUCLEAN"] : [])]
  it.each(codes.flatMap((code) => ["open", "write"].map((call) => [code, call])))(
    "gives one sentence for %s of %s, and keeps what was there",
    (code, call) => {
      const dir = newFolder()
      saveCheckpoint(dir, checkpoint(1))
      const before = contents(dir)
      const disk = watchedDisk((_, name) => {
        if (name === `${call}Sync`) throw systemError(code, call)
      })
      expect(sentence(() => saveCheckpoint(dir, checkpoint(2), disk))).toContain(`${code}, `)
      expect(contents(dir)).toEqual(before)
    },
  )

  it("takes an error that nobody knows for the system's, but no mistake of this program", () => {
    const dir = newFolder()
    const failing = (error: Error) =>
      watchedDisk((_, name) => {
        if (name === "writeSync") throw error
      })
    const unknown = Object.assign(new Error("unknown"), { errno: -4321, code: "UNKNOWN", syscall: "write" })
    expect(sentence(() => saveCheckpoint(dir, checkpoint(2), failing(unknown)))).toContain("error 4321, the operating")
    const mistake = new TypeError("x is not a function")
    expect(() => saveCheckpoint(dir, checkpoint(2), failing(mistake))).toThrow(mistake)
  })

  it("gives one sentence for a folder that cannot be one or is gone", () => {
    const dir = newFolder()
    fs.writeFileSync(join(dir, "file"), "")
    expect(sentence(() => saveCheckpoint(join(dir, "file", "run"), checkpoint(1)))).toContain("ENOTDIR")
    expect(sentence(() => saveCheckpoint(join(dir, "gone"), checkpoint(1)))).toContain("ENOENT")
  })

  it("never costs the run, at whichever call it fails, once or from then on", () => {
    for (const lasting of [false, true])
      for (let failing = 0; ; failing++) {
        const dir = newFolder()
        for (const step of [1, 2]) saveCheckpoint(dir, checkpoint(step))
        let failed = false
        const disk = watchedDisk((call, name) => {
          if (call !== failing && !(lasting && call > failing)) return
          failed = true
          if (name !== "closeSync") throw systemError("EIO")
        })
        let saved = true
        try {
          saveCheckpoint(dir, checkpoint(3), disk)
        } catch {
          saved = false
        }
        const { latest, skipped } = latestCheckpoint(dir)
        expect(skipped).toEqual([])
        if (saved) expect(latest?.checkpoint.step).toBe(3)
        else expect([2, 3]).toContain(latest?.checkpoint.step)
        saveCheckpoint(dir, checkpoint(4))
        expect(names(dir)).toHaveLength(2)
        if (!failed) break
        expect(failing).toBeLessThan(100)
      }
  })

  it("that writes other bytes than it was given is noticed before the older checkpoint goes", () => {
    const dir = newFolder()
    for (const step of [1, 2]) saveCheckpoint(dir, checkpoint(step))
    const before = contents(dir)
    const writeSync = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) => {
      const damaged = bytes.slice()
      damaged[damaged.length - 1] ^= 1
      return fs.writeSync(fd, damaged, offset, length, position)
    }
    const disk = { ...fs, writeSync: writeSync as typeof fs.writeSync }
    expect(sentence(() => saveCheckpoint(dir, checkpoint(3), disk))).toContain("reads back damaged")
    expect(contents(dir)).toEqual(before)
  })

  it("has the new checkpoint safe, name and content, before the older one goes", () => {
    const dir = newFolder()
    for (const step of [1, 2]) saveCheckpoint(dir, checkpoint(step))
    const order: string[] = []
    const opened: string[] = []
    const disk = watchedDisk((_, name, args) => {
      if (name === "openSync") opened.push(args[0] === dir ? "folder" : "file")
      if (name === "fsyncSync") order.push(`fsync ${opened[opened.length - 1]}`)
      else if (["writeSync", "readFileSync", "renameSync", "unlinkSync"].includes(name)) order.push(name)
    })
    saveCheckpoint(dir, checkpoint(3), disk)
    expect(order).toEqual(["writeSync", "fsync file", "readFileSync", "renameSync", "fsync folder", "unlinkSync"])
  })
})

describe("kill -9", () => {
  const child = fileURLToPath(new URL("./saver-child.ts", import.meta.url))

  /**
   * Starts a saver in this folder, kills it after a random time, and returns the last step that it reported
   * as saved.
   */
  function killOnce(dir: string, delayMs: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const saver = spawn(process.execPath, [child, dir], { stdio: ["ignore", "pipe", "pipe"] })
      let said = ""
      let complaints = ""
      saver.stdout.on("data", (text) => {
        if (said === "") setTimeout(() => saver.kill("SIGKILL"), delayMs)
        said += text
      })
      saver.stderr.on("data", (text) => {
        complaints += text
      })
      saver.on("close", (_, signal) => {
        const lines = said.split("\n").slice(0, -1)
        if (signal !== "SIGKILL") reject(new Error(`the saver ended by itself: ${complaints}`))
        else resolve(Number(lines[lines.length - 1]) || 0)
      })
    })
  }

  // NEURAL_GPU_KILLS=64 for a long run
  it("at random moments never leaves a run that does not load, nor loses a step that was said to be saved", async () => {
    const kills = Number(process.env.NEURAL_GPU_KILLS ?? 8)
    const moments = random(64)
    let middle = 0
    const lane = async () => {
      const dir = newFolder()
      let announced = 0
      // until a kill came during a save
      for (let kill = 0; kill < kills / 2 || (middle === 0 && kill < 32); kill++) {
        announced = Math.max(announced, await killOnce(dir, moments.uniform() * 40))
        const { latest, skipped } = latestCheckpoint(dir)
        expect(skipped).toEqual([])
        const step = latest?.checkpoint.step ?? 0
        expect(step).toBeGreaterThanOrEqual(announced)
        if (latest !== undefined) {
          expect(latest.checkpoint.state).toEqual({ step })
          expect(latest.checkpoint.tensors.get("weight")?.data.every((value) => value === step)).toBe(true)
        }
        if (names(dir).some((name) => name.endsWith(".tmp"))) middle++
      }
    }
    await Promise.all([lane(), lane()])
    expect(middle).toBeGreaterThan(0)
  }, 300_000)
})
