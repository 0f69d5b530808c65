// The number of examples in a lane block, a constant of the whole engine.

/** Examples per lane block: the size of the innermost axis of every lane tensor, on every backend. */
export const LANES = 16
