// The meaning of a tapped tensor, for displays.

/**
 * "memory" is carried from step to step. "gate" and "weighting" hold shares from 0 to 1. "layer output" is
 * the memory between two layers. "value" is anything else.
 */
export type Role = "memory" | "gate" | "weighting" | "layer output" | "value"

/** Whether values run from 0 to 1; all other roles are signed. */
export const isShare = (role: Role): boolean => role === "gate" || role === "weighting"
