// The WebAssembly renderer: modules are valid, numbers are encoded correctly, and loop invariants are
// computed once, and only if the loop runs.

import { describe, expect, it } from "vitest"
import { renderWasm, wasmTarget } from "../../src/backends/wasm/program.ts"
import { LANES } from "../../src/core/lanes.ts"
import { assemble, FunctionWriter, signedLeb, unsignedLeb } from "../../src/kernel/assembler.ts"
import { fma, iadd, imul, KernelBuilder, lane, vadd } from "../../src/kernel/language.ts"
import { renderKernel } from "../../src/kernel/wasm-kernel.ts"
import { plainTraining } from "../../src/models/model.ts"
import { neuralGpu, neuralGpuForms } from "../../src/models/neural-gpu.ts"
import { plan } from "../../src/plan/planner.ts"

describe("the assembler", () => {
  it("writes LEB128", () => {
    expect(unsignedLeb(0)).toEqual([0])
    expect(unsignedLeb(624485)).toEqual([0xe5, 0x8e, 0x26])
    expect(unsignedLeb(2 ** 32 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f])
    expect(signedLeb(-1)).toEqual([0x7f])
    expect(signedLeb(63)).toEqual([0x3f])
    expect(signedLeb(64)).toEqual([0xc0, 0x00])
    expect(signedLeb(-123456)).toEqual([0xc0, 0xbb, 0x78])
    expect(signedLeb(-(2 ** 31))).toEqual([0x80, 0x80, 0x80, 0x80, 0x78])
  })

  it("makes modules that compile and run", () => {
    const f = new FunctionWriter("store the square", 2)
    f.code.op("local.get", 0).op("local.get", 1).op("local.get", 1).op("i32.mul").memory("i32.store", 2, 4)
    const memory = new WebAssembly.Memory({ initial: 1 })
    const module = new WebAssembly.Module(assemble([f], [{ name: "square", function: 0 }]))
    const { exports } = new WebAssembly.Instance(module, { env: { memory } })
    ;(exports.square as (at: number, x: number) => void)(8, -7)
    expect(new Int32Array(memory.buffer)[3]).toBe(49)
  })
})

describe.each(["original", "diagonal"] as const)("the %s form's plan", (form) => {
  const { graph, outputs } = neuralGpu(
    { ...neuralGpuForms[form], maps: 5 },
    { kind: "symbols", symbols: 4 },
    plainTraining,
  )
  it.each(["store", "recompute"] as const)("with memory %s is a valid module, strict and relaxed", (memory) => {
    const training = plan(graph, { outputs: { error: outputs.error }, loss: outputs.loss, memory })
    const [strict, relaxed] = [false, true].map((relaxed) => renderWasm(training, { relaxed }))
    expect(WebAssembly.validate(strict.bytes)).toBe(true)
    expect(WebAssembly.validate(relaxed.bytes)).toBe(true)
    expect(strict.firstAddress).toBeGreaterThan(0)
    expect(renderWasm(training).bytes).toEqual(strict.bytes)
    expect(relaxed.bytes).not.toEqual(strict.bytes)
  })
})

/** Runs one kernel on consecutive buffers; the context has L = 3. */
function run(write: (k: KernelBuilder) => void, buffers: Float32Array[]): void {
  const k = new KernelBuilder(wasmTarget)
  write(k)
  const { writer, largestOffset } = renderKernel(k.finish("test"), {})
  const memory = new WebAssembly.Memory({ initial: 4 })
  const module = new WebAssembly.Module(assemble([writer], [{ name: "f", function: 0 }]))
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  let at = Math.ceil((largestOffset + 64) / 64) * 64
  const context = at
  new Int32Array(memory.buffer, context, 2).set([3, 0])
  const places = buffers.map((buffer) => {
    at += 256
    const place = new Float32Array(memory.buffer, at, buffer.length)
    place.set(buffer)
    at += Math.ceil(buffer.byteLength / 64) * 64
    return place
  })
  ;(exports.f as (...addresses: number[]) => void)(context, ...places.map((p) => p.byteOffset))
  for (const [i, buffer] of buffers.entries()) buffer.set(places[i])
}
const lanes = (elements: number, value: (element: number, lane: number) => number) =>
  Float32Array.from({ length: elements * LANES }, (_, i) => value(Math.floor(i / LANES), i % LANES))

describe("kernels", () => {
  it("add up lanes as a fixed tree", () => {
    const x = lanes(2, (i, l) => Math.fround((1 + i) * 1.1 ** (3 * l)))
    const y = new Float32Array(2)
    run(
      (k) => {
        const [from, to] = [k.buffer("from"), k.buffer("to", false)]
        k.loop(0, 2, (i) => k.sumLanes(to, from, i))
      },
      [x, y],
    )
    const f = Math.fround
    for (const i of [0, 1]) {
      let now = [...x.subarray(i * LANES, (i + 1) * LANES)]
      while (now.length > 1) now = now.slice(0, now.length / 2).map((v, j) => f(v + now[j + now.length / 2]))
      expect(y[i]).toBe(now[0])
    }
  })

  it("round products before they are added", () => {
    const a = 1 + 2 ** -12
    const x = lanes(1, () => a)
    const y = lanes(1, () => 0)
    run(
      (k) => {
        const [from, to] = [k.buffer("x"), k.buffer("y")]
        k.lanes(() => {
          const value = k.load(k.pointer(from, 0))
          k.store(k.pointer(to, 0), fma(value, value, -1))
        })
      },
      [x, y],
    )
    expect(y[5]).toBe(Math.fround(Math.fround(a * a) - 1))
  })

  it.each([1, 9])("carry %i lane variables through loops, in all groups", (count) => {
    const x = lanes(3, (i, l) => 10 * i + l)
    const y = lanes(count, () => 0)
    run(
      (k) => {
        const [from, to] = [k.buffer("x"), k.buffer("y")]
        k.lanes(() => {
          const sums = Array.from({ length: count }, (_, n) => k.let(lane(n)))
          const pointer = k.pointer(from, 0)
          k.loop(0, { k: "context", field: "L" }, () => {
            for (const s of sums) k.set(s, vadd(s, k.load(pointer)))
            k.advance(pointer, 1)
          })
          sums.forEach((s, n) => k.store(k.pointer(to, n), s))
        })
      },
      [x, y],
    )
    expect(y).toEqual(lanes(count, (n, l) => n + 30 + 3 * l))
  })

  it("load from what they store to only where they say so", () => {
    const y = lanes(1, () => 1)
    run(
      (k) => {
        const to = k.buffer("y")
        k.loop(0, 5, () =>
          k.lanes(() => {
            const place = k.pointer(to, 0)
            k.store(place, vadd(k.load(place), k.load(place)))
          }),
        )
      },
      [y],
    )
    expect(y).toEqual(lanes(1, () => 32))
  })

  it("do not read what a loop or a condition keeps them from reading", () => {
    // this address is beyond the memory; it may only be read where L > 3
    const y = lanes(1, () => 1)
    run(
      (k) => {
        const [from, to] = [k.buffer("x"), k.buffer("y")]
        const L = { k: "context", field: "L" } as const
        k.lanes(() => {
          const far = k.pointer(from, imul(iadd(L, 1), 1 << 20))
          k.loop(3, L, () => k.loop(0, 4, () => k.store(k.pointer(to, 0), k.load(far))))
          k.loop(0, L, () => k.when(3, L, () => k.loop(0, 4, () => k.store(k.pointer(to, 0), k.load(far)))))
        })
      },
      [lanes(1, () => 7), y],
    )
    expect(y).toEqual(lanes(1, () => 1))
  })
})
