// The one number that all of the engine shares: how many examples run side by side.

/** Examples in a lane block: the innermost axis of every lane tensor, on every backend. */
export const LANES = 16
