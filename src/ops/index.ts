// All ops that have a kernel.

import { mapOp, sumOp } from "../core/map.ts"
import type { Op } from "../core/op.ts"
import { argmaxOneHotOp } from "./argmax-one-hot.ts"
import { circularConvOp, shiftGradientOp } from "./circular-conv.ts"
import { convOp } from "./conv.ts"
import { copiesFilterGradientOp, filterGradientOp } from "./filter-gradient.ts"
import { gatherRowOp } from "./gather-row.ts"
import { logSoftmaxGradientOp, logSoftmaxOp } from "./log-softmax.ts"
import { maskedSoftmaxOp } from "./masked-softmax.ts"
import { rfftOp } from "./rfft.ts"
import { copyGradientOp, selectCopyOp } from "./select-copy.ts"
import { shiftOp } from "./shift.ts"
import { stridedSliceOp } from "./strided-slice.ts"

export {
  argmaxOneHotOp,
  circularConvOp,
  convOp,
  gatherRowOp,
  logSoftmaxOp,
  maskedSoftmaxOp,
  rfftOp,
  selectCopyOp,
  shiftOp,
  stridedSliceOp,
}

/** The gradient and backend tests iterate over this list. */
export const ops: readonly Op[] = [
  mapOp,
  sumOp,
  convOp,
  filterGradientOp,
  copiesFilterGradientOp,
  selectCopyOp,
  copyGradientOp,
  shiftOp,
  gatherRowOp,
  logSoftmaxOp,
  logSoftmaxGradientOp,
  maskedSoftmaxOp,
  argmaxOneHotOp,
  circularConvOp,
  shiftGradientOp,
  rfftOp,
  stridedSliceOp,
]
