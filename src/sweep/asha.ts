// Asynchronous successive halving [Li et al. 2020, arXiv 1810.05934, algorithm 2]: every trial gets a small
// budget; whoever is in the best 1/η of those that came as far gets η times as much, as soon as that is
// known. Nobody waits for stragglers. Compared is the size reached: hopeless runs of the Neural GPU stay at
// small sizes, whatever their loss.

import type { Report, Scheduler, TrialState } from "./scheduler.ts"

export interface AshaOptions {
  /** η, the share that goes on and the growth of the budget. [Li et al. 2020: 4]; 3 keeps more of few runs */
  readonly reduction: number
  /** Budgets smaller than the whole one. */
  readonly rungs: number
}
export const ashaDefaults: AshaOptions = { reduction: 3, rungs: 3 }

/**
 * Steps at which trials with this budget are compared, the budget itself last: 900 → [33, 100, 300, 900] for
 * η = 3.
 */
export const rungsOf = (budget: number, { reduction, rungs }: AshaOptions = ashaDefaults): number[] => {
  const steps = [budget]
  for (let i = 0; i < rungs && steps[0] >= 2 * reduction; i++) steps.unshift(Math.floor(steps[0] / reduction))
  return steps
}

export const asha =
  (options: AshaOptions = ashaDefaults): Scheduler =>
  (trials, running) => {
    const free = (trial: TrialState) => !trial.finished && !running.has(trial.id)
    const levels = Math.max(0, ...trials.map(({ budget }) => rungsOf(budget, options).length))
    // from the top: whoever may go on from the highest rung goes first
    for (let rung = levels - 2; rung >= 0; rung--) {
      const there = trials.flatMap((trial) => {
        const report = reportAt(trial, rung, options)
        return report ? [{ trial, report }] : []
      })
      const best = there
        .sort((a, b) => better(a.report, b.report))
        .slice(0, Math.floor(there.length / options.reduction))
      const next = best.find(({ trial }) => free(trial) && reportAt(trial, rung + 1, options) === undefined)
      if (next) return { id: next.trial.id, steps: rungsOf(next.trial.budget, options)[rung + 1] }
    }
    const fresh = trials.find((trial) => free(trial) && reportAt(trial, 0, options) === undefined)
    return fresh && { id: fresh.id, steps: rungsOf(fresh.budget, options)[0] }
  }

/** What a trial had reached at a rung; a trial that finished before stands there with its last report. */
function reportAt({ budget, reports, finished }: TrialState, rung: number, options: AshaOptions): Report | undefined {
  const at = reports.find(({ steps }) => steps >= (rungsOf(budget, options)[rung] ?? budget))
  return at ?? (finished ? reports.at(-1) : undefined)
}

const better = (a: Report, b: Report): number => b.size - a.size || b.symbol - a.symbol
