// The WebAssembly backend, which runs wherever JavaScript does. One worker is the calling thread; several are
// threads, each with a separate memory of up to 4 GiB. Gradients are added in the order of the blocks, so
// results do not depend on the number of workers.

import { UserError } from "../../core/errors.ts"
import type { Plan } from "../../plan/plan.ts"
import type { Backend, Block, Program, RunOptions, RunResult } from "../backend.ts"
import { hostResident } from "../host-resident.ts"
import { byCost, contextOf, layoutRun, readResults, writeInputs } from "../layout.ts"
import { type Job, Machine, type Machinery, MOST_BYTES, memoryMap } from "./machine.ts"
import { Pool } from "./pool.ts"
import { renderWasm } from "./program.ts"
import { type StartThread, startThread } from "./threads.ts"

export interface WasmBackendOptions {
  /** Relaxed SIMD: faster, but results then depend on the CPU. */
  readonly relaxed?: boolean
  /** How to start a worker thread; the default supports Node and browsers. */
  readonly start?: StartThread
  /** Use a worker thread even if there is only one, so that the calling thread stays responsive. */
  readonly ownThread?: boolean
  /** Whether threads share memory; by default, if the platform allows it. */
  readonly sharedMemory?: boolean
}

/** Creates the WebAssembly backend. Throws if the SIMD instructions that it needs are missing. */
export function wasm(workers: number, options: WasmBackendOptions = {}): Backend {
  if (!Number.isInteger(workers) || workers < 1) throw new UserError(`wasm: got ${workers} workers, expected 1 or more`)
  return {
    name: "wasm",
    description: `WebAssembly, ${options.relaxed ? "relaxed" : "strict"} SIMD, 4 numbers a register, ${workers} thread${workers === 1 ? "" : "s"}`,
    workers,
    mostBytes: 2 ** 32, // addresses have 32 bits
    compile: (plan) => compile(plan, workers, options),
  }
}

async function compile(plan: Plan, workers: number, options: WasmBackendOptions): Promise<Program> {
  const { bytes, firstAddress } = renderWasm(plan, options)
  if (!WebAssembly.validate(bytes))
    throw new UserError(`wasm: this machine has no ${options.relaxed ? "relaxed SIMD; use strict SIMD" : "SIMD"}`)
  const module = await WebAssembly.compile(bytes)
  const machinery: Machinery = {
    module,
    firstAddress,
    sharedSize: plan.sharedSize,
    tableSize: 2 * plan.buffers.length,
  }
  const threaded = workers > 1 || options.ownThread === true
  const shares = options.sharedMemory ?? typeof SharedArrayBuffer !== "undefined"
  const allocate = (size: number) =>
    shares && threaded ? new Float32Array(new SharedArrayBuffer(4 * size)) : new Float32Array(size)
  let machine: Machine | undefined
  let pool: Pool | undefined
  let io: Float32Array = allocate(0)
  let parameters: Float32Array = allocate(0)
  let peakBytes = 0
  const program: Program = {
    plan,
    get peakBytes() {
      return peakBytes
    },
    async run(shared: Float32Array, blocks: readonly Block[], runOptions: RunOptions): Promise<RunResult> {
      const { layouts, placed, ioSize } = layoutRun(plan, blocks)
      blocks.forEach((block, i) => checkMemory(machinery, plan, block, placed[i].layout))
      if (io.length < ioSize) io = allocate(ioSize)
      blocks.forEach((block, i) => writeInputs(plan, placed[i].layout, block, io, placed[i].io))
      const tables = layouts.map((l) => Uint32Array.from(l.table, (floats) => 4 * floats))
      const jobs = blocks.map((block, i): Job => {
        const { table, io: at, layout } = placed[i]
        const part = io.subarray(at, at + layout.ioSize)
        return {
          context: contextOf(block, runOptions),
          table: tables[table],
          // A transfer detaches the whole buffer, so a part is copied first.
          io: threaded && !shares ? part.slice() : part,
          arenaSize: layout.arenaSize,
        }
      })
      let memories: number
      if (!threaded) {
        machine ??= new Machine(machinery)
        let next = 0
        machine.run(shared, () => jobs[next++])
        memories = machine.bytes
      } else if (blocks.length === 0) memories = 0
      else {
        pool ??= new Pool(machinery, options.start ?? startThread)
        if (parameters.length !== shared.length) parameters = allocate(shared.length)
        parameters.set(shared)
        memories = await pool.run(Math.min(workers, blocks.length), parameters, jobs, byCost(blocks))
        if (!shares) jobs.forEach((job, i) => io.set(job.io, placed[i].io))
      }
      peakBytes = Math.max(peakBytes, memories + 4 * (io.length + parameters.length))
      return readResults(plan, blocks, placed, io)
    },
    async dispose() {
      machine = undefined
      await pool?.stop()
      pool = undefined
      io = allocate(0)
      parameters = allocate(0)
    },
    resident: async (update) => hostResident(program, update),
  }
  return program
}

/** Throws if a block does not fit into one memory. */
function checkMemory(
  machinery: Machinery,
  plan: Plan,
  block: Block,
  { ioSize, arenaSize }: { ioSize: number; arenaSize: number },
): void {
  const { end } = memoryMap(machinery, ioSize, arenaSize)
  if (end <= MOST_BYTES) return
  const advice = plan.gradient && plan.options.memory !== "recompute" ? ', or memory "recompute"' : ""
  throw new UserError(
    `wasm: length ${block.length} with ${block.steps} steps needs ${(end / 2 ** 30).toFixed(1)} GiB a worker, more than the ${MOST_BYTES / 2 ** 30} GiB that WebAssembly can reach; use a shorter length${advice}`,
  )
}
