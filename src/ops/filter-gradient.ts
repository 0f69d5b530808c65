// The gradient of a convolution's kernel: dw[i, j, a, b] = Σ over positions of x[p + (i, j), a] · dy[p, b].
// It keeps one number per lane, in a per-lane accumulator; the lanes are summed once per training step.

import { dimsAt, type Shape, show, sizeAt } from "../core/shape.ts"
import {
  context,
  fma,
  type I,
  iadd,
  imax,
  imin,
  imul,
  int,
  isub,
  type KernelBuilder,
  type V,
} from "../kernel/language.ts"
import type { KernelOp } from "../kernel/op.ts"
import { parallelFilterGradient } from "./filter-gradient-parallel.ts"
import { copiesOf, copyOffset } from "./select-copy.ts"

/**
 * Inputs: image [L, W, A] and gradient of the result [L, W, B]. Shape: [KL, KW, A, B], or [R, KL, KW, A, B],
 * in which the step's copy receives the gradient.
 */
export const filterGradientOp: KernelOp<{ readonly shape: Shape }> = {
  name: "filterGradient",
  shape([x, dy], { shape }) {
    if (x.shape[2] !== shape.at(-2) || dy.shape[2] !== shape.at(-1))
      throw new Error(`filterGradient: ${show(x.shape)} and ${show(dy.shape)} do not make ${show(shape)}`)
    return shape
  },
  gradient() {
    throw new Error("filterGradient: second derivatives are not supported")
  },
  reference(node, [x, dy], { length, step }) {
    const [L, W] = dimsAt(node.inputs[0].shape, length)
    const [kl, kw, A, B] = node.shape.slice(-4) as number[]
    const all = new Float64Array(sizeAt(node.shape, length))
    const out = all.subarray((step % copiesOf(node.shape)) * kl * kw * A * B)
    for (let l = 0; l < L; l++)
      for (let v = 0; v < W; v++)
        for (let i = 0; i < kl; i++)
          for (let j = 0; j < kw; j++) {
            const [fl, fv] = [l + i - (kl >> 1), v + j - (kw >> 1)]
            if (fl < 0 || fl >= L || fv < 0 || fv >= W) continue
            for (let a = 0; a < A; a++)
              for (let b = 0; b < B; b++)
                out[((i * kw + j) * A + a) * B + b] += x[(fl * W + fv) * A + a] * dy[(l * W + v) * B + b]
          }
    return all
  },
  // With a single place per step, each product would read and write one row of sums, so one product over all
  // steps is better.
  stackable: true,
  acrossSteps: ({ inputs: [x], shape }) => x.shape[0] === 1 && shape[0] === 1,
  kernel(k, { inputs, shape, accumulate, stacked }) {
    const [kl, kw, A, B] = shape.slice(-4) as number[]
    const [rows, W] = inputs[0].shape
    const ownL: I = rows === "L" ? context("L") : int(rows as number)
    const L: I = stacked ? context("T") : ownL
    const buffers = { x: k.buffer("x"), dy: k.buffer("dy"), dw: k.buffer("dw") }
    const copy = copyOffset(shape)
    if (!accumulate && (!k.target.parallel || copiesOf(shape) > 1)) {
      k.loop(0, copiesOf(shape) * kl * kw * A * B, (i) => k.lanes(() => k.store(k.pointer(buffers.dw, i), 0)))
      k.barrier()
    }
    if (k.target.parallel) {
      const steps: I = stacked ? context("T") : int(1)
      const adds = accumulate || copiesOf(shape) > 1
      return parallelFilterGradient(k, {
        k: "filter",
        kl,
        kw,
        A,
        B,
        W: W as number,
        L: ownL,
        steps,
        accumulate: adds,
        copy,
        ...buffers,
      })
    }
    const [a, b] = tile(k, kl, A, B)
    const step = rowsAtOnce(k)
    k.loop(
      0,
      L,
      (from) => {
        const to = k.intLet(imin(iadd(from, step), L))
        tiles(k, A, a, (a0, na) =>
          tiles(k, B, b, (b0, nb) => {
            for (let j = 0; j < kw; j++)
              k.lanes(() => sums(k, { kl, kw, A, B, W: W as number, L, from, to, j, a0, na, b0, nb, copy, ...buffers }))
          }),
        )
      },
      step,
      { ordered: true },
    )
  },
}

