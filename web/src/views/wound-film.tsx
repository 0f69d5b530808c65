// The wound as it spreads: a row a step, red where the damaged run differs from the healthy one.

import { useSignalEffect } from "@preact/signals"
import { useRef } from "preact/hooks"
import { placeAt } from "../draw/answer.ts"
import { type Film, memoryOf } from "../film.ts"
import { dark } from "../theme.ts"
import { spread } from "../wound.ts"
import { backwardsOf } from "./answer-film.tsx"

/** The difference that is drawn in full red. */
const FULL = 0.6

export function WoundFilm({ film }: { film: Film }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    const [memory, healthy, damaged] = [memoryOf(film.tensors.value), film.original.value, film.frames.value]
    if (!canvas.current || !memory || !healthy) return
    const L = memory.shape[0]
    const values = spread(damaged, healthy, memory.name, L)
    const paper = dark.value ? [34, 36, 40] : [238, 236, 231]
    const red = dark.value ? [255, 92, 82] : [192, 20, 14]
    const rows = film.steps.value + 1
    canvas.current.width = L
    canvas.current.height = rows
    const context = canvas.current.getContext("2d") as CanvasRenderingContext2D
    const image = context.createImageData(L, rows)
    for (let t = 0; t < rows; t++)
      for (let x = 0; x < L; x++) {
        const value = values[t * L + placeAt(x, L, backwardsOf(film))] ?? 0
        const share = Math.min(1, Math.sqrt(value / FULL))
        for (let i = 0; i < 3; i++) image.data[4 * (t * L + x) + i] = paper[i] + (red[i] - paper[i]) * share
        image.data[4 * (t * L + x) + 3] = 255
      }
    context.putImageData(image, 0, 0)
  })
  return (
    <figure class="wound" hidden={!film.original.value}>
      <canvas ref={canvas} role="img" aria-label="how the damage spreads: places across, steps down" />
      <figcaption class="caption">
        How the wound spreads: a row a step, redder where the memory differs more from the healthy run. It reaches at
        most two places a step: a candidate reads its neighbors through their reset gates, which read theirs.
      </figcaption>
    </figure>
  )
}
