// "Did you mean": the known name nearest to a mistyped one, by the number of single-character slips
// (insert, delete, replace, swap of neighbors: the optimal string alignment distance).

/** How many slips turn `a` into `b`. */
export function slips(a: string, b: string): number {
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, older[j - 2] + 1)
      row.push(best)
    }
    older = previous
    previous = row
  }
  return previous[b.length]
}

/**
 * The one of `names` that `typed` looks like a slip of, if any: nearest("sotr", ["add", "sort"]) is "sort".
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  // A slip keeps most of the word; the cap also keeps absurdly long input from costing anything.
  if (typed.length > 64) return undefined
  const word = typed.toLowerCase()
  let best: string | undefined
  let bestSlips = Number.POSITIVE_INFINITY
  for (const name of names) {
    const n = slips(word, name)
    if (n <= Math.max(1, Math.floor(name.length / 3)) && n < bestSlips) {
      best = name
      bestSlips = n
    }
  }
  return best
}

/** The end of an error about a name that there is not: " (did you mean sort?)", or nothing. */
export function didYouMean(typed: string, names: readonly string[]): string {
  const near = nearest(typed, names)
  return near === undefined ? "" : ` (did you mean ${near}?)`
}
