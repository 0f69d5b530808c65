// The convolution for targets that run thousands of invocations at once: each computes one tile of sums.
// Tiles are plentiful, and adjacent invocations share cached loads. One guarded loop over the taps therefore
// covers the whole image, and the short code compiles fast.

import { lookup } from "../core/lookup.ts"
import { fma, type I, iadd, idiv, imul, int, isub, type KernelBuilder, lane, type V } from "../kernel/language.ts"
import type { Geometry } from "./conv-geometry.ts"

export function parallelConv(k: KernelBuilder, g: Geometry): void {
  const [rows, channels] = tile(k.target.registers, g.W, g.to)
  const tiles = idiv(iadd(g.L, rows - 1), rows)
  k.loop(0, tiles, (t) => {
    const l = k.intLet(imul(t, rows))
    const whole = Math.floor(g.to / channels)
    k.loop(0, whole, (c) => k.lanes(() => sums(k, g, l, rows, k.intLet(imul(c, channels)), channels)))
    const rest = g.to % channels
    if (rest > 0) k.lanes(() => sums(k, g, l, rows, int(whole * channels), rest))
  })
}

/** Rows and channels of a tile; preferably a divisor of the number of channels. */
function tile(registers: number, W: number, to: number): [number, number] {
  const sums = registers >= 32 ? 24 : registers >= 16 ? 12 : 6
  const rows = W === 1 ? (registers >= 32 ? 3 : 2) : 1
  const most = Math.max(1, Math.floor(sums / (rows * W)))
  for (let channels = Math.min(most, to); 2 * channels > most; channels--)
    if (to % channels === 0) return [rows, channels]
  return [rows, Math.min(most, to)]
}

function sums(k: KernelBuilder, g: Geometry, l: I, rows: number, channel: I, channels: number): void {
  const { kl, kw, W, L, from, to } = g
  const at = (r: number, v: number, c: number) => (r * W + v) * to + c
  const inside = (r: number, write: () => void) => (r === 0 ? write() : k.when(iadd(l, r), L, write))
  const out = k.intLet(iadd(imul(l, W * to), channel))
  const acc = new Map<number, V>()
  const each = (r: number, write: (at: number) => void) => {
    for (let v = 0; v < W; v++) for (let c = 0; c < channels; c++) write(at(r, v, c))
  }
  for (let r = 0; r < rows; r++) each(r, (i) => acc.set(i, k.let(lane(0))))
  if (g.added !== undefined) {
    const added = k.pointer(g.added, out)
    for (let r = 0; r < rows; r++) inside(r, () => each(r, (i) => k.set(lookup(acc, i), k.load(added, i))))
  }
  const border = kl >> 1
  const row = g.tap(1, 0) - g.tap(0, 0) // offset of the next kernel row; negative for a turned kernel
  k.loop(0, kl, (i) => {
    const top = k.intLet(isub(iadd(l, i), border))
    const x = k.pointer(g.x, imul(top, W * from))
    const w = k.pointer(
      g.w,
      iadd(iadd(iadd(imul(i, kl === 1 ? 0 : row), g.tap(0, 0)), imul(channel, g.perOutput)), g.copy),
    )
    k.loop(0, from, () => {
      const image: V[] = []
      for (let r = 0; r < rows; r++) {
        const values = Array.from({ length: W }, () => k.let(lane(0)))
        k.when(-r - 1, top, () =>
          k.when(iadd(top, r), L, () => values.forEach((value, v) => k.set(value, k.load(x, (r * W + v) * from)))),
        )
        image.push(...values)
      }
      for (let j = 0; j < kw; j++)
        for (let c = 0; c < channels; c++) {
          const columns = Array.from({ length: W }, (_, v) => v).filter((v) => {
            const column = v + j - (kw >> 1)
            return column >= 0 && column < W
          })
          if (columns.length === 0) continue
          const weight = k.let(k.load(w, g.tap(0, j) - g.tap(0, 0) + c * g.perOutput))
          for (let r = 0; r < rows; r++)
            for (const v of columns) {
              const sum = lookup(acc, at(r, v, c))
              k.set(sum, fma(image[r * W + v + j - (kw >> 1)], weight, sum))
            }
        }
      k.advance(x, 1)
      k.advance(w, g.perInput)
    })
  })
  const y = k.pointer(g.y, out)
  for (let r = 0; r < rows; r++) inside(r, () => each(r, (i) => k.store(y, lookup(acc, i), i)))
}
