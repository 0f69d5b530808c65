// The native backend: a plan as C, compiled on this machine. koffi calls it once per step on another thread,
// so JavaScript stays free for signals and progress. Inside, threads take lane blocks and join at the end.

import { promisify } from "node:util"
import type koffi from "koffi"
import { UserError } from "../../core/errors.ts"
import { contextFields } from "../../kernel/language.ts"
import type { Plan } from "../../plan/plan.ts"
import type { Backend, Block, Program, RunOptions, RunResult } from "../backend.ts"
import type { Created } from "../created.ts"
import { hostResident } from "../host-resident.ts"
import { byCost, contextOf, layoutRun, readResults, writeInputs } from "../layout.ts"
import { type Compiler, findCompiler } from "./compiler.ts"
import { library, whyNotKept } from "./libraries.ts"
import { renderC } from "./program.ts"

export type Environment = Readonly<Record<string, string | undefined>>

/** Loads a compiled library. */
type Load = (path: string) => ReturnType<typeof koffi.load>

/** How to make native backends here, or why there are none. */
export type NativeHere =
  | { readonly open: (workers: number) => Backend; readonly note: string | undefined }
  | { readonly open: undefined; readonly note: string }

/** Creates the native backend, if it runs here. */
export async function native(workers: number, env: Environment): Promise<Created> {
  const { open, note } = await nativeHere(env)
  return open ? { backend: open(workers), note } : { backend: undefined, note }
}

/**
 * Finds a compiler and tries it with a small library: it may be broken, and no folder may be one from which
 * code can be loaded.
 */
export async function nativeHere(env: Environment): Promise<NativeHere> {
  const none = (note: string): NativeHere => ({ open: undefined, note })
  // it crashes now and then, and losses have differed from run to run; why is not known
  if (process.versions.bun) return none("under Bun its results are not reliable; use wasm, or Node or Deno")
  const compiler = findCompiler(env)
  if (!compiler) return none(noCompiler(env))
  let load: Load
  try {
    load = (await import("koffi")).default.load
  } catch (error) {
    return none(
      `the package koffi, which calls C, cannot be loaded on this machine (${firstLine(error)}); npm install koffi`,
    )
  }
  try {
    ;(await library(compiler, "int here(void) { return 1; }\n", env, load)).unload()
  } catch (error) {
    return none(`kernels cannot be compiled and loaded (${firstLine(error)})`)
  }
  const reason = whyNotKept(env)
  return {
    open: (workers) => ({
      name: "native",
      description: `${compiler.path}, ${compiler.width} numbers a register, ${workers} thread${workers === 1 ? "" : "s"}`,
      workers,
      mostBytes: Number.POSITIVE_INFINITY,
      compile: (plan) => compile(plan, compiler, workers, env, load),
    }),
    note: reason === undefined ? undefined : `kernels are compiled at every start: ${reason}`,
  }
}

const noCompiler = ({ CC }: Environment): string =>
  CC
    ? `the C compiler that CC names does not work (CC is ${JSON.stringify(CC)}, expected one command without options)`
    : "no working C compiler (cc, gcc or clang) is on the PATH; install one, such as with apt-get install gcc"

const firstLine = (error: unknown) => (error as Error).message.split("\n")[0].slice(0, 160)

const ALIGN = 16 // floats: memory must start at a multiple of 64 bytes, which JavaScript does not guarantee

async function compile(
  plan: Plan,
  compiler: Compiler,
  workers: number,
  env: Environment,
  load: Load,
): Promise<Program> {
  const source = renderC(plan, { registers: compiler.width === 16 ? 32 : 16 })
  const loaded = await library(compiler, source, env, load).catch((error) => {
    throw new UserError(`kernels cannot be compiled and loaded: ${firstLine(error)}; use --device wasm`, {
      cause: error,
    })
  })
  const native = loaded.func(
    "int run(void* shared, void* io, void* arena, int64_t arenaStride, void* tables, int32_t tableSize, void* blocks, int32_t count, int32_t workers)",
  )
  const call = promisify(native.async)
  const skip = loaded.func("int skip(void* memory)") as (memory: Float32Array) => number
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
      loaded.unload()
      io = arena = new Float32Array(0)
    },
    resident: async (update) => hostResident(program, update),
  }
  return program
}