/** The filter gradient if every step uses another copy, which must be computed step by step. */
export const copiesFilterGradientOp: KernelOp<{ readonly shape: Shape }> = {
  ...filterGradientOp,
  name: "copiesFilterGradient",
  stackable: false,
  acrossSteps: () => false,
}

/**
 * Rows of the image that all channels pass over before the next rows. If a vector is narrower than a lane
 * block, few rows keep a tile in the first-level cache for the other lane groups and kernel columns.
 * Otherwise it is enough that the rows of all channels fit the second level.
 */
const rowsAtOnce = (k: KernelBuilder): number => (k.target.registers >= 32 ? 64 : 8)

/** Channels of x and dy in a register tile that holds all KL taps of one kernel column. */
function tile(k: KernelBuilder, kl: number, A: number, B: number): [number, number] {
  const sums = k.target.registers >= 32 ? 24 : 9
  const a = kl === 1 ? (sums === 24 ? 4 : 3) : kl <= 3 && sums === 24 ? 2 : 1
  return [Math.min(A, a), Math.min(B, Math.max(1, Math.floor(sums / (a * kl))))]
}

function tiles(k: KernelBuilder, channels: number, size: number, write: (first: I, count: number) => void): void {
  const whole = Math.floor(channels / size)
  if (whole > 0) k.loop(0, whole, (t) => write(k.intLet(imul(t, size)), size))
  if (channels % size > 0) write(int(whole * size), channels % size)
}

interface Tile {
  kl: number
  kw: number
  A: number
  B: number
  W: number
  L: I
  from: I
  to: I
  j: number
  a0: I
  na: number
  b0: I
  nb: number
  /** Offset of the kernel copy that the current step uses. */
  copy: I
  x: number
  dy: number
  dw: number
}

function sums(k: KernelBuilder, t: Tile): void {
  const { kl, kw, A, B, W, L, j, na, nb } = t
  const border = kl >> 1
  const dw = k.pointer(t.dw, iadd(iadd(j * A * B, iadd(imul(t.a0, B), t.b0)), t.copy))
  const at = (i: number, a: number, b: number) => i * kw * A * B + a * B + b
  const acc: V[][][] = []
  for (let i = 0; i < kl; i++) {
    acc.push([])
    for (let a = 0; a < na; a++) {
      acc[i].push([])
      for (let b = 0; b < nb; b++) acc[i][a].push(k.let(k.load(dw, at(i, a, b))))
    }
  }
  // Columns of dy whose column in x is inside the image.
  const shift = j - (kw >> 1)
  const [first, last] = [Math.max(0, -shift), Math.min(W, W - shift)]
  const rows = (from: I | number, to: I, guard: boolean) =>
    k.loop(from, to, (l) => {
      const x = k.pointer(t.x, iadd(imul(isub(l, border), W * A), t.a0))
      const dy = k.pointer(t.dy, iadd(imul(l, W * B), t.b0))
      for (let v = first; v < last; v++) {
        const gradient = k.loadEach(dy, nb, v * B)
        for (let i = 0; i < kl; i++) {
          const tap = () => {
            for (let a = 0; a < na; a++) {
              const value = k.let(k.load(x, (i * W + v + shift) * A + a))
              for (let b = 0; b < nb; b++) k.set(acc[i][a][b], fma(value, gradient[b], acc[i][a][b]))
            }
          }
          if (guard) k.when(border - i - 1, l, () => k.when(l, isub(L, i - border), tap))
          else tap()
        }
      }
    })
  const top = k.intLet(imin(border, L))
  const bottom = k.intLet(imax(top, isub(L, border)))
  rows(t.from, k.intLet(imin(t.to, top)), true)
  rows(k.intLet(imax(t.from, top)), k.intLet(imin(t.to, bottom)), false)
  rows(k.intLet(imax(t.from, bottom)), t.to, true)
  for (let i = 0; i < kl; i++)
    for (let a = 0; a < na; a++) for (let b = 0; b < nb; b++) k.store(dw, acc[i][a][b], at(i, a, b))
}
