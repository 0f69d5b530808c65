// Maps numbers to colors, for trace pictures and the page. Blue and orange are distinguishable with every
// kind of color blindness; lightness alone shows the distance from 0.

export type Color = readonly [red: number, green: number, blue: number]

/**
 * −1 is blue, 0 is the paper, 1 is orange; for activations. [ends of ColorBrewer PuOr and RdBu, with equal
 * lightness]
 */
const blue: Color = [8, 81, 156]
const orange: Color = [190, 84, 10]
/** 0 is the paper, 1 is full green; for gates and weightings, which have no sign. */
const green: Color = [0, 90, 80]
export const paper: Color = [247, 246, 243]

const mix = (from: Color, to: Color, share: number): Color => [
  Math.round(from[0] + (to[0] - from[0]) * share),
  Math.round(from[1] + (to[1] - from[1]) * share),
  Math.round(from[2] + (to[2] - from[2]) * share),
]
const clip = (x: number, low: number): number => (x >= low ? Math.min(1, x) : low) // NaN maps to the lowest

/** The color of a number from −1 to 1; `zero` is the color of 0. */
export const signed = (x: number, zero: Color = paper): Color => {
  const v = clip(x, -1)
  return mix(zero, v < 0 ? blue : orange, Math.abs(v))
}
/** The color of a share from 0 to 1. */
export const share = (x: number, zero: Color = paper): Color => mix(zero, green, clip(x, 0))

/**
 * Lights for three channels at once, which sum to white. The eight sums of subsets are distinguishable with
 * every kind of color blindness; those of red, green and blue are not. [found by search for the largest
 * minimal CIELAB distance, which the test computes]
 */
export const lights: readonly { readonly name: string; readonly color: Color }[] = [
  { name: "rose", color: [190, 61, 88] },
  { name: "green", color: [65, 138, 16] },
  { name: "blue", color: [0, 56, 151] },
]
/** One component of the sum of the lights, each weighted by a share from 0 to 1. */
export const lit = (shares: readonly number[], rgb: 0 | 1 | 2): number => {
  let sum = 0
  for (let i = 0; i < lights.length; i++) sum += clip(shares[i], 0) * lights[i].color[rgb]
  return Math.round(sum)
}
