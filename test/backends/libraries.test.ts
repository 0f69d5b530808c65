// Compiled kernels are code. One that somebody else put there must never run, and one that a power failure
// damaged must not end every command until the user finds it.

import { spawn } from "node:child_process"
import fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import koffi from "koffi"
import { beforeEach, describe, expect, it } from "vitest"
import { cacheFolder, privateFolder } from "#private-folder"
import { createBackend } from "../../src/backends/index.ts"
import { findCompiler } from "../../src/backends/native/compiler.ts"
import { library } from "../../src/backends/native/libraries.ts"
import { run } from "../cli/program.ts"
import { newFolder } from "../runs/folders.ts"

const compiler = findCompiler(process.env)
const named = (process.env.BACKENDS ?? "native").split(",").some((name) => /native|gcc|clang/.test(name))
const source = "int answer(void) { return 42; }\n"
const root = process.geteuid?.() === 0
const posix = process.platform !== "win32"

let home = ""
let env: Record<string, string | undefined> = {}
beforeEach(() => {
  home = newFolder()
  env = { ...process.env, XDG_CACHE_HOME: home }
})
const folderOf = () => join(home, "neural-gpu", "native")
const libraries = () => fs.readdirSync(folderOf()).filter((name) => name.endsWith(".so"))

/** Compiles or finds the library, asks it, and tells from which paths it was loaded. */
async function ask(load = koffi.load): Promise<{ answer: number; paths: string[] }> {
  if (!compiler) throw new Error("no compiler")
  const paths: string[] = []
  const loaded = await library(compiler, source, env, (path) => {
    const made = load(path)
    paths.push(path)
    return made
  })
  const answer = loaded.func("int answer(void)")() as number
  loaded.unload()
  return { answer, paths }
}

/** Moves the library away and makes something else in its place. */
const replacedBy = (make: (path: string) => void) => (path: string) => {
  fs.renameSync(path, join(home, "moved"))
  make(path)
}

