// Every op that is computed: a literal list, from which the gradient and backend checks are driven.

import { mapOp, sumOp } from "../core/map.ts"
import type { Op } from "../core/op.ts"
import { circularOp, shiftGradientOp } from "./circular.ts"
import { convOp } from "./conv.ts"
import { copyGradientOp, copyOp } from "./copies.ts"
import { everyOp } from "./every.ts"
import { copiesFilterGradientOp, filterGradientOp } from "./filter-gradient.ts"
import { largestOp } from "./largest.ts"
import { logSoftmaxGradientOp, logSoftmaxOp } from "./log-softmax.ts"
import { placeSoftmaxOp } from "./place-softmax.ts"
import { rfftOp } from "./rfft.ts"
import { rowOp } from "./row.ts"
import { shiftOp } from "./shift.ts"

export const ops: readonly Op[] = [
  mapOp,
  sumOp,
  convOp,
  filterGradientOp,
  copiesFilterGradientOp,
  copyOp,
  copyGradientOp,
  shiftOp,
  rowOp,
  logSoftmaxOp,
  logSoftmaxGradientOp,
  placeSoftmaxOp,
  largestOp,
  circularOp,
  shiftGradientOp,
  rfftOp,
  everyOp,
]
