// Faults of the folder that keeps compiled kernels.

import fs from "node:fs"
import { join } from "node:path"
import koffi from "koffi"
import { findCompiler } from "../../src/backends/native/compiler.ts"
import { library } from "../../src/backends/native/libraries.ts"
import type { Random } from "../../src/core/rng.ts"
import { type Promised, pick } from "./promise.ts"

const compiler = findCompiler(process.env)
const source = "int answer(void) { return 42; }\n"

type Fault = (folder: string, name: string, random: Random) => void
const rewrite = (file: string, change: (bytes: Buffer) => Uint8Array) =>
  fs.writeFileSync(file, change(fs.readFileSync(file)))

const faults: Readonly<Record<string, Fault>> = {
  "a changed bit": (folder, name, random) =>
    rewrite(join(folder, name), (bytes) => {
      bytes[random.below(bytes.length)] ^= 1 << random.below(8)
      return bytes
    }),
  "a block of zeros": (folder, name, random) =>
    rewrite(join(folder, name), (bytes) => bytes.fill(0, random.below(bytes.length))),
  "cut anywhere": (folder, name, random) =>
    rewrite(join(folder, name), (bytes) => bytes.subarray(0, random.below(bytes.length))),
  "longer than it was": (folder, name) => fs.appendFileSync(join(folder, name), "x"),
  "a folder in its place": (folder, name) => {
    fs.rmSync(join(folder, name))
    fs.mkdirSync(join(folder, name))
  },
  "a link in its place": (folder, name) => {
    fs.renameSync(join(folder, name), join(folder, "moved"))
    fs.symlinkSync("moved", join(folder, name))
  },
  "under another name": (folder, name) =>
    fs.renameSync(
      join(folder, name),
      join(
        folder,
        name.replace(/-./u, (c) => (c === "-0" ? "-1" : "-0")),
      ),
    ),
  "everybody may write the folder": (folder) => fs.chmodSync(folder, 0o777),
  "no folder": (folder) => fs.rmSync(folder, { recursive: true }),
  "a file in its place": (folder) => {
    fs.rmSync(folder, { recursive: true })
    fs.writeFileSync(folder, "")
  },
  "a link in the folder's place": (folder) => {
    fs.renameSync(folder, `${folder}-moved`)
    fs.symlinkSync(`${folder}-moved`, folder)
  },
}

export const caches: Promised = {
  name: "caches",
  promise:
    "Compiled kernels that are damaged, replaced or lie in an unsafe folder are never loaded; they are compiled again.",
  how: "bits, cuts, zeros, links, folders and modes of a kept library, which is then asked",
  tries: 300,
  whyNot: () => (compiler ? undefined : "there is no C compiler"),
  async run({ tries, folder, random, tried, fail }) {
    if (!compiler) return
    for (let i = 0; i < tries; i++) {
      const home = fs.mkdtempSync(join(folder, "home-"))
      const env = { ...process.env, XDG_CACHE_HOME: home }
      const own = join(home, "neural-gpu", "native")
      const ask = async () => {
        const loaded = await library(compiler, source, env, koffi.load)
        const answer = loaded.func("int answer(void)")()
        loaded.unload()
        return answer
      }
      await ask()
      const what = i < Object.keys(faults).length ? Object.keys(faults)[i] : pick(random, Object.keys(faults))
      faults[what](own, fs.readdirSync(own)[0], random)
      tried()
      try {
        for (const when of ["at once", "the next time"]) {
          const answer = await ask()
          if (answer !== 42) fail(`${what}: ${when} it answers ${answer}`)
        }
      } catch (error) {
        fail(`${what}: ${(error as Error).message}`)
      }
      fs.rmSync(home, { recursive: true })
    }
  },
}
