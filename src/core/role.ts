// What a watched tensor is to people who look at it.

/** Memory is carried from step to step. A gate and a weighting are shares from 0 to 1. A layer's output is
 *  the memory between two layers. A value is anything else. */
export type Role = "memory" | "gate" | "weighting" | "layer output" | "value"

/** Shares run from 0 to 1, everything else has a sign. */
export const isShare = (role: Role): boolean => role === "gate" || role === "weighting"
