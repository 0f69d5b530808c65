// The geometry that both kernels of a convolution share (conv.ts, conv-parallel.ts).

import type { I } from "../kernel/language.ts"

export interface Geometry {
  kl: number
  kw: number
  W: number
  from: number
  to: number
  tap(i: number, j: number): number
  perInput: number
  perOutput: number
  x: number
  w: number
  /** Offset of the kernel copy that the current step uses. */
  copy: I
  added: number | undefined
  y: number
  L: I
}
