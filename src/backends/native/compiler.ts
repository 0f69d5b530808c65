// The C compiler of the machine: finds it, asks for the CPU's features, and compiles.

import { execFile, execFileSync, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, writeFileSync } from "node:fs"
import { delimiter, join, resolve } from "node:path"

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
/** A compiler that does not answer is none. */
const ASK_MS = 20_000

/** $CC, or the first of cc, gcc and clang on the PATH that works; undefined if none does. */
export function findCompiler(env: Readonly<Record<string, string | undefined>>): Compiler | undefined {
  for (const name of env.CC ? [env.CC] : ["cc", "gcc", "clang"]) {
    // absolute, because it runs in another folder
    const path = name.includes("/")
      ? resolve(name)
      : (env.PATH ?? "")
          .split(delimiter)
          .map((d) => resolve(d, name))
          .find((p) => existsSync(p))
    if (!path) continue
    try {
      const run = (...args: string[]) =>
        execFileSync(path, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: ASK_MS })
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

/** A hash of everything that a library depends on. */
export const keyOf = ({ path, version }: Compiler, source: string): string =>
  createHash("sha256")
    .update([path, version, ...flags, source].join("\0"))
    .digest("hex")
    .slice(0, 32)

/**
 * Compiles a source in a folder, which also gets the compiler's temporary files. Equal sources give equal
 * bytes.
 * @returns the library's path
 * @throws Error with the compiler's first complaint
 */
export async function compileIn(dir: string, compiler: Compiler, source: string): Promise<string> {
  const [input, output] = [join(dir, "kernels.c"), join(dir, "kernels.so")]
  writeFileSync(input, source)
  await runToEnd(dir, [compiler.path, ...flags, "kernels.c", "-o", "kernels.so", "-lpthread"])
  return output
}

/**
 * A compiler starts others, and none of them ends with us when we are killed. So a shell starts it in a
 * process group, keeps a pipe that only we hold open, and when that closes ends the group and removes the folder.
 */
const untilWeEnd = `
folder=$1; shift
exec 3<&0
{ trap "" TERM; read -r line <&3; kill -TERM 0; rm -rf "$folder"; } >/dev/null 2>&1 & watcher=$!
"$@" </dev/null 3<&- & compiler=$!
wait $compiler; code=$?
kill -KILL $watcher
wait $watcher 2>/dev/null # no zombie is left
exit $code
`

function runToEnd(cwd: string, [command, ...args]: readonly string[]): Promise<void> {
  const env = { ...process.env, TMPDIR: cwd }
  const windows = process.platform === "win32"
  const child = windows
    ? execFile(command, args, { cwd, env })
    : spawn("/bin/sh", ["-c", untilWeEnd, "sh", cwd, command, ...args], {
        cwd,
        env,
        detached: true, // a process group
        stdio: ["pipe", "ignore", "pipe"],
      })
  let said = ""
  child.stderr?.on("data", (data) => (said += data))
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${firstComplaint(said, code ?? signal)}`)),
    )
  })
}

function firstComplaint(said: string, code: unknown): string {
  const lines = said.split("\n")
  const line = lines.find((line) => /error|cannot|space/iu.test(line)) ?? lines[0]
  return line === "" ? `ended with ${code}` : `says: ${line.slice(0, 160)}`
}
