// results/problems.json, and the page that shows it.

import { readFileSync } from "node:fs"

export interface ProblemResult {
  readonly problem: string
  readonly about: string
  /** The largest size of the training pairs. */
  readonly largest: number
  readonly seed: number
  /** How training ended: the goal was met, or the steps were used up. */
  readonly reason: string
  readonly steps: number
  readonly seconds: number
  /** Fresh pairs whose sizes are multiples of the largest one, and how many whole answers are right. */
  readonly tests: readonly { readonly factor: number; readonly samples: number; readonly right: number }[]
}

export interface ProblemResults {
  readonly pairs: number
  /** Limit of a training run. */
  readonly steps: number
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string }
  readonly results: readonly ProblemResult[]
}

export const readResults = (file: string | URL): ProblemResults => JSON.parse(readFileSync(file, "utf8"))

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
const percent = (share: number): string => (share === 1 ? "100 %" : `${(Math.floor(1000 * share) / 10).toFixed(1)} %`)

/** docs/results/problems.md */
export function problemsPage({ pairs, steps, machine, results }: ProblemResults): string {
  const names = [...new Set(results.map(({ problem }) => problem))]
  const factors = [...new Set(results.flatMap(({ tests }) => tests.map(({ factor }) => factor)))].sort((a, b) => a - b)
  const rows = names.map((name) => {
    const own = results.filter(({ problem }) => problem === name)
    const cells = factors.map((factor) => {
      const tests = own.flatMap(({ tests }) => tests.filter((test) => test.factor === factor))
      if (tests.length === 0) return "–"
      const shares = tests.map(({ right, samples }) => right / samples)
      const exact = shares.filter((share) => share === 1).length
      return `${exact} of ${tests.length} (${percent(median(shares))})`
    })
    const minutes = median(own.map(({ seconds }) => seconds)) / 60
    return `| ${own[0].about} | ${own[0].largest} | ${cells.join(" | ")} | ${minutes.toFixed(1)} |`
  })
  const seeds = Math.max(...names.map((name) => results.filter(({ problem }) => problem === name).length))
  return `# Twelve problems from pairs

Generated from results/problems.json; \`npm run problems\` measures again.

Each problem is learned from ${pairs.toLocaleString("en-US")} pairs by \`neural-gpu train --data pairs.tsv\`, with the same defaults for all
(\`--backwards\` for numbers), ${seeds === 1 ? "one seed" : `${seeds} seeds`}, at most ${steps.toLocaleString("en-US")} steps a run. Tests are 200 fresh pairs a cell, at multiples of the largest training size.
A cell tells in how many seeds all 200 whole answers are right, and the median share of right answers.
Machine: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.

| problem | largest size | ${factors.map((factor) => `at ${factor}×`).join(" | ")} | minutes |
|---|---|${factors.map(() => "---|").join("")}---|
${rows.join("\n")}
`
}
