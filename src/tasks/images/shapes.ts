// Synthetic shapes, 32 x 32 grayscale: a disc or a cross of any size and position, filled with horizontal or
// vertical stripes, plus noise. The stripes, four pixels apart, are a high frequency. Pooling that removes it
// too early cannot tell their direction, so it merges pairs of classes.

import type { Random } from "../../core/rng.ts"
import type { ImageTask } from "./image-task.ts"

const SIDE = 32
/** Distance between stripes in pixels: frequency 8 of 16. */
const PERIOD = 4
/** Standard deviation of the noise; the stripes' amplitude is 1. */
const NOISE = 0.3
const forms = ["disc", "cross"] as const
const fills = ["lying", "standing"] as const

/** Whether a point is inside the shape, relative to the center and in units of the radius. */
function inside(form: (typeof forms)[number], y: number, x: number): boolean {
  switch (form) {
    case "disc":
      return x * x + y * y < 1
    case "cross":
      return Math.min(Math.abs(x), Math.abs(y)) < 0.35 && Math.max(Math.abs(x), Math.abs(y)) < 1
  }
}

export const shapes: ImageTask = {
  name: "shapes",
  summary: "which of two shapes, with horizontal or vertical stripes",
  height: SIDE,
  width: SIDE,
  channels: 1,
  classes: forms.flatMap((form) => fills.map((fill) => `${form}, ${fill} stripes`)),
  random(random: Random) {
    const label = random.below(forms.length * fills.length)
    const [form, standing] = [forms[label >> 1], label & 1]
    const radius = 8 + 5 * random.uniform()
    const centre = () => radius + random.uniform() * (SIDE - 2 * radius)
    const [top, left, phase] = [centre(), centre(), 2 * Math.PI * random.uniform()]
    const pixels = new Float32Array(SIDE * SIDE)
    for (let l = 0; l < SIDE; l++)
      for (let w = 0; w < SIDE; w++) {
        const stripe = Math.cos((2 * Math.PI * (standing ? w : l)) / PERIOD + phase)
        const shape = inside(form, (l - top) / radius, (w - left) / radius) ? 0.5 + stripe : 0
        pixels[l * SIDE + w] = shape + NOISE * random.normal()
      }
    return { pixels, label }
  },
}
