// Convolution of an image [L, W, Cin] with a shared kernel [KL, KW, Cin, Cout]: stride 1, zero padding, same
// size. `transposed` turns the kernel, which gives the gradient. A third input is added to the result. A
// kernel [R, KL, KW, Cin, Cout] holds R copies for parameter-sharing relaxation; step t of a scan uses copy t
// mod R. Each register tile keeps R rows × W columns × C channels of sums; docs/kernels.md lists the variants
// tried.

import { lookup } from "../core/lookup.ts"
import { type Dim, dimsAt, show, sizeAt } from "../core/shape.ts"
import { fma, type I, iadd, imin, imul, isub, type KernelBuilder, lane, type V } from "../kernel/language.ts"
import type { KernelOp } from "../kernel/op.ts"
import type { Geometry } from "./conv-geometry.ts"
import { parallelConv } from "./conv-parallel.ts"
import { copiesFilterGradientOp, filterGradientOp } from "./filter-gradient.ts"
import { copiesOf, copyOffset } from "./select-copy.ts"

export interface ConvAttributes {
  readonly transposed: boolean
}

export const convOp: KernelOp<ConvAttributes> = {
  name: "conv",
  shape([x, w, added], { transposed }) {
    const [length, width, channels] = x.shape
    const [kl, kw, cin, cout] = w.shape.slice(-4) as number[]
    const [from, to] = transposed ? [cout, cin] : [cin, cout]
    if (x.shape.length !== 3 || ![4, 5].includes(w.shape.length))
      throw new Error(`conv: got ${show(x.shape)} * ${show(w.shape)}`)
    if (channels !== from)
      throw new Error(`conv: image ${show(x.shape)} does not have the ${from} channels of kernel ${show(w.shape)}`)
    if (kl % 2 === 0 || kw % 2 === 0) throw new Error(`conv: kernel ${show(w.shape)} must have odd sides`)
    const out: Dim[] = [length, width, to]
    if (added && show(added.shape) !== show(out))
      throw new Error(`conv: cannot add ${show(added.shape)} to ${show(out)}`)
    return out
  },
  gradient(g, { inputs: [x, w, added], attributes: { transposed } }, adjoint) {
    const dx = g.create(convOp, [adjoint, w], { transposed: !transposed })
    const gradientOp = copiesOf(w.shape) > 1 ? copiesFilterGradientOp : filterGradientOp
    const dw = g.create(gradientOp, transposed ? [adjoint, x] : [x, adjoint], { shape: w.shape })
    return added ? [dx, dw, adjoint] : [dx, dw]
  },
  plus: (g, { inputs, attributes }, summand) =>
    inputs.length === 2 ? g.create(convOp, [...inputs, summand], attributes) : undefined,
  reference(node, [x, allCopies, added], { length, step }) {
    const [L, W, cx] = dimsAt(node.inputs[0].shape, length)
    const [kl, kw, cin, cout] = node.inputs[1].shape.slice(-4) as number[]
    const w = allCopies.subarray((step % copiesOf(node.inputs[1].shape)) * kl * kw * cin * cout)
    const { transposed } = node.attributes
    const cy = transposed ? cin : cout
    const y = added ? added.slice() : new Float64Array(sizeAt(node.shape, length))
    for (let l = 0; l < L; l++)
      for (let v = 0; v < W; v++)
        for (let i = 0; i < kl; i++)
          for (let j = 0; j < kw; j++) {
            const [fl, fv] = [l + i - (kl >> 1), v + j - (kw >> 1)]
            if (fl < 0 || fl >= L || fv < 0 || fv >= W) continue
            const tap = transposed ? (kl - 1 - i) * kw + (kw - 1 - j) : i * kw + j
            for (let a = 0; a < cx; a++)
              for (let b = 0; b < cy; b++)
                y[(l * W + v) * cy + b] +=
                  x[(fl * W + fv) * cx + a] * w[tap * cin * cout + (transposed ? b * cout + a : a * cout + b)]
          }
    return y
  },
  kernel(k, { attributes: { transposed }, inputs, shape }) {
    const [kl, kw, cin, cout] = inputs[1].shape.slice(-4) as number[]
    const W = shape[1] as number
    const geometry: Geometry = {
      kl,
      kw,
      W,
      from: transposed ? cout : cin,
      to: transposed ? cin : cout,
      tap: (i, j) => (transposed ? (kl - 1 - i) * kw + (kw - 1 - j) : i * kw + j) * cin * cout,
      perInput: transposed ? 1 : cout,
      perOutput: transposed ? cout : 1,
      x: k.buffer("x"),
      w: k.buffer("w", false),
      copy: copyOffset(inputs[1].shape),
      added: inputs.length > 2 ? k.buffer("added") : undefined,
      y: 0,
      L: shape[0] === "L" ? { k: "context", field: "L" } : { k: "int", value: shape[0] as number },
    }
    const g = { ...geometry, y: k.buffer("y") }
    if (k.target.parallel) {
      k.product({ ...g, k: "conv", turned: transposed })
      return parallelConv(k, g)
    }
    const border = kl >> 1
    const [rows, channels] = tile(k, W, g.to)
    const guarded = (from: I | number, to: I) =>
      k.loop(from, to, (l) => eachLaneAndChannel(k, g, l, 1, Math.min(g.to, rows * channels), true))
    const top = k.intLet(imin(border, g.L))
    guarded(0, top)
    const tiles = k.intLet({
      k: "div",
      a: { k: "max", a: isub(g.L, 2 * border), b: { k: "int", value: 0 } },
      b: { k: "int", value: rows },
    })
    k.loop(0, tiles, (t) => eachLaneAndChannel(k, g, k.intLet(iadd(imul(t, rows), border)), rows, channels, false))
    guarded(k.intLet(iadd(top, imul(tiles, rows))), g.L)
  },
}

