// Inputs and results of a program run.

/**
 * Up to LANES examples of one length. Inputs are [...shape, LANES] with lanes innermost; unused lanes hold
 * zeros.
 */
export interface Block {
  /** Size of the L axis of each tensor. */
  readonly length: number
  /** Number of steps that scans run: the most that any example of the block needs. */
  readonly steps: number
  /** Index of the first lane's example within the training step; random numbers depend on it. */
  readonly firstExample: number
  readonly inputs: Readonly<Record<string, Float32Array>>
}

export interface RunOptions {
  /** Random numbers depend only on the seed, trainStep and the index of the example. */
  readonly seed: number
  readonly trainStep: number
}

export interface RunResult {
  /** The plan's outputs of each block, [...shape, LANES]; valid until the next run. */
  readonly outputs: readonly Readonly<Record<string, Float32Array>>[]
  /** Gradients of the trainable tensors, summed over blocks in their order; empty without a loss. */
  readonly gradient: Float32Array
}
