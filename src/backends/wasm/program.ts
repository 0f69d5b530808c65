// Renders a plan as a WebAssembly module: each kernel is a function over vectors of four lanes, and the plan
// is the exported function `program`. Strict SIMD128 rounds every product and sum (fma is mul, then add).
// Relaxed SIMD may fuse them if the CPU can.

import { LANES } from "../../core/lanes.ts"
import { lookup } from "../../core/lookup.ts"
import { assemble, FunctionWriter } from "../../kernel/assembler.ts"
import { contextFields, KernelBuilder, type Target } from "../../kernel/language.ts"
import { renderKernel } from "../../kernel/wasm-kernel.ts"
import type { Instruction, Place, Plan } from "../../plan/plan.ts"

/** V8 reserves one of the 16 registers of x64, and without fused products each product needs one. */
export const wasmTarget: Target = { registers: 14 }

export interface WasmOptions {
  /** Use relaxed SIMD: faster, but results then depend on the CPU. */
  readonly relaxed?: boolean
}

export interface WasmProgram {
  /**
   * Imports env.memory; exports program(context, shared, io, arena, table) with addresses in bytes. The table
   * holds for each buffer its offset in its region and the distance between copies, in bytes.
   */
  readonly bytes: Uint8Array<ArrayBuffer>
  /**
   * Regions must start at or above this address, because pointers may point that far before the data that
   * they read.
   */
  readonly firstAddress: number
}

const [CONTEXT, TABLE] = [0, 4]
const regions = { shared: 1, io: 2, arena: 3 } as const
const PARAMETERS = 5

export function renderWasm(plan: Plan, options: WasmOptions = {}): WasmProgram {
  const functions: FunctionWriter[] = []
  const names = new Map<string, number>()
  const bufferIds = new Map(plan.buffers.map((b, i) => [b, i]))
  let firstAddress = 0
  const program = new FunctionWriter("program", PARAMETERS)
  const { code } = program
  const readContext = (field: (typeof contextFields)[number]) =>
    code.op("local.get", CONTEXT).memory("i32.load", 2, 4 * contextFields.indexOf(field))

  /** `t` is the local that holds the step of the innermost loop. */
  const emit = (instructions: readonly Instruction[], t: number): void => {
    for (const instruction of instructions) {
      if (instruction.k === "loop") {
        const [count, t] = [program.local("i32"), program.local("i32")] // count runs from T down to 1
        readContext("T")
        code.op("local.tee", count).constant(0).op("i32.gt_s").open("if").open("loop")
        if (instruction.backwards) code.op("local.get", count).constant(1).op("i32.sub").op("local.set", t)
        else {
          readContext("T")
          code.op("local.get", count).op("i32.sub").op("local.set", t)
        }
        code
          .op("local.get", CONTEXT)
          .op("local.get", t)
          .memory("i32.store", 2, 4 * contextFields.indexOf("step"))
        emit(instruction.body, t)
        code.op("local.get", count).constant(1).op("i32.sub").op("local.tee", count).constant(0).op("i32.gt_s")
        code.op("br_if", 0).op("end").op("end")
        // Outside of scans the step is 0.
        code
          .op("local.get", CONTEXT)
          .constant(0)
          .memory("i32.store", 2, 4 * contextFields.indexOf("step"))
        continue
      }
      const { key, write } = instruction.kernel
      let index = names.get(key)
      if (index === undefined) {
        const k = new KernelBuilder(wasmTarget)
        write(k)
        const kernel = renderKernel(k.finish(`${key.match(/[a-zA-Z]+/)} ${names.size}`), options)
        firstAddress = Math.max(firstAddress, kernel.largestOffset)
        index = functions.push(kernel.writer) - 1
        names.set(key, index)
      }
      code.op("local.get", CONTEXT)
      for (const place of instruction.places) pushAddress(place, lookup(bufferIds, place.buffer), t)
      code.op("call", index)
    }
  }

  const pushAddress = ({ buffer, slot, element }: Place, id: number, t: number): void => {
    code.op("local.get", regions[buffer.region])
    if (buffer.region !== "shared") {
      code
        .op("local.get", TABLE)
        .memory("i32.load", 2, 8 * id)
        .op("i32.add")
      if (buffer.slots !== "one" && slot !== "first") {
        if (slot === "T") readContext("T")
        else code.op("local.get", t)
        if (slot === "t + 1") code.constant(1).op("i32.add")
        if (buffer.slots === "two") code.constant(1).op("i32.and")
        code
          .op("local.get", TABLE)
          .memory("i32.load", 2, 8 * id + 4)
          .op("i32.mul")
          .op("i32.add")
      }
    }
    if (element > 0) code.constant(4 * element * (buffer.lane ? LANES : 1)).op("i32.add")
  }

  emit(plan.instructions, CONTEXT)
  functions.push(program)
  return { bytes: assemble(functions, [{ name: "program", function: functions.length - 1 }]), firstAddress }
}
