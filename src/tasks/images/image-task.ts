// Tasks on images: from an image to one of a few classes.

import type { Random } from "../../core/rng.ts"

export interface ImageExample {
  readonly pixels: Float32Array // [height, width, channels]
  readonly label: number
}

export interface ImageTask {
  readonly name: string
  readonly summary: string
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly classes: readonly string[]
  random(random: Random): ImageExample
}
