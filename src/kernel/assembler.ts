// Writes WebAssembly modules: types, imports, functions and exports, in the order of the binary format. It
// encodes bytes and LEB128; wasm-kernel.ts gives the code its meaning. It covers what the kernels need: i32
// and v128 values and one memory, without tables or globals.

/** Value types and their bytes in the binary format. */
export const valueTypes = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const
export type ValueType = keyof typeof valueTypes

/** Opcodes without the SIMD prefix. */
const plain = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  br_if: 0x0d,
  call: 0x10,
  select: 0x1b,
  "local.get": 0x20,
  "local.set": 0x21,
  "local.tee": 0x22,
  "i32.load": 0x28,
  "i32.store": 0x36,
  "f32.store": 0x38,
  "i32.const": 0x41,
  "i32.lt_s": 0x48,
  "i32.gt_s": 0x4a,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.div_s": 0x6d,
  "i32.and": 0x71,
  "i32.xor": 0x73,
  "i32.shl": 0x74,
  "i32.shr_u": 0x76,
  "f32.add": 0x92,
  "f32.convert_i32_s": 0xb2,
} as const

/** Opcodes after the SIMD prefix; relaxed SIMD begins at 0x100. */
const simd = {
  "v128.load": 0x00,
  "v128.load32_splat": 0x09,
  "v128.store": 0x0b,
  "v128.const": 0x0c,
  "i8x16.shuffle": 0x0d,
  "i32x4.splat": 0x11,
  "f32x4.splat": 0x13,
  "f32x4.extract_lane": 0x1f,
  "f32x4.eq": 0x41,
  "f32x4.lt": 0x43,
  "v128.and": 0x4e,
  "v128.andnot": 0x4f,
  "v128.or": 0x50,
  "v128.xor": 0x51,
  "v128.bitselect": 0x52,
  "i32x4.shl": 0xab,
  "i32x4.shr_u": 0xad,
  "i32x4.add": 0xae,
  "i32x4.mul": 0xb5,
  "f32x4.abs": 0xe0,
  "f32x4.neg": 0xe1,
  "f32x4.sqrt": 0xe3,
  "f32x4.add": 0xe4,
  "f32x4.sub": 0xe5,
  "f32x4.mul": 0xe6,
  "f32x4.div": 0xe7,
  "f32x4.pmin": 0xea,
  "f32x4.pmax": 0xeb,
  "f32x4.convert_i32x4_s": 0xfa,
  "f32x4.relaxed_madd": 0x105,
  "i32x4.relaxed_laneselect": 0x10b,
} as const

export type Instruction = keyof typeof plain | keyof typeof simd

const SIMD_PREFIX = 0xfd
const NO_RESULT = 0x40

/** Encodes an unsigned number as LEB128: seven bits per byte, lowest first. */
export function unsignedLeb(value: number): number[] {
  const out: number[] = []
  let rest = value
  do {
    const byte = rest % 128
    rest = Math.floor(rest / 128)
    out.push(rest > 0 ? byte | 0x80 : byte)
  } while (rest > 0)
  return out
}

/** Encodes a signed 32-bit number as LEB128. Bit 6 of the last byte is the sign. */
export function signedLeb(value: number): number[] {
  const out: number[] = []
  let rest = value | 0
  for (;;) {
    const byte = rest & 0x7f
    rest >>= 7
    const done = (rest === 0 && !(byte & 0x40)) || (rest === -1 && byte & 0x40)
    out.push(done ? byte : byte | 0x80)
    if (done) return out
  }
}

const text = (s: string): number[] => {
  const bytes = [...new TextEncoder().encode(s)]
  return [...unsignedLeb(bytes.length), ...bytes]
}

/** A piece of code. Pieces nest: an inner piece keeps its position even if its code is written later. */
export class Code {
  readonly #parts: (number | Code)[] = []

  /** Appends an instruction and its immediates, which are unsigned (indices, lanes, bytes). */
  op(name: Instruction, ...operands: number[]): this {
    if (name in simd) this.#parts.push(SIMD_PREFIX, ...unsignedLeb(simd[name as keyof typeof simd]))
    else this.#parts.push(plain[name as keyof typeof plain])
    for (const operand of operands) this.#parts.push(...unsignedLeb(operand))
    return this
  }

