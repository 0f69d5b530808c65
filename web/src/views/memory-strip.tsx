// The memory at the shown step, under the columns of the answer film: a thin row per channel, in three groups
// by the direction in which the rule moves them.

import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals"
import { useRef } from "preact/hooks"
import { type Group, groupsOf } from "../channel-groups.ts"
import { placeAt, type Strip } from "../draw/answer.ts"
import { paintSigned } from "../draw/picture.ts"
import { type Film, memoryOf } from "../film.ts"
import { dark } from "../theme.ts"
import { backwardsOf } from "./answer-film.tsx"
import { prepared } from "./use-width.ts"

/** Room for all groups together, on a phone and elsewhere, and between two of them, in CSS pixels. */
const mostHeight = (gutter: number) => (gutter < 80 ? 100 : 150)
const GAP = 5

interface Props {
  readonly film: Film
  readonly strip: ReadonlySignal<Strip>
  readonly width: ReadonlySignal<number>
}

export function MemoryStrip({ film, strip, width }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const drawn = useRef(0)
  const groups = useComputed(() => {
    const model = film.model.value?.config.model
    const [, W = 1, M = 0] = memoryOf(film.tensors.value)?.shape ?? []
    if (!model || W > 1) return []
    return groupsOf(M, model.name === "neural-gpu" && model.form === "diagonal", backwardsOf(film))
  })
  useSignalEffect(() => {
    const memory = memoryOf(film.tensors.value)
    const values = memory && film.frame.value?.tensors[memory.name]
    const state = {
      values,
      places: memory?.shape[0] ?? 0,
      count: memory?.shape[2] ?? 0,
      groups: groups.value,
      backwards: backwardsOf(film),
      dark: dark.value,
      strip: strip.value,
      width: width.value,
    }
    cancelAnimationFrame(drawn.current)
    if (values && state.width > 0 && groups.value.length > 0)
      drawn.current = requestAnimationFrame(() => canvas.current && draw(canvas.current, { ...state, values }))
  })
  if (groups.value.length === 0) return null
  return (
    <canvas
      class="memory"
      ref={canvas}
      role="img"
      aria-label={`the memory at step ${film.step.value}: ${groups.value.map(({ name, channels }) => `${channels.length} channels, ${name}`).join("; ")}`}
    />
  )
}

interface Drawing {
  readonly values: Float32Array
  readonly places: number
  readonly count: number
  readonly groups: readonly Group[]
  readonly backwards: boolean
  readonly dark: boolean
  readonly strip: Strip
  readonly width: number
}

function draw(canvas: HTMLCanvasElement, state: Drawing): void {
  const { values, places, count, groups, backwards, strip, width } = state
  const { gutter, cell } = strip
  const row = Math.max(1, Math.min(6, Math.floor(mostHeight(gutter) / count)))
  const height = count * row + (groups.length - 1) * GAP
  const context = prepared(canvas, width, height)
  const image = new ImageData(places, count)
  const order = groups.flatMap(({ channels }) => channels)
  const value = (i: number) => values[placeAt(i % places, places, backwards) * count + order[Math.floor(i / places)]]
  paintSigned(value, new Uint32Array(image.data.buffer), state.dark)
  const small = new OffscreenCanvas(places, count)
  small.getContext("2d")?.putImageData(image, 0, 0)
  context.fillStyle = state.dark ? "#a9adb5" : "#5c5f66"
  context.font = "12px system-ui, sans-serif"
  context.textAlign = "right"
  context.textBaseline = "middle"
  let [from, y] = [0, 0]
  for (const { name, channels } of groups) {
    const n = channels.length
    context.drawImage(small, 0, from, places, n, gutter, y, places * cell, n * row)
    context.fillText(gutter < 80 ? (name.split(" ").at(-1) as string) : name, gutter - 8, y + (n * row) / 2)
    from += n
    y += n * row + GAP
  }
}
