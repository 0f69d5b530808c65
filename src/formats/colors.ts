// Numbers as colors, for the trace's picture and the page. Blue and orange are told apart with every kind of color blindness, and
// their lightness alone says how far a number is from 0.

export type Color = readonly [red: number, green: number, blue: number]

/** −1 blue, 0 the paper, 1 orange; for activations. [ColorBrewer PuOr and RdBu ends, lightness evened] */
const blue: Color = [8, 81, 156]
const orange: Color = [190, 84, 10]
/** 0 the paper, 1 full: for gates and weightings, which have no sign. */
const green: Color = [0, 90, 80]
export const paper: Color = [247, 246, 243]

const mix = (from: Color, to: Color, share: number): Color => [
  Math.round(from[0] + (to[0] - from[0]) * share),
  Math.round(from[1] + (to[1] - from[1]) * share),
  Math.round(from[2] + (to[2] - from[2]) * share),
]
const clip = (x: number, low: number): number => (x >= low ? Math.min(1, x) : low) // NaN is the lowest

/** A number from −1 to 1; `zero` is the color of nothing. */
export const signed = (x: number, zero: Color = paper): Color => {
  const v = clip(x, -1)
  return mix(zero, v < 0 ? blue : orange, Math.abs(v))
}
/** A share from 0 to 1. */
export const share = (x: number, zero: Color = paper): Color => mix(zero, green, clip(x, 0))

/** Lights for three channels at once: they add up to white, and each of the eight sums of them is told from the other seven with every kind of
 *  color blindness, which red, green and blue are not. [found by search: largest least CIELAB distance, the test computes it] */
export const lights: readonly { readonly name: string; readonly color: Color }[] = [
  { name: "rose", color: [190, 61, 88] },
  { name: "green", color: [65, 138, 16] },
  { name: "blue", color: [0, 56, 151] },
]
/** The sum of the lights, each as strong as its share from 0 to 1. */
export const lit = (shares: readonly number[], rgb: 0 | 1 | 2): number => {
  let sum = 0
  for (let i = 0; i < lights.length; i++) sum += clip(shares[i], 0) * lights[i].color[rgb]
  return Math.round(sum)
}
