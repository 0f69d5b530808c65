// Draws a trace as one picture with a panel for each channel. In a panel, time runs down, one row per step.
// Places of the state run across, one column of the image after the other.

import { isShare, type Role } from "../core/role.ts"
import { type Color, share, signed } from "../formats/colors.ts"
import type { Trace } from "../inference/trace-question.ts"

/** Pixels around and between panels. */
const GAP = 4
const ground: Color = [255, 255, 255]

export interface Picture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array // [height, width, 3]
  readonly columns: number
  readonly rows: number
}

/** Draws one traced tensor [L, W, M]. `scale`: pixels per number. */
export function drawTrace({ frames, tensors }: Trace, name: string, scale: number): Picture & { role: Role } {
  const { shape, carried, role } = tensors.find((t) => t.name === name) as Trace["tensors"][number]
  // a vector has no places and is drawn along its channels
  const [L, W, M] = shape[0] === 1 ? [shape[2] ?? 1, shape[1] ?? 1, 1] : [shape[0], shape[1] ?? 1, shape[2] ?? 1]
  const moments = carried ? frames : frames.slice(1)
  const across = L * W
  const columns = Math.max(1, Math.min(M, Math.round(Math.sqrt((M * (moments.length + GAP)) / (across + GAP)))))
  const rows = Math.ceil(M / columns)
  const [panelWidth, panelHeight] = [across * scale, moments.length * scale]
  const width = GAP + columns * (panelWidth + GAP)
  const height = GAP + rows * (panelHeight + GAP)
  const pixels = new Uint8Array(width * height * 3)
  for (let i = 0; i < pixels.length; i++) pixels[i] = ground[i % 3]
  const color = isShare(role) ? share : signed
  for (let m = 0; m < M; m++) {
    const left = GAP + (m % columns) * (panelWidth + GAP)
    const top = GAP + Math.floor(m / columns) * (panelHeight + GAP)
    for (const [t, { tensors }] of moments.entries())
      for (let w = 0; w < W; w++)
        for (let l = 0; l < L; l++) {
          const rgb = color(tensors[name][(l * W + w) * M + m])
          for (let y = 0; y < scale; y++)
            for (let x = 0; x < scale; x++)
              pixels.set(rgb, 3 * ((top + t * scale + y) * width + left + (w * L + l) * scale + x))
        }
  }
  return { width, height, pixels, columns, rows, role }
}
