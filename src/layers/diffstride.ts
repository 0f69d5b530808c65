// DiffStride [Riad et al. 2022]: downsamples an image by removing high frequencies, with a learned stride S.
// The mask is clip((R + T − f) / R, 0, 1) with T = n / (2S): 1 up to T, then a ramp of R bins, then 0. The
// gradient reaches S through the ramp.
//
// Sizes are part of a plan here, so the crop cannot follow S during training. It is fixed when the model is
// built. For training it is that of the least allowed stride, and the mask removes what a tighter crop would.
// For use, the model is built again with the crop of the learned stride. Both axes have the same symmetric
// mask; in the published code the horizontal one is one bin wider. Amplitudes do not change, as in a strided
// convolution; in the published code they grow by n / size.

import {
  add,
  clip,
  constant,
  coordinate,
  div,
  type Expr,
  equal,
  less,
  mul,
  select,
  sigmoid,
  sub,
} from "../core/expr.ts"
import type { Graph } from "../core/graph.ts"
import type { Node } from "../core/op.ts"
import { rfftOp } from "../ops/rfft.ts"

/** Width of the mask's ramp, in bins [DiffStride code]. */
export const SMOOTHNESS = 4

export interface DiffStrideOptions {
  /** Initial strides along length and width. */
  readonly stride: readonly [number, number]
  /** The strides that determine the crop. For training: the least that may be learned. */
  readonly crop: readonly [number, number]
  /** Limits of the learned strides. */
  readonly least: number
  readonly most: number
  /** Learn one stride for both axes. */
  readonly shared?: boolean
  readonly smoothness?: number
}

/**
 * Places that remain of n: 2·(T + R), even, at most n. For 64 places and R = 4, strides 2 and 4 leave 40 and
 * 24.
 */
export const croppedSize = (n: number, stride: number, smoothness = SMOOTHNESS): number =>
  Math.min(n, Math.max(2, 2 * Math.floor(n / (2 * stride) + smoothness)))

/**
 * x [H, W, C] with even sizes → a smaller image. Also returns the strides [1, 1, 1], and the share of places
 * that a crop to them keeps. An axis of one place keeps its size and has stride 1, for one-dimensional
 * inputs.
 */
export function diffStride(g: Graph, name: string, x: Node, options: DiffStrideOptions) {
  const { stride, crop, least, most, shared = false, smoothness = SMOOTHNESS } = options
  const learned = (axis: string, begin: number): Node => {
    // A sigmoid keeps S between its limits. If it were clipped, it could not leave a limit again.
    const share = (Math.min(most - 1e-3, Math.max(least + 1e-3, begin)) - least) / (most - least)
    const free = g.parameter(`${name}/stride${axis}`, [1], { constant: Math.log(share / (1 - share)) })
    return g.map([free], (s) => add(least, mul(sigmoid(s), most - least)), [1, 1, 1])
  }
  const both = shared ? learned("", stride[0]) : undefined
  const along = (axis: 0 | 1, name: string): Node =>
    x.shape[axis] === 1 ? g.mapExpr([], constant(1), [1, 1, 1]) : (both ?? learned(name, stride[axis]))
  const strides = [along(0, "/length"), along(1, "/width")] as const
  let out = x
  for (const axis of [0, 1] as const) {
    const n = out.shape[axis] as number
    if (n === 1) continue
    const keep = croppedSize(n, crop[axis], smoothness)
    const mask = (frequency: Expr, s: Expr) =>
      clip(div(sub(add(smoothness, div(n / 2, s)), frequency), smoothness), 0, 1)
    out = lowPass(g, out, axis, keep, strides[axis], mask)
  }
  const cost = g.map([...strides], (v, h) => div(1, mul(v, h)))
  return { out, strides, cost }
}

/**
 * Spectral pooling [Rippel et al. 2015]: keeps the lowest frequencies for a fixed stride, without a mask.
 * Sizes must be even and at least 2; an axis of one place keeps its size.
 */
export function spectralPooling(g: Graph, x: Node, stride: readonly [number, number]): Node {
  let out = x
  for (const axis of [0, 1] as const) {
    const n = out.shape[axis] as number
    if (n === 1) continue
    const keep = Math.min(n, Math.max(2, 2 * Math.floor(n / (2 * stride[axis]))))
    out = lowPass(g, out, axis, keep)
  }
  return out
}

/**
 * Upsamples x [H, W, C] to `places` along the length, without adding frequencies; values between the original
 * ones are interpolated.
 */
export function spectralUpsampling(g: Graph, x: Node, places: number): Node {
  const n = x.shape[0] as number
  const spectrum = g.create(rfftOp, [x], { axis: 0, n, keep: n, back: false })
  // √(places/n) keeps amplitudes. The highest bin becomes a pair of mirror images.
  const scale = Math.sqrt(places / n)
  const spread = g.map([spectrum], (x) =>
    mul(x, places > n ? select(equal(coordinate(0), n / 2), scale * Math.SQRT1_2, scale) : scale),
  )
  return g.create(rfftOp, [spread], { axis: 0, n: places, keep: n, back: true })
}

/** Transforms one axis, multiplies by its mask, and transforms back to `keep` places. */
function lowPass(
  g: Graph,
  x: Node,
  axis: 0 | 1,
  keep: number,
  stride?: Node,
  mask?: (frequency: Expr, stride: Expr) => Expr,
): Node {
  const n = x.shape[axis] as number
  const spectrum = g.create(rfftOp, [x], { axis, n, keep, back: false })
  const k = coordinate(axis)
  const frequency = select(less(k, keep / 2 + 1), k, sub(k, keep / 2))
  // √(keep/n) keeps amplitudes. The highest bin of a cropped spectrum stands for itself alone, not also for
  // its mirror image.
  const scale = Math.sqrt(keep / n)
  const kept = keep < n ? select(equal(k, keep / 2), scale * Math.SQRT1_2, scale) : scale
  const masked =
    stride && mask
      ? g.map([spectrum, stride], (x, s) => mul(x, mul(kept, mask(frequency, s))))
      : g.map([spectrum], (x) => mul(x, kept))
  return g.create(rfftOp, [masked], { axis, n: keep, keep, back: true })
}
