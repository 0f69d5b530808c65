// Asynchronous successive halving (ASHA) [Li et al. 2020, algorithm 2]. Every trial gets a small budget. A
// trial in the best 1/η of a rung gets η times as much as soon as this is known, so nobody waits for
// stragglers. Trials are compared by the size reached: hopeless runs of a Neural GPU stay at small sizes,
// whatever their loss.

import type { Report, Scheduler, TrialState } from "./scheduler.ts"

export interface AshaOptions {
  /**
   * η: 1/η of the trials continue, with η times the budget [Li et al. 2020: 4]. With 3, more of a few runs
   * remain.
   */
  readonly reduction: number
  /** Number of budgets below the full one. */
  readonly rungs: number
}
export const ashaDefaults: AshaOptions = { reduction: 3, rungs: 3 }

/** Steps at which trials are compared, the full budget last: 900 → [33, 100, 300, 900] for η = 3. */
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
    // highest rung first
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

/** The report of a trial at a rung. A trial that finished earlier counts with its last report. */
function reportAt({ budget, reports, finished }: TrialState, rung: number, options: AshaOptions): Report | undefined {
  const at = reports.find(({ steps }) => steps >= (rungsOf(budget, options)[rung] ?? budget))
  return at ?? (finished ? reports.at(-1) : undefined)
}

const better = (a: Report, b: Report): number => b.size - a.size || b.symbol - a.symbol
