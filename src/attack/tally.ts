// Counts what an attack found, by family and size.

import { wilson } from "../inference/interval.ts"
import { type AttackEvent, BRED, type Counterexample, SHRUNK } from "./search.ts"

/** How often a target is wrong on a family. */
export interface Rate {
  readonly family: string
  readonly size: number
  readonly asked: number
  readonly wrong: number
  /** 95 % interval of the share of wrong answers; null for questions that were chosen for being hard. */
  readonly interval: readonly [low: number, high: number] | null
}

/** Counterexamples of one family and size that are kept. */
const MOST_KEPT = 1000

export class Tally {
  readonly #rates = new Map<string, Rate>()
  readonly #kept = new Map<string, Counterexample[]>()
  asked = 0
  /** Different questions that were answered wrongly. */
  wrong = 0
  smallest: Counterexample | undefined

  add(event: AttackEvent): void {
    if (event.type === "asked") this.#count(event)
    else if (event.type === "smallest") {
      const { type: _, ...found } = event
      this.smallest = found
    } else {
      const { type: _, ...found } = event
      this.wrong++
      const key = `${found.size} ${found.family}`
      const kept = this.#kept.get(key) ?? []
      if (kept.length < MOST_KEPT) kept.push(found)
      this.#kept.set(key, kept)
    }
  }

  #count({ family, size, asked, wrong }: AttackEvent & { type: "asked" }): void {
    this.asked += asked
    if (family === SHRUNK) return
    const key = `${size} ${family}`
    const before = this.#rates.get(key)
    this.#rates.set(key, rate(family, size, asked + (before?.asked ?? 0), wrong + (before?.wrong ?? 0)))
  }

  /** A row for each family and size. */
  get rates(): readonly Rate[] {
    return [...this.#rates.values()]
  }

  /** A row for each family, over all sizes. The sizes are those at which it is wrong. */
  get families(): readonly (Omit<Rate, "size"> & { readonly wrongAt: readonly number[] })[] {
    return [...new Set(this.rates.map(({ family }) => family))].map((family) => {
      const own = this.rates.filter((row) => row.family === family)
      const sum = (of: (row: Rate) => number) => own.reduce((total, row) => total + of(row), 0)
      const { size: _, ...all } = rate(family, 0, sum((row) => row.asked), sum((row) => row.wrong)) // biome-ignore format: one line
      return { ...all, wrongAt: own.filter((row) => row.wrong > 0).map((row) => row.size) }
    })
  }

  /** The family and size at which the target is wrong most often, by the lower end of the interval. */
  get worst(): Rate | undefined {
    const wrong = this.rates.filter(({ wrong, interval }) => wrong > 0 && interval !== null)
    return wrong.sort((a, b) => (b.interval?.[0] ?? 0) - (a.interval?.[0] ?? 0))[0]
  }

  /** Counterexamples, smallest first: at most 1,000 of each family and size. */
  get kept(): readonly Counterexample[] {
    return [...this.#kept.values()].flat().sort((a, b) => a.size - b.size)
  }
}

const rate = (family: string, size: number, asked: number, wrong: number): Rate => ({
  family,
  size,
  asked,
  wrong,
  interval: family === BRED ? null : wilson(wrong, asked),
})
