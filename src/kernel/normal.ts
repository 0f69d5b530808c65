// Standard normal numbers in the lane language: those of core/rng.ts, but in float32. Here, lanes are
// consecutive elements of one long array instead of examples.

import { LANES } from "../core/lanes.ts"
import { context, fma, type I, imul, int, type KernelBuilder, type V, vmax, vmul, vsub } from "./language.ts"
import { log, type Namer } from "./math.ts"

const bits = (value: number): V => ({ k: "bits", value: int(value | 0) })
const xor = (a: V, b: V): V => ({ k: "xor", a, b })
const shr = (a: V, by: number): V => ({ k: "bitShr", a, by })
const times = (a: V, c: number): V => ({ k: "bitMul", a, b: bits(c) })
const plus = (a: V, b: V): V => ({ k: "bitAdd", a, b })

/** The `mix` of core/rng.ts, on lanes. */
function mix(k: Namer, x: V): V {
  const a = k.let(times(xor(x, shr(x, 16)), 0x7feb352d))
  const b = k.let(times(xor(a, shr(a, 15)), 0x846ca68b))
  return k.let(xor(b, shr(b, 16)))
}

/** Number `counter` of the `uniform` stream of core/rng.ts with these keys. */
function uniformOf(k: Namer, [k0, k1]: readonly [I, I], counter: V): V {
  const word = mix(k, plus({ k: "bits", value: k0 }, mix(k, xor({ k: "bits", value: k1 }, mix(k, counter)))))
  return k.let(vmul({ k: "toFloat", a: shr(word, 8) }, 2 ** -24))
}

/**
 * cos(2πu) for u in [0, 1), computed as the sine of 2π(|u − 1/2| − 1/4). The Taylor polynomial's error is
 * below 1e-7 there.
 */
export function cosTurns(k: Namer, u: V): V {
  const distance: V = { k: "abs", a: vsub(u, 0.5) }
  const y = k.let(vmul(vsub(distance, 0.25), 2 * Math.PI))
  const z = k.let(vmul(y, y))
  const [c3, c5, c7, c9, c11] = [-1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800]
  return vmul(y, fma(z, fma(z, fma(z, fma(z, fma(z, c11, c9), c7), c5), c3), 1))
}

/**
 * The n-th standard normal number of the stream with these keys (Box and Muller 1958), as `normal` in
 * core/rng.ts.
 */
export function normalOf(k: Namer, keys: readonly [I, I], n: V): V {
  const counter = k.let({ k: "bitShl", a: n, by: 1 })
  const radius: V = { k: "sqrt", a: vmax(vmul(log(k, vsub(1, uniformOf(k, keys, counter))), -2), 0) }
  return vmul(radius, cosTurns(k, uniformOf(k, keys, plus(counter, bits(1)))))
}

/** Writes `rows` · 16 numbers of a stream. Its keys are the context's "seed" and "trainStep". */
export function normalKernel(k: KernelBuilder, rows: number): void {
  const to = k.buffer("to")
  k.loop(0, rows, (row) => {
    const first = k.intLet(imul(row, LANES))
    k.lanes(() => {
      const keys = [context("seed"), context("trainStep")] as const
      k.store(k.pointer(to, row), normalOf(k, keys, k.let(plus({ k: "bits", value: first }, { k: "example" }))))
    })
  })
}