/**
 * Rows and output channels of a register tile. The sums fill the registers beside one row of inputs and one
 * weight.
 */
function tile(k: KernelBuilder, W: number, channels: number): [number, number] {
  const { registers } = k.target
  const sums = registers >= 32 ? 24 : registers >= 16 ? 12 : 8
  const rows = W === 1 ? (sums === 24 ? 3 : 4) : Math.max(1, Math.floor(4 / W))
  return [rows, Math.min(channels, Math.max(1, Math.floor(sums / (rows * W))))]
}

/**
 * Loops over lane groups inside channels, so that each group finds image and weights in the first-level
 * cache.
 */
function eachLaneAndChannel(k: KernelBuilder, g: Geometry, l: I, rows: number, channels: number, guard: boolean): void {
  const whole = Math.floor(g.to / channels)
  const tile = (channel: I, count: number) => k.lanes(() => sums(k, g, l, rows, count, channel, guard))
  if (whole > 0) k.loop(0, whole, (c) => tile(k.intLet(imul(c, channels)), channels))
  const rest = g.to % channels
  if (rest > 0) tile({ k: "int", value: whole * channels }, rest)
}

/** Writes one register tile: rows × W × channels sums over all taps and input channels. */
function sums(k: KernelBuilder, g: Geometry, l: I, rows: number, channels: number, channel: I, guard: boolean): void {
  const out = k.intLet(iadd(imul(l, g.W * g.to), channel))
  const at = (r: number, v: number, c: number) => (r * g.W + v) * g.to + c
  const added = g.added === undefined ? undefined : k.pointer(g.added, out)
  const acc = new Map<number, V>()
  for (let r = 0; r < rows; r++)
    for (let v = 0; v < g.W; v++)
      for (let c = 0; c < channels; c++) acc.set(at(r, v, c), k.let(added ? k.load(added, at(r, v, c)) : lane(0)))
  const border = g.kl >> 1
  const taps = (first: number, last: number) => {
    // Image rows first..last+rows-1 of the window, taps i in first..last, in one pass over the input
    // channels.
    const x = k.pointer(g.x, imul(isub(l, border - first), g.W * g.from))
    const w = k.pointer(g.w, iadd(imul(channel, g.perOutput), g.copy))
    k.loop(0, g.from, () => {
      const image = new Map<number, V>()
      for (let i = first; i <= last; i++)
        for (let j = 0; j < g.kw; j++)
          for (let c = 0; c < channels; c++) {
            const uses = []
            for (let r = 0; r < rows; r++)
              for (let v = 0; v < g.W; v++) {
                const column = v + j - (g.kw >> 1)
                if (column >= 0 && column < g.W) uses.push([r, v, (r + i - first) * g.W + column])
              }
            if (uses.length === 0) continue
            const weight = k.let(k.load(w, g.tap(i, j) + c * g.perOutput))
            for (const [r, v, from] of uses) {
              let value = image.get(from)
              if (!value) image.set(from, (value = k.let(k.load(x, from * g.from))))
              const sum = lookup(acc, at(r, v, c))
              k.set(sum, fma(value, weight, sum))
            }
          }
      k.advance(x, 1)
      k.advance(w, g.perInput)
    })
  }
  if (guard)
    for (let i = 0; i < g.kl; i++) k.when(border - i - 1, l, () => k.when(l, isub(g.L, i - border), () => taps(i, i)))
  else taps(0, g.kl - 1)
  const y = k.pointer(g.y, out)
  for (const [offset, value] of acc) k.store(y, value, offset)
}
