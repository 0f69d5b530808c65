// Shrinkage: after every update each weight comes a little nearer to 0, and stays there unless gradients drive it out again: soft thresholding, the
// proximal step of an L1 cost [truncated gradient, Langford, Li & Zhang 2009], apart from the optimiser as in decoupled weight decay [Loshchilov & Hutter
// 2019]. What nothing asks for otherwise stays for ever: the random weights of the beginning did (docs/log.md, 2026-11-27) [ours].

import { clip, type Expr, sub } from "../../core/expr.ts"

/** `by` nearer to 0; 0 where it is no further away. Of 0, the weight itself. */
export const shrunk = (weight: Expr, by: number): Expr => (by === 0 ? weight : sub(weight, clip(weight, -by, by)))
