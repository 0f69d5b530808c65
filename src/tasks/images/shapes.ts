// Shapes drawn by code, 32 x 32 grey: a disc or a cross, anywhere and of any size, filled with stripes that lie or stand,
// four pixels apart; noise over all. The stripes are a high frequency: pooling that throws it away before anything looked at it
// leaves two classes in one.

import type { Random } from "../../core/rng.ts"
import type { ImageTask } from "./image-task.ts"

const SIDE = 32
/** Pixels from stripe to stripe: frequency 8 of 16. */
const PERIOD = 4
/** Standard deviation of the noise; the stripes' amplitude is 1. */
const NOISE = 0.3
const forms = ["disc", "cross"] as const
const fills = ["lying", "standing"] as const

/** Whether a point, relative to the centre and in units of the radius, is inside. */
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
  summary: "which of two shapes, and whether its stripes lie or stand",
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
