// The C compiler of the machine: finds it, asks for the CPU's features, and compiles. Libraries are cached by
// a hash of all inputs.

import { execFile, execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"

export interface Compiler {
  readonly path: string
  readonly version: string
  /** Floats per SIMD register: 16 (AVX-512), 8 (AVX) or 4. */
  readonly width: number
}

const flags = [
  "-O3",
  "-march=native",
  "-ffp-contract=off",
  "-fwrapv",
  "-fno-math-errno",
  "-std=gnu11",
  "-fPIC",
  "-shared",
]

/** $CC, or the first of cc, gcc and clang on the PATH that works; undefined if none does. */
export function findCompiler(env: Readonly<Record<string, string | undefined>>): Compiler | undefined {
  for (const name of env.CC ? [env.CC] : ["cc", "gcc", "clang"]) {
    const path = name.includes("/")
      ? name
      : (env.PATH ?? "")
          .split(delimiter)
          .map((d) => join(d, name))
          .find((p) => existsSync(p))
    if (!path) continue
    try {
      const run = (...args: string[]) =>
        execFileSync(path, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      const macros = run("-march=native", "-dM", "-E", "-x", "c", "/dev/null")
      const width = macros.includes("__AVX512F__ ") ? 16 : macros.includes("__AVX__ ") ? 8 : 4
      const cpu = createHash("sha256").update(macros).digest("hex").slice(0, 12)
      return { path, version: `${run("--version").split("\n")[0]} ${cpu}`, width }
    } catch {
      // not a working compiler: try the next
    }
  }
  return undefined
}

/** The cache folder: $XDG_CACHE_HOME/neural-gpu, ~/.cache/neural-gpu, or else the temporary folder. */
function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  for (const folder of [
    join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "neural-gpu"),
    join(tmpdir(), "neural-gpu-cache"),
  ])
    try {
      mkdirSync(folder, { recursive: true })
      return folder
    } catch {
      // read-only home: try the next
    }
  throw new Error("no writable cache folder for compiled kernels")
}

/** Compiles a source to a shared library, or finds it in the cache. Returns the library's path. */
export async function compileLibrary(
  compiler: Compiler,
  source: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const hash = createHash("sha256")
    .update([compiler.path, compiler.version, ...flags, source].join("\0"))
    .digest("hex")
    .slice(0, 32)
  const folder = cacheFolder(env)
  const library = join(folder, `${hash}.so`)
  if (existsSync(library)) return library
  const stem = join(
    folder,
    `${hash}.${process.pid}.${createHash("sha256").update(`${process.hrtime.bigint()}`).digest("hex").slice(0, 8)}`,
  )
  writeFileSync(`${stem}.c`, source)
  try {
    await promisify(execFile)(compiler.path, [...flags, `${stem}.c`, "-o", `${stem}.so`, "-lpthread"])
    renameSync(`${stem}.so`, library)
  } finally {
    if (env.DEBUG !== "3") rmSync(`${stem}.c`, { force: true })
    rmSync(`${stem}.so`, { force: true })
  }
  return library
}
