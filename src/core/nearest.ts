// "Did you mean": finds the known name nearest to a mistyped one. The distance counts single-character edits:
// insert, delete, replace, swap of neighbors (optimal string alignment distance).

/** The number of edits that turn `a` into `b`. */
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

/** The name that `typed` is probably a typo of, or undefined: nearest("sotr", ["add", "sort"]) is "sort". */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  // A typo keeps most of the word. The cap bounds the cost of very long input.
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

/** A hint to append to an error about an unknown name: " (did you mean sort?)", or "". */
export function didYouMean(typed: string, names: readonly string[]): string {
  const near = nearest(typed, names)
  return near === undefined ? "" : ` (did you mean ${near}?)`
}
