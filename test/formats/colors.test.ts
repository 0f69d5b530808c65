// Three channels as colored lights must be distinguishable with any color vision. Color blindness is
// simulated after Machado, Oliveira & Fernandes (2009). Differences are CIELAB distances: 2 is just visible,
// 20 is clear.

import { expect, test } from "vitest"
import { type Color, lights, lit } from "../../src/formats/colors.ts"

const visions: Record<string, readonly number[]> = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  "without red cones": [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  "without green cones": [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  "without blue cones": [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
}
const times = (m: readonly number[], v: readonly number[]) =>
  [0, 3, 6].map((r) => m[r] * v[0] + m[r + 1] * v[1] + m[r + 2] * v[2])
const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
function lab(linearRgb: readonly number[]): number[] {
  const xyz = times([0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505], linearRgb)
  const [x, y, z] = xyz.map((v, i) => {
    const t = v / [0.9505, 1, 1.089][i]
    return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116
  })
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}
/** The smallest distance between any two sums of three colors, for one kind of vision. */
function leastDistance(colors: readonly Color[], vision: readonly number[]): number {
  const seen = Array.from({ length: 8 }, (_, on) => {
    const sum = [0, 1, 2].map((c) => colors.reduce((s, color, i) => s + ((on >> i) & 1) * color[c], 0))
    const rgb = times(
      vision,
      sum.map((c) => linear(c / 255)),
    )
    return lab(rgb.map((c) => Math.max(0, Math.min(1, c))))
  })
  const pairs = seen.flatMap((a, i) => seen.slice(i + 1).map((b) => Math.hypot(...a.map((x, j) => x - b[j]))))
  return Math.min(...pairs)
}

test.each(Object.entries(visions))("all eight sums of the three lights are plainly different (%s)", (_, vision) => {
  const colors = lights.map(({ color }) => color)
  expect(leastDistance(colors, vision)).toBeGreaterThan(25)
})

test("red, green and blue are not: the measure finds what it is for", () => {
  const plain: Color[] = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ]
  expect(leastDistance(plain, visions["without red cones"])).toBeLessThan(10)
})

test("no light is black, all of it is white, and more than all is still white", () => {
  const of = (shares: readonly number[]) => ([0, 1, 2] as const).map((rgb) => lit(shares, rgb))
  expect(of([0, 0, 0])).toEqual([0, 0, 0])
  expect(of([1, 1, 1])).toEqual([255, 255, 255])
  expect(of([3, 1, 2])).toEqual([255, 255, 255])
  expect(of([0, Number.NaN, 1])).toEqual(lights[2].color)
})
