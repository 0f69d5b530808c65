// The native backend: a plan as C, compiled on this machine. koffi calls it once per step on another thread,
// so JavaScript stays free for signals and progress. Inside, threads take lane blocks and join at the end.

import { promisify } from "node:util"
import { contextFields } from "../../kernel/language.ts"
import type { Plan } from "../../plan/plan.ts"
import type { Backend, Block, Opened, Program, RunOptions, RunResult } from "../backend.ts"
import { hostResident } from "../host-resident.ts"
import { byCost, contextOf, layoutRun, readResults, writeInputs } from "../layout.ts"
import { type Compiler, compileLibrary, findCompiler } from "./compiler.ts"
import { renderC } from "./program.ts"

export type Environment = Readonly<Record<string, string | undefined>>

/** The native backend, or why this machine has none. */
export async function openNative(workers: number, env: Environment): Promise<Opened> {
  // it crashes now and then, and losses have differed from run to run; why is not known
  if (process.versions.bun) return { absent: "under Bun its results are not reliable; use wasm, or Node or Deno" }
  try {
    await import("koffi")
  } catch {
    return { absent: "the package koffi, which calls C, is not installed for this machine; npm install koffi" }
  }
  const backend = native(workers, env)
  return backend ? { backend } : { absent: noCompiler(env) }
}

const noCompiler = ({ CC }: Environment): string =>
  CC
    ? `the C compiler that CC names does not work (CC is ${JSON.stringify(CC)}, expected one command without options)`
    : "no working C compiler (cc, gcc or clang) is on the PATH; install one, such as with apt-get install gcc"

/** Creates the native backend; undefined if there is no C compiler. */
export function native(workers: number, env: Environment): Backend | undefined {
  const compiler = findCompiler(env)
  if (!compiler) return undefined
  return {
    name: "native",
    description: `${compiler.path}, ${compiler.width} numbers a register, ${workers} thread${workers === 1 ? "" : "s"}`,
    workers,
    mostBytes: Number.POSITIVE_INFINITY,
    compile: (plan) => compile(plan, compiler, workers, env),
  }
}

const ALIGN = 16 // floats: memory must start at a multiple of 64 bytes, which JavaScript does not guarantee

async function compile(plan: Plan, compiler: Compiler, workers: number, env: Environment): Promise<Program> {
  const source = renderC(plan, { registers: compiler.width === 16 ? 32 : 16 })
  const { default: koffi } = await import("koffi") // only here, so that everything else works without it
  const library = koffi.load(await compileLibrary(compiler, source, env))
  const native = library.func(
    "int run(void* shared, void* io, void* arena, int64_t arenaStride, void* tables, int32_t tableSize, void* blocks, int32_t count, int32_t workers)",
  )
  const call = promisify(native.async)
  const skip = library.func("int skip(void* memory)") as (memory: Float32Array) => number
  let io = new Float32Array(0)
  let arena = new Float32Array(0)
  let peakBytes = 0
  const program: Program = {
    plan,
    get peakBytes() {
      return peakBytes
    },
    async run(shared: Float32Array, blocks: readonly Block[], options: RunOptions): Promise<RunResult> {
      const { layouts, placed, ioSize, arenaSize } = layoutRun(plan, blocks)
      const used = Math.min(workers, blocks.length)
      if (io.length < ioSize + ALIGN) io = new Float32Array(ioSize + ALIGN)
      if (arena.length < arenaSize * used + ALIGN) arena = new Float32Array(arenaSize * used + ALIGN)
      peakBytes = Math.max(peakBytes, 4 * (io.length + arena.length))
      const aligned = io.subarray(skip(io))
      blocks.forEach((block, i) => writeInputs(plan, placed[i].layout, block, aligned, placed[i].io))
      const tables = BigInt64Array.from(layouts.flatMap((l) => l.table.map(BigInt)))
      // Size of the C struct Block in int32 words; its int64 must be aligned.
      const stride = 2 * Math.ceil((contextFields.length + 1) / 2) + 2
      const records = new Int32Array(stride * blocks.length)
      const wide = new BigInt64Array(records.buffer)
      byCost(blocks).forEach((b, i) => {
        records.set(contextOf(blocks[b], options), i * stride)
        records[i * stride + contextFields.length] = placed[b].table
        wide[((i + 1) * stride) / 2 - 1] = BigInt(placed[b].io)
      })
      await call(shared, io, arena, arenaSize, tables, plan.buffers.length * 2, records, blocks.length, used)
      return readResults(plan, blocks, placed, aligned)
    },
    async dispose() {
      library.unload()
      io = arena = new Float32Array(0)
    },
    resident: async (update) => hostResident(program, update),
  }
  return program
}
