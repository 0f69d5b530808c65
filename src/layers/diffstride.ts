// DiffStride [Riad et al. 2022]: an image is made smaller by leaving out high frequencies, and how much smaller, the stride S, is learned.
// mask(f) = clip((R + T − f) / R, 0, 1), T = n / (2S): flat up to T, a ramp of R bins, nothing beyond. The gradient reaches S through the ramp.
//
// Sizes are part of a plan here, so the crop cannot follow S while a model is trained. It is chosen when the model is built: for the least stride
// that is allowed while training (the mask then removes what a tighter crop would), and for the learned stride when it is built again to be used.
// Both axes have the same symmetric mask (the published code's horizontal one is one bin wider); amplitudes are kept, as a strided
// convolution keeps them (the published code's grow by n / size).

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

/** Bins of the mask's ramp [DiffStride code]. */
export const SMOOTHNESS = 4

export interface DiffStrideOptions {
  /** Strides along the length and the width at the beginning. */
  readonly stride: readonly [number, number]
  /** The crop is that of these strides. While training: the least that may be learned. */
  readonly crop: readonly [number, number]
  /** Limits of what is learned. */
  readonly least: number
  readonly most: number
  /** One stride for both axes. */
  readonly shared?: boolean
  readonly smoothness?: number
}

/** Places that are left of n: 2·(T + R), even, and never more than there were. 64 places, strides 2 and 4, R = 4: 40 and 24. */
export const croppedSize = (n: number, stride: number, smoothness = SMOOTHNESS): number =>
  Math.min(n, Math.max(2, 2 * Math.floor(n / (2 * stride) + smoothness)))

/** x [H, W, C], sizes even → a smaller image; and the strides as nodes [1, 1, 1], with the share of places that a crop to them keeps.
 *  An axis of one place stays as it is, with stride 1: in one dimension. */
export function diffStride(g: Graph, name: string, x: Node, options: DiffStrideOptions) {
  const { stride, crop, least, most, shared = false, smoothness = SMOOTHNESS } = options
  const learned = (axis: string, begin: number): Node => {
    // S between its limits by a sigmoid: clipped, it would not come back from a limit
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

/** Spectral pooling [Rippel et al. 2015]: the lowest frequencies of a fixed stride, no mask; sizes even, at least 2. An axis of one place stays. */
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

/** The way back: x [H, W, C] on `places` places along the length, with no frequencies but those that it has; values between its own are interpolated. */
export function spectralUpsampling(g: Graph, x: Node, places: number): Node {
  const n = x.shape[0] as number
  const spectrum = g.create(rfftOp, [x], { axis: 0, n, keep: n, back: false })
  // amplitudes stay: √(places/n); the highest bin becomes a pair of mirror images
  const scale = Math.sqrt(places / n)
  const spread = g.map([spectrum], (x) =>
    mul(x, places > n ? select(equal(coordinate(0), n / 2), scale * Math.SQRT1_2, scale) : scale),
  )
  return g.create(rfftOp, [spread], { axis: 0, n: places, keep: n, back: true })
}

/** To the spectrum of one axis, its mask, and back to `keep` places. */
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
  // amplitudes stay: √(keep/n); the highest bin of a cropped spectrum stands for itself alone, not for its mirror image too
  const scale = Math.sqrt(keep / n)
  const kept = keep < n ? select(equal(k, keep / 2), scale * Math.SQRT1_2, scale) : scale
  const masked =
    stride && mask
      ? g.map([spectrum, stride], (x, s) => mul(x, mul(kept, mask(frequency, s))))
      : g.map([spectrum], (x) => mul(x, kept))
  return g.create(rfftOp, [masked], { axis, n: keep, keep, back: true })
}