  constant(value: number): this {
    this.#parts.push(plain["i32.const"], ...signedLeb(value))
    return this
  }

  /** Appends a vector constant of four 32-bit patterns. */
  vector(lanes: readonly number[]): this {
    this.#parts.push(SIMD_PREFIX, ...unsignedLeb(simd["v128.const"]))
    for (const bits of lanes) for (let byte = 0; byte < 4; byte++) this.#parts.push((bits >>> (8 * byte)) & 0xff)
    return this
  }

  /**
   * Appends a load or store at the address on the stack plus `offset` bytes; alignment is 2^`alignment`
   * bytes.
   */
  memory(name: Instruction, alignment: number, offset: number): this {
    return this.op(name, alignment, offset)
  }

  /** Opens a block without results; `op("end")` closes it. */
  open(name: "block" | "loop" | "if"): this {
    this.#parts.push(plain[name], NO_RESULT)
    return this
  }

  /** Inserts a piece at this position. It may still be written to until the module is assembled. */
  append(code: Code): this {
    this.#parts.push(code)
    return this
  }

  writeTo(out: number[]): void {
    for (const part of this.#parts) {
      if (typeof part === "number") out.push(part)
      else part.writeTo(out)
    }
  }
}

/** A function. Its parameters, then its locals share one numbering; `code` is its body. */
export class FunctionWriter {
  readonly name: string
  readonly code = new Code()
  readonly #parameters: number
  readonly #locals: ValueType[] = []

  /** All parameters are i32. Profilers and debuggers show the name. */
  constructor(name: string, parameters: number) {
    this.name = name
    this.#parameters = parameters
  }

  get parameters(): number {
    return this.#parameters
  }

  local(type: ValueType): number {
    return this.#parameters + this.#locals.push(type) - 1
  }

  body(): number[] {
    const out: number[] = []
    const runs: { type: ValueType; count: number }[] = []
    for (const type of this.#locals) {
      const last = runs.at(-1)
      if (last?.type === type) last.count++
      else runs.push({ type, count: 1 })
    }
    out.push(...unsignedLeb(runs.length))
    for (const { type, count } of runs) out.push(...unsignedLeb(count), valueTypes[type])
    this.code.writeTo(out)
    out.push(plain.end)
    return out
  }
}

export interface ModuleExport {
  readonly name: string
  readonly function: number
}

/** Assembles a module that imports the memory `env.memory`. Its functions return nothing. */
export function assemble(
  functions: readonly FunctionWriter[],
  exports: readonly ModuleExport[],
): Uint8Array<ArrayBuffer> {
  const out: number[] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
  const section = (id: number, items: readonly (readonly number[])[]): void => {
    const body = unsignedLeb(items.length)
    for (const item of items) for (const byte of item) body.push(byte)
    out.push(id, ...unsignedLeb(body.length))
    for (const byte of body) out.push(byte)
  }
  const arities = [...new Set(functions.map((f) => f.parameters))]
  section(
    1,
    arities.map((n) => [0x60, ...unsignedLeb(n), ...new Array(n).fill(valueTypes.i32), 0]),
  )
  // kind memory, no maximum, at least 0 pages
  section(2, [[...text("env"), ...text("memory"), 0x02, 0x00, 0]])
  section(
    3,
    functions.map((f) => unsignedLeb(arities.indexOf(f.parameters))),
  )
  section(
    7,
    exports.map((e) => [...text(e.name), 0x00, ...unsignedLeb(e.function)]),
  )
  section(
    10,
    functions.map((f) => {
      const body = f.body()
      return [...unsignedLeb(body.length), ...body]
    }),
  )
  const names = [...unsignedLeb(functions.length), ...functions.flatMap((f, i) => [...unsignedLeb(i), ...text(f.name)])]
  const custom = [...text("name"), 1, ...unsignedLeb(names.length), ...names]
  out.push(0, ...unsignedLeb(custom.length), ...custom)
  return Uint8Array.from(out)
}
