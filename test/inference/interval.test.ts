// The interval of a share.

import fc from "fast-check"
import { expect, it } from "vitest"
import { wilson } from "../../src/inference/interval.ts"

it.each([
  // values of the formula in the literature: 0 of 10, 5 of 10, 81 of 263
  [0, 10, 0, 0.2775],
  [5, 10, 0.2366, 0.7634],
  [81, 263, 0.2553, 0.3662],
  [256, 256, 0.9852, 1],
  [0, 0, 0, 1],
])("%i of %i", (count, of, low, high) => {
  expect(wilson(count, of)).toEqual([expect.closeTo(low, 3), expect.closeTo(high, 3)])
})

it("holds the share, is symmetric, and narrows with more answers", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.nat(), (of, n) => {
      const count = n % (of + 1)
      const [low, high] = wilson(count, of)
      expect(low).toBeLessThanOrEqual(count / of)
      expect(high).toBeGreaterThanOrEqual(count / of)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      const [otherLow, otherHigh] = wilson(of - count, of)
      expect(low).toBeCloseTo(1 - otherHigh, 12)
      expect(high).toBeCloseTo(1 - otherLow, 12)
      const [moreLow, moreHigh] = wilson(2 * count, 2 * of)
      expect(moreHigh - moreLow).toBeLessThan(high - low)
    }),
  )
})
