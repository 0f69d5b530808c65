// The weight of the saturation cost adapts: every so often it becomes rate · mean error / mean cost, so that the weighted cost
// stays a small share of the loss [DNGPU code: weight · rate · error / (weight · cost)].

export interface SaturationOptions {
  /** Pre-activations beyond ± this cost their excess. */
  readonly limit: number
  /** Weight at the beginning, and the most it may become. */
  readonly weight: number
  /** The least it may become. DNGPU's 1e-20 lets it vanish. */
  readonly floor: number
  /** Steps between adaptations. */
  readonly every: number
}
/** From the DNGPU code, the floor apart (docs/log.md). */
export const saturationDefaults: SaturationOptions = { limit: 0.9, weight: 1e-3, floor: 1e-20, every: 200 }

/** The weight for the next steps, from the mean error and cost of the last ones. */
export function adaptSaturation(options: SaturationOptions, rate: number, meanError: number, meanCost: number): number {
  if (!(meanCost > 0)) return options.weight
  return Math.min(options.weight, Math.max(options.floor, (rate * meanError) / meanCost))
}
