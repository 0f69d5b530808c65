// Random numbers below a limit: in range, and an error instead of an endless loop where there is no range.

import fc from "fast-check"
import { expect, it } from "vitest"
import { random } from "../../src/core/rng.ts"

it("draws whole numbers below any limit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer(), (n, seed) => {
      const x = random(seed).below(n)
      expect(Number.isInteger(x) && x >= 0 && x < n).toBe(true)
    }),
  )
})

it.each([0, -1, Number.NaN])("ends with an error below %d", (n) =>
  expect(() => random(1).below(n)).toThrow("expected a number from 1"),
)
