// The package as a stranger gets it: packed, installed into a folder with spaces and letters beyond ASCII, and
// used with a home that nobody can write. Nothing is fetched: its dependencies come from this clone.

import { execFile, spawn } from "node:child_process"
import fs from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, expect, it } from "vitest"
import { commands } from "../../src/cli/index.ts"
import { install, pack, win } from "./packed.ts"

const root = join(import.meta.dirname, "../..")
const folder = fs.mkdtempSync(join(tmpdir(), "neural-gpu-package-"))
const app = join(folder, "mein Projekt – 加法")
const tarball = join(folder, "neural-gpu.tgz")
const program = join(app, "node_modules/neural-gpu/bin/neural-gpu.mjs")
const bin = (name: string) => join(root, "node_modules/.bin", name)
const execute = promisify(execFile)

const manifest = JSON.parse(fs.readFileSync(join(root, "package.json"), "utf8"))

beforeAll(() => {
  fs.mkdirSync(app)
  fs.writeFileSync(join(app, "package.json"), '{ "private": true, "type": "module" }')
  pack(tarball)
  install(tarball, app)
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** No compiler is on the PATH, and the home folder is a file, which not even root can write into. */
const bare = () => {
  const home = join(folder, "home")
  fs.writeFileSync(home, "")
  const { SystemRoot } = process.env // Windows starts nothing without it
  return { SystemRoot, PATH: dirname(process.execPath), HOME: home, USERPROFILE: home, NO_COLOR: "1", TMPDIR: tmpdir() }
}
const run = (args: readonly string[], env: Record<string, string | undefined> = bare()) =>
  execute(process.execPath, [program, ...args], { cwd: app, env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )

it.each<[command: string, args: string[], says: RegExp]>([
  ["train", ["train", "copy", "--maps", "6", "--steps", "2", "--out", "run"], /run/u],
  ["train", ["train", "copy", "--resume", "run", "--steps", "3"], /run/u],
  ["eval", ["eval", "add", "--sizes", "4", "--samples", "16"], /100 %/u],
  ["run", ["run", "add", "1011+110"], /^10001$/mu],
  ["attack", ["attack", "add", "--sizes", "4", "--questions", "64"], /asked/u],
  ["trace", ["trace", "add", "1+1", "--png", "größe.png"], /größe\.png/u],
  ["ls", ["ls", "."], /run/u],
  ["info", ["info", "run"], /copy/u],
  ["metrics", ["metrics", "run", "--events", "done"], /reason/u],
  ["sweep", ["sweep", "seeds", "--task", "copy", "--steps", "1", "--runs", "1", "--sizes", "2"], /sweeps/u],
  ["tasks", ["tasks"], /^ *mul\b/mu],
  ["models", ["models"], /lstm/u],
  ["devices", ["devices"], /wasm/u],
  ["bench", ["bench", "--workers", "1"], /wasm/u],
  ["complete", ["complete", "bash"], /neural-gpu/u],
])("%s works without a C compiler and with a read-only home: %j", async (_, args, says) => {
  const { code, stdout, stderr } = await run(args)
  expect(code, stderr).toBe(0)
  expect(stdout + stderr).toMatch(says)
})

it("play serves the page", async () => {
  const child = spawn(process.execPath, [program, "play", "--no-open", "--port", "0"], { cwd: app, env: bare() })
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = ""
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (data) => {
          said += data
          const [found] = /http:\/\/\S+/u.exec(said) ?? []
          if (found !== undefined) resolve(found)
        })
      child.on("close", () => reject(new Error(said)))
    })
    expect(await (await fetch(url)).text()).toContain("<script")
  } finally {
    child.kill()
  }
})

it("every command has been run", () => {
  const tested = ["train", "eval", "run", "attack", "trace", "ls", "info", "metrics", "sweep", "tasks", "models"]
  expect(commands.map(({ name }) => name).sort()).toEqual([...tested, "devices", "bench", "play"].sort())
})

it("run answers with a C compiler as well", async () => {
  const home = fs.mkdtempSync(join(folder, "home-"))
  const { code, stdout, stderr } = await run(["run", "add", "1011+110"], {
    ...process.env,
    HOME: home,
    USERPROFILE: home,
  })
  expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: "10001\n" })
})

it("run answers where the native library is missing", async () => {
  const [koffi, away] = [join(app, "node_modules/koffi"), join(folder, "koffi")]
  fs.renameSync(koffi, away)
  const { code, stdout, stderr } = await run(["run", "add", "1011+110"], process.env)
  fs.renameSync(away, koffi)
  expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: "10001\n" })
})

it("a strict TypeScript program compiles against it", async () => {
  fs.copyFileSync(join(root, "test/types/consumer/library.ts"), join(app, "library.ts"))
  for (const name of ["@types", "undici-types"])
    fs.symlinkSync(join(root, "node_modules", name), join(app, "node_modules", name), "junction")
  const compilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
    ...{ module: "nodenext", target: "es2024", lib: ["es2024"], types: ["node"], noEmit: true },
  }
  fs.writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["library.ts"] }))
  const found = await execute(bin("tsc"), ["-p", "."], { cwd: app, shell: win }).catch((error) => error)
  expect(found.stdout).toBe("")
})

it("a program imports it by its name", async () => {
  fs.writeFileSync(
    join(app, "ask.mjs"),
    'import { load } from "neural-gpu"\nimport "neural-gpu/engine"\nimport "neural-gpu/browser"\nconsole.log((await (await load("add")).predict("1+1")).answer)\n',
  )
  expect((await execute(process.execPath, ["ask.mjs"], { cwd: app, env: bare() })).stdout).toBe("10\n")
})

it("publint and attw find nothing", async () => {
  const installed = join(app, "node_modules/neural-gpu")
  const linted = await execute(bin("publint"), ["run", installed, "--pack", "false", "--strict"], { shell: win })
  expect(linted.stdout).toContain("All good!")
  // --profile esm-only: the package is ESM; Node 22 can require it
  await execute(bin("attw"), [tarball, "--profile", "esm-only"], { shell: win }) // it fails where it finds something
})

it("is small", () => {
  const sizeOf = (path: string): number =>
    fs
      .readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + fs.statSync(join(entry.parentPath, entry.name)).size, 0)
  expect(fs.statSync(tarball).size).toBeLessThan(2.5e6)
  expect(sizeOf(join(app, "node_modules/neural-gpu"))).toBeLessThan(4.5e6)
  expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(6)
})
