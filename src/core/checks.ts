// A check that configs and file formats share.

/** Whether `x` is a JSON object: neither null nor an array. */
export const isObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x)
