// Convolutions larger than a register tile: whole tiles and remainders of rows, columns and channels, forward
// and backward.

import type { Graph } from "../../src/core/graph.ts"
import type { Node } from "../../src/core/op.ts"
import { convOp } from "../../src/ops/conv.ts"
import { conformance } from "../conformance.ts"
import { scaled } from "../samples.ts"

const conv =
  (kernel: number[], width: number, transposed = false) =>
  (g: Graph): Node =>
    g.create(
      convOp,
      [scaled(g, ["L", width, kernel[transposed ? 3 : 2]]), g.parameter("w", kernel, { uniform: 0.5 })],
      {
        transposed,
      },
    )

conformance({
  "conv, tiles": {
    "one column, 11 channels": conv([3, 1, 2, 11], 1),
    "one column, 11 channels, transposed": conv([3, 1, 11, 2], 1, true),
    "three columns, 7 channels": conv([3, 3, 2, 7], 3),
    "four columns, 13 channels": conv([1, 3, 2, 13], 4),
    "five columns, a long kernel": conv([5, 1, 2, 2], 5),
  },
})
