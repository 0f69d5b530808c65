// Every s-th place of an image [A, B, C] along its first two axes; after a convolution of stride 1 it gives
// that of stride s. `back` is the gradient: it spreads the places and puts zeros between them.

import { dimsAt, show, sizeAt } from "../core/shape.ts"
import { iadd, imul } from "../kernel/language.ts"
import type { KernelOp } from "../kernel/op.ts"

export interface EveryAttributes {
  readonly by: readonly [number, number]
  /** Sizes of the larger image. */
  readonly size: readonly [number, number]
  readonly back: boolean
}

const smaller = ({ by, size }: EveryAttributes) => [0, 1].map((i) => Math.ceil(size[i] / by[i]))

export const stridedSliceOp: KernelOp<EveryAttributes> = {
  name: "every",
  shape([x], attributes) {
    const [from, to] = attributes.back ? [smaller(attributes), attributes.size] : [attributes.size, smaller(attributes)]
    if (x.shape.length !== 3 || x.shape[0] !== from[0] || x.shape[1] !== from[1])
      throw new Error(`stridedSlice: got ${show(x.shape)}, expected ${from.join(" x ")} places`)
    return [...to, x.shape[2]]
  },
  gradient: (g, { attributes }, adjoint) => [
    g.create(stridedSliceOp, [adjoint], { ...attributes, back: !attributes.back }),
  ],
  reference(node, [x], { length }) {
    const { by, size, back } = node.attributes
    const y = new Float64Array(sizeAt(node.shape, length))
    const [A, B] = smaller(node.attributes)
    const C = dimsAt(node.shape, length)[2]
    for (let a = 0; a < A; a++)
      for (let b = 0; b < B; b++)
        for (let c = 0; c < C; c++) {
          const [small, large] = [(a * B + b) * C + c, (a * by[0] * size[1] + b * by[1]) * C + c]
          if (back) y[large] = x[small]
          else y[small] = x[large]
        }
    return y
  },
  kernel(k, { attributes, shape }) {
    const { by, size, back } = attributes
    const [A, B] = smaller(attributes)
    const C = shape[2] as number
    const [x, y] = [k.buffer("x"), k.buffer("y")]
    if (back) {
      k.loop(0, size[0] * size[1] * C, (i) => k.lanes(() => k.store(k.pointer(y, i), 0)))
      k.barrier()
    }
    k.loop(0, A, (a) =>
      k.loop(0, B, (b) =>
        k.loop(0, C, (c) => {
          const small = k.intLet(iadd(imul(iadd(imul(a, B), b), C), c))
          const large = k.intLet(iadd(imul(iadd(imul(a, by[0] * size[1]), imul(b, by[1])), C), c))
          const [from, to] = back ? [small, large] : [large, small]
          k.lanes(() => k.store(k.pointer(y, to), k.load(k.pointer(x, from))))
        }),
      ),
    )
  },
}
