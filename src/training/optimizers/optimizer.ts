// What an optimiser is: it changes parameters in place, given a gradient. Its memory is arrays as long as the parameters, so that
// it can be saved and resumed bit for bit. Only + − · / √ are used where bits matter; powers are running products.

export interface Optimizer {
  readonly name: string
  /** Names of the arrays it keeps. */
  readonly slots: readonly string[]
  /** Numbers beside the arrays, at the beginning. */
  readonly scalars: Readonly<Record<string, number>>
  /** One update. `slots` and `scalars` are changed too. */
  step(parameters: Float32Array, gradient: Float32Array, rate: number, memory: OptimizerMemory): void
}

export interface OptimizerMemory {
  readonly slots: Record<string, Float32Array>
  readonly scalars: Record<string, number>
}

export const newMemory = (optimizer: Optimizer, size: number): OptimizerMemory => ({
  slots: Object.fromEntries(optimizer.slots.map((name) => [name, new Float32Array(size)])),
  scalars: { ...optimizer.scalars },
})
