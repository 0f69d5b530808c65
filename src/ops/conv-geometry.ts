// What the two kernels of a convolution (conv.ts, conv-parallel.ts) must know of it.

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
  /** Where the step's copy of the kernel begins. */
  copy: I
  added: number | undefined
  y: number
  L: I
}