describe.runIf(compiler && named)("compiled kernels", () => {
  it("are compiled once, and nothing else is left", async () => {
    const first = await ask()
    const second = await ask()
    expect([first.answer, second.answer]).toEqual([42, 42])
    expect(second.paths).toEqual(first.paths)
    expect(fs.readdirSync(folderOf())).toEqual(libraries())
    expect(libraries()).toHaveLength(1)
  })

  it.each<[string, (path: string) => void]>([
    ["empty", (path) => fs.truncateSync(path, 0)],
    ["cut", (path) => fs.truncateSync(path, 5000)],
    ["cut by its last byte", (path) => fs.truncateSync(path, fs.statSync(path).size - 1)],
    [
      "changed in one bit",
      (path) =>
        fs.writeFileSync(
          path,
          fs.readFileSync(path).map((x, i) => (i === 4200 ? x ^ 1 : x)),
        ),
    ],
    ["made of zeros", (path) => fs.writeFileSync(path, new Uint8Array(fs.statSync(path).size))],
    ["a folder", replacedBy((path) => fs.mkdirSync(path))],
    ["a link", replacedBy((path) => fs.symlinkSync(join(home, "moved"), path))],
    ["a link to nothing", replacedBy((path) => fs.symlinkSync(join(home, "nothing"), path))],
  ])("that are %s are compiled again", async (_, damage) => {
    const whole = await ask()
    const bytes = fs.readFileSync(whole.paths[0])
    damage(whole.paths[0])
    expect((await ask()).answer).toBe(42)
    expect(libraries()).toHaveLength(1)
    expect(fs.lstatSync(whole.paths[0]).isFile()).toBe(true)
    expect(fs.readFileSync(whole.paths[0]).equals(bytes)).toBe(true)
  })

  it("come from a temporary folder, which is removed, where the kept ones cannot be loaded", async () => {
    const noexec = (path: string) => {
      if (path.startsWith(home)) throw new Error("failed to map segment from shared object")
      return koffi.load(path)
    }
    const { answer, paths } = await ask(noexec as typeof koffi.load)
    expect(answer).toBe(42)
    expect(paths).toHaveLength(1)
    expect(paths[0].startsWith(tmpdir())).toBe(true)
    expect(fs.existsSync(join(paths[0], ".."))).toBe(false)
  })

  it.runIf(posix)("are not looked for in a folder that others can write, and the user is told", async () => {
    const { paths } = await ask()
    fs.chmodSync(folderOf(), 0o777)
    const again = await ask()
    expect(again.answer).toBe(42)
    expect(again.paths).not.toEqual(paths)
    const { backend, note } = await createBackend("auto", { workers: 1, env, ownThread: true })
    expect(backend.name).toBe("native")
    expect(note).toBe(`kernels are compiled at every start: others can use ${folderOf()}; delete it`)
  })

  it.runIf(root)("are not looked for in a folder or file of another user", async () => {
    const { paths } = await ask()
    fs.chownSync(paths[0], 4002, 4002)
    expect((await ask()).paths).toEqual(paths)
    expect(fs.statSync(paths[0]).uid).toBe(0) // compiled again
    fs.chownSync(folderOf(), 4002, 4002)
    expect((await ask()).paths).not.toEqual(paths)
    expect(privateFolder(env, "native").reason).toBe(`${folderOf()} belongs to another user`)
  })

  it("without any usable folder give way to WebAssembly, in one sentence", async () => {
    const TMPDIR = process.env.TMPDIR
    fs.writeFileSync(join(home, "file"), "")
    try {
      process.env.TMPDIR = join(home, "missing")
      const options = { workers: 1, env: { ...env, XDG_CACHE_HOME: join(home, "file") }, ownThread: true }
      const { backend, note } = await createBackend("auto", options)
      expect(backend.name).toBe("wasm")
      expect(note).toMatch(/^native is not used: kernels cannot be compiled and loaded \(ENOENT.*\)$/)
      await expect(createBackend("native", options)).rejects.toThrow(/^device native is not available: kernels cannot/)
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
    }
  })

  it("come from a compiler that CC names from the present folder", async () => {
    const before = process.cwd()
    fs.symlinkSync(compiler?.path ?? "", join(home, "mine"))
    try {
      process.chdir(home)
      const mine = findCompiler({ ...env, CC: "./mine" })
      expect(mine?.path).toBe(join(fs.realpathSync(home), "mine"))
      if (mine) (await library(mine, source, env, koffi.load)).unload()
    } finally {
      process.chdir(before)
    }
  })

  it("stay within a size, and what killed processes left is removed", async () => {
    await ask()
    const fake = (digit: string) => join(folderOf(), `${digit.repeat(32)}-${digit.repeat(32)}.so`)
    for (const digit of ["1", "2"]) {
      fs.writeFileSync(fake(digit), "")
      fs.truncateSync(fake(digit), 200 * 2 ** 20)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    fs.mkdirSync(join(folderOf(), "work-old"))
    fs.utimesSync(join(folderOf(), "work-old"), 1, 1)
    fs.mkdirSync(join(folderOf(), "work-new"))
    const old = join(folderOf(), "..", `${"a".repeat(32)}.12.${"b".repeat(8)}.c`)
    fs.writeFileSync(old, "")
    if (compiler) (await library(compiler, "int other(void) { return 1; }\n", env, koffi.load)).unload()
    expect(fs.existsSync(fake("1"))).toBe(false)
    expect(fs.existsSync(fake("2"))).toBe(true)
    expect(fs.readdirSync(folderOf()).filter((name) => name.startsWith("work-"))).toEqual(["work-new"])
    expect(fs.existsSync(old)).toBe(false)
  })

  it.runIf(process.platform === "linux")("a compiler ends with the process that started it", async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL("./compile-child.ts", import.meta.url))], { env })
    const work = () =>
      fs.existsSync(folderOf()) ? fs.readdirSync(folderOf()).filter((n) => n.startsWith("work-")) : []
    const compilers = () =>
      fs.readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && workOf(pid)?.startsWith(folderOf()))
    await expect.poll(() => compilers().length, { timeout: 60_000 }).toBeGreaterThan(2) // shell, driver, compiler
    child.kill("SIGKILL")
    await expect.poll(compilers, { timeout: 10_000 }).toEqual([])
    await expect.poll(work, { timeout: 10_000 }).toEqual([])
  })
})

/** The folder in which a process works; undefined if it has ended. */
function workOf(pid: string): string | undefined {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}

describe("the folder for code", () => {
  it("is at an absolute path, whatever XDG_CACHE_HOME says", () => {
    for (const XDG_CACHE_HOME of ["", "cache", "./x", undefined])
      expect(cacheFolder({ XDG_CACHE_HOME })).toMatch(/^(\/|[A-Z]:\\).*\.cache.neural-gpu$/)
  })

  it("is not one in which mkdir never ends", () => {
    if (process.platform === "linux")
      expect(privateFolder({ XDG_CACHE_HOME: "/proc/x/y" }, "js").reason).toMatch(/ENOENT/)
  })

  it.runIf(posix)("is not below a folder in which everybody can replace it", () => {
    fs.chmodSync(home, 0o777)
    expect(privateFolder(env, "js").reason).toBe(`everybody can write to ${fs.realpathSync(home)}`)
  })

  it.runIf(posix)("holds Node's compiled modules, which the temporary folder does not", async () => {
    const temporary = newFolder()
    const { code } = await run(["--version"], { cwd: home, env: { XDG_CACHE_HOME: home, TMPDIR: temporary } })
    expect(code).toBe(0)
    expect(fs.readdirSync(temporary)).toEqual([])
    const js = join(home, "neural-gpu", "js")
    expect(fs.statSync(js).mode & 0o777).toBe(0o700)
    expect(fs.readdirSync(js)).toHaveLength(1)
  })
})
