// Measures the machine's peak in C and in WebAssembly, to which the table's shares refer. Two threads are two
// processes.

import { execFile, execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { findCompiler } from "../src/backends/native/compiler.ts"

export interface Peak {
  readonly what: "native" | "wasm"
  readonly threads: number
  readonly gflops: number
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** Runs a command `count` times in parallel and adds up the numbers that they print. */
async function together(count: number, command: string, args: string[]): Promise<number> {
  const runs = Array.from({ length: count }, () => promisify(execFile)(command, args))
  return (await Promise.all(runs)).reduce((sum, { stdout }) => sum + Number(stdout), 0)
}

export async function measurePeaks(): Promise<Peak[]> {
  const peaks: Peak[] = []
  const compiler = findCompiler(process.env)
  if (compiler) {
    const folder = mkdtempSync(join(tmpdir(), "neural-gpu-peak-"))
    try {
      const program = join(folder, "peak")
      execFileSync(compiler.path, ["-O2", "-march=native", "-ffp-contract=fast", path("peak.c"), "-o", program])
      for (const threads of [1, 2])
        peaks.push({ what: "native", threads, gflops: await together(threads, program, []) })
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  for (const threads of [1, 2])
    peaks.push({ what: "wasm", threads, gflops: await together(threads, process.execPath, [path("peak-wasm.mjs")]) })
  return peaks
}
