// Which plan a run gets: one that stores what the backward pass reads, as long as that fits.

import { expect, it } from "vitest"
import { layoutOf } from "../../src/backends/layout.ts"
import { defaultsFor } from "../../src/training/config.ts"
import { planTraining, STORE_LIMIT_BYTES } from "../../src/training/model.ts"

const { model } = defaultsFor("neural-gpu")
const signature = { kind: "symbols", symbols: 5 } as const
const planFor = (longest: number) => planTraining(model, signature, { longest })
/** Bytes of a block of this length, which takes as many steps. */
const bytes = (plan: ReturnType<typeof planFor>, length: number) => 4 * layoutOf(plan, length, length).arenaSize

it("short examples are stored, long ones computed again, and neither needs more than the limit", () => {
  const [short, long] = [planFor(41), planFor(1500)]
  expect(bytes(short, 41)).toBeGreaterThan(bytes(long, 41))
  expect(bytes(short, 41)).toBeLessThan(STORE_LIMIT_BYTES)
  expect(bytes(short, 1500)).toBeGreaterThan(STORE_LIMIT_BYTES)
  expect(bytes(long, 1500)).toBeLessThan(bytes(short, 1500) / 2)
})
