// Counts what an attack found, by family and size.

import { wilson } from "../inference/interval.ts"
import { type AttackEvent, BRED, type Count, type Counterexample, isSmaller } from "./search.ts"

/** How often a target is wrong on a family. */
export interface Rate {
  readonly family: string
  readonly size: number
  readonly asked: number
  readonly wrong: number
  /** 95 % interval of the share of wrong answers; null for questions that were chosen for being hard. */
  readonly interval: readonly [low: number, high: number] | null
}

export class Tally {
  readonly #rates = new Map<string, Rate>()
  readonly #kept: Counterexample[] = []
  /** How long the search took; whoever has a clock sets it. */
  seconds = 0
  asked = 0
  /** Wrong answers. */
  wrong = 0
  smallest: Counterexample | undefined

  add(event: AttackEvent): void {
    if (event.type === "wave") {
      for (const count of event.counts) this.#count(event.size, count)
      this.#kept.push(...event.found)
      for (const found of event.found) this.#see(found)
    } else {
      this.asked += event.asked
      this.#see(event.found)
    }
  }

  #see(found: Counterexample): void {
    if (isSmaller(found, this.smallest)) this.smallest = found
  }

  #count(size: number, { family, asked, wrong }: Count): void {
    this.asked += asked
    this.wrong += wrong
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
      const sum = (of: "asked" | "wrong") => own.reduce((total, row) => total + row[of], 0)
      const { size: _, ...all } = rate(family, 0, sum("asked"), sum("wrong"))
      return { ...all, wrongAt: own.filter((row) => row.wrong > 0).map((row) => row.size) }
    })
  }

  /** The family and size at which the target is wrong most often, by the lower end of the interval. */
  get worst(): Rate | undefined {
    const wrong = this.rates.filter(({ wrong, interval }) => wrong > 0 && interval !== null)
    return wrong.sort((a, b) => (b.interval?.[0] ?? 0) - (a.interval?.[0] ?? 0))[0]
  }

  /** Different wrong questions, smallest first: at most 1,000 of each family and size. */
  get kept(): readonly Counterexample[] {
    return this.#kept.toSorted((a, b) => a.size - b.size)
  }
}

const rate = (family: string, size: number, asked: number, wrong: number): Rate => ({
  family,
  size,
  asked,
  wrong,
  interval: family === BRED ? null : wilson(wrong, asked),
})
