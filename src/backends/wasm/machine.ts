// One WebAssembly memory with a compiled plan, which runs lane blocks. The calling thread and workers share
// this file, so it imports nothing. Memory: context, table, shared tensors, io of the current block, arena.

/** What a machine needs to instantiate a program. */
export interface Machinery {
  readonly module: WebAssembly.Module
  /** Nothing may lie below this address. */
  readonly firstAddress: number
  readonly sharedSize: number // floats
  readonly tableSize: number // entries
}

/** A lane block with its memory layout. */
export interface Job {
  /** The context, in the order of `contextFields`. */
  readonly context: readonly number[]
  /** For each buffer, its offset in its region and the distance between its copies, in bytes. */
  readonly table: Uint32Array
  /** The inputs; after the run, also the outputs. */
  readonly io: Float32Array
  readonly arenaSize: number // floats
}

const PAGE = 65536
/** The range of 32-bit addresses. */
export const MOST_BYTES = 4 * 2 ** 30
const CONTEXT_BYTES = 64
const align = (bytes: number) => Math.ceil(bytes / 64) * 64

/** Addresses of all regions, in bytes, for a block of this size. */
export function memoryMap({ firstAddress, sharedSize, tableSize }: Machinery, ioSize: number, arenaSize: number) {
  const context = align(firstAddress)
  const table = context + CONTEXT_BYTES
  const shared = align(table + 4 * tableSize)
  const io = align(shared + 4 * sharedSize)
  const arena = align(io + 4 * ioSize)
  return { context, table, shared, io, arena, end: arena + 4 * arenaSize }
}

type ProgramFunction = (context: number, shared: number, io: number, arena: number, table: number) => void

export class Machine {
  readonly #machinery: Machinery
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_BYTES / PAGE })
  readonly #program: ProgramFunction

  constructor(machinery: Machinery) {
    this.#machinery = machinery
    const { exports } = new WebAssembly.Instance(machinery.module, { env: { memory: this.#memory } })
    this.#program = exports.program as ProgramFunction
  }

  get bytes(): number {
    return this.#memory.buffer.byteLength
  }

  /** Runs all jobs that `next` returns. Outputs overwrite the inputs in `io`. */
  run(sharedTensors: Float32Array, next: () => Job | undefined): void {
    let isFilled = false
    for (let job = next(); job; job = next()) {
      const map = memoryMap(this.#machinery, job.io.length, job.arenaSize)
      if (map.end > this.bytes) this.#memory.grow(Math.ceil((map.end - this.bytes) / PAGE))
      const { buffer } = this.#memory
      if (!isFilled) new Float32Array(buffer, map.shared, sharedTensors.length).set(sharedTensors)
      isFilled = true
      new Int32Array(buffer, map.context, job.context.length).set(job.context)
      new Uint32Array(buffer, map.table, job.table.length).set(job.table)
      const io = new Float32Array(buffer, map.io, job.io.length)
      io.set(job.io)
      this.#program(map.context, map.shared, map.io, map.arena, map.table)
      job.io.set(io)
    }
  }
}
