// Groups of sizes that a run trains on.

import { parseValue } from "../schema/index.ts"

/** Ranges [from, to], shortest first. */
export type Sizes = readonly (readonly [number, number])[]

/**
 * Sizes 1 to 20 in six groups. Cost grows with the square of the length, so long sizes join once short ones
 * are learned.
 */
export const sizeGroups: Sizes = [
  [1, 3],
  [4, 5],
  [6, 8],
  [9, 12],
  [13, 16],
  [17, 20],
]
/** Parses "1-3,4-8,9-20"; a single size is a range too. JSON is also accepted. */
export function parseSizes(text: string): unknown {
  const parts = text.split(",").map((part) => /^\s*(\d+)(?:-(\d+))?\s*$/u.exec(part))
  if (parts.some((match) => match === null)) return parseValue(text)
  return parts.map((match) => [Number(match?.[1]), Number(match?.[2] ?? match?.[1])])
}

/** The longest size that is trained on. */
export const longestOf = (sizes: Sizes): number => sizes[sizes.length - 1][1]
