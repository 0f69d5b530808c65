// How sure a measured share is.

/** Half the width of a 95 % interval, in standard deviations. */
const Z = 1.96

/**
 * The 95 % interval of a share [Wilson 1927]. It stays meaningful at 0 and at 1: of 256 answers without a
 * mistake, up to 1.5 % may be wrong.
 * @param count answers that are of one kind
 * @param of all answers; without any the interval is [0, 1]
 * @example wilson(256, 256) // [0.985…, 1]
 */
export function wilson(count: number, of: number): readonly [low: number, high: number] {
  if (of === 0) return [0, 1]
  const [share, z2] = [count / of, (Z * Z) / of]
  const middle = (share + z2 / 2) / (1 + z2)
  const half = (Z * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of))) / (1 + z2)
  // the ends are exact; rounding would miss them
  return [count === 0 ? 0 : middle - half, count === of ? 1 : middle + half]
}
