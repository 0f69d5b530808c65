// What goes into a run of a program, and what comes out.

/**
 * Up to LANES examples of one length bin. Inputs are [...shape, LANES], lanes innermost; lanes without an
 * example hold zeros.
 */
export interface Block {
  /** Symbols in each tensor's L axis. */
  readonly length: number
  /** Steps that scans run: the most that an example of the block needs. */
  readonly steps: number
  /** Number of the first lane's example within the training step: names its random numbers. */
  readonly firstExample: number
  readonly inputs: Readonly<Record<string, Float32Array>>
}

export interface RunOptions {
  /** With trainStep and an example's number, all that random numbers depend on. */
  readonly seed: number
  readonly trainStep: number
}

export interface RunResult {
  /** For each block, the plan's outputs [...shape, LANES]. Valid until the next run. */
  readonly outputs: readonly Readonly<Record<string, Float32Array>>[]
  /** Σ over blocks, in their order, of the gradients of the trainable tensors; empty without a loss. */
  readonly gradient: Float32Array
}
