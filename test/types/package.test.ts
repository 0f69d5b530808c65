// The package's declarations as other people's compilers see them: strict, with and without a bundler, and for
// pages without Node's types.

import { execFile, execFileSync } from "node:child_process"
import fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, expect, it } from "vitest"

const root = join(import.meta.dirname, "../..")
const tsc = join(root, "node_modules/.bin/tsc")
let folder = ""

beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "neural-gpu-types-"))
  fs.cpSync(join(import.meta.dirname, "consumer"), folder, { recursive: true })
  const installed = join(folder, "node_modules/neural-gpu")
  fs.mkdirSync(installed, { recursive: true })
  fs.copyFileSync(join(root, "package.json"), join(installed, "package.json"))
  fs.writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n')
  for (const name of ["valibot", "@types", "undici-types"])
    fs.symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name))
  const args = ["-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", join(installed, "dist")]
  execFileSync(tsc, args, { cwd: root })
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false }
const node = { module: "nodenext", moduleResolution: "nodenext", lib: ["es2024"], types: ["node"] }
const page = { module: "esnext", moduleResolution: "bundler", lib: ["es2024", "dom"], types: [] }

it.each([
  ["library", "in Node", node],
  ["library", "with a bundler", { ...page, types: ["node"] }],
  ["engine", "in Node", node],
  ["engine", "on a page", page],
  ["browser", "on a page", page],
])("%s %s", async (file, _, options) => {
  const config = join(folder, `${file}.json`)
  const compilerOptions = { ...strict, ...options, target: "es2024", noEmit: true }
  fs.writeFileSync(config, JSON.stringify({ compilerOptions, files: [`${file}.ts`] }))
  const found = await promisify(execFile)(tsc, ["-p", config], { cwd: folder }).catch((error) => error)
  expect(found.stdout).toBe("")
})
