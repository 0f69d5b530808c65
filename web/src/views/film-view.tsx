// The film on a canvas: panels of channels, with time running down to the shown step. A cell can be picked by
// mouse, touch or keyboard. The canvas is drawn at most once per screen frame, from images that are painted
// only once.

import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals"
import type { RefObject } from "preact"
import { useRef } from "preact/hooks"
import type { Role } from "../../../src/core/role.ts"
import { type Grid, gridOf, layout, Pictures } from "../draw/picture.ts"
import type { Film } from "../film.ts"
import { dark } from "../theme.ts"
import { prepared, useWidth } from "./use-width.ts"

export function FilmCanvas({ film, most = 560 }: { film: Film; most?: number }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const host = useRef<HTMLDivElement>(null)
  const width = useWidth(host)
  const grid = useComputed(() => {
    const { across, panels } = layout(film.shape.value)
    const count = film.view.value === "grid" ? panels : 1
    return gridOf(count, Math.max(1, across), film.steps.value + 1, Math.max(120, width.value), most)
  })
  useDrawing(film, canvas, grid, width)
  const pick = (event: PointerEvent) => {
    if (event.buttons === 0) return
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    pickAt(film, grid.value, event.clientX - box.left, event.clientY - box.top)
  }
  return (
    <div class="film-canvas" ref={host}>
      <canvas
        ref={canvas}
        tabindex={0}
        role="img"
        aria-label={`The memory over time: ${film.tensor.value}, ${film.steps.value} steps. Arrow keys: left and right move the place, up and down the step; Page Up and Page Down the channel.`}
        onPointerDown={pick}
        onPointerMove={pick}
        onKeyDown={(event) => pressed(film, event)}
      />
    </div>
  )
}

function useDrawing(
  film: Film,
  canvas: RefObject<HTMLCanvasElement | null>,
  grid: ReadonlySignal<Grid>,
  width: ReadonlySignal<number>,
): void {
  const pictures = useRef<Pictures | undefined>(undefined)
  const drawn = useRef(0)
  useSignalEffect(() => {
    // Reads all signals that the drawing depends on; the drawing itself waits for the next screen frame.
    const state = {
      frames: film.frames.value,
      steps: film.steps.value,
      step: film.step.value,
      shape: film.shape.value,
      role: film.role.value,
      tensor: film.tensor.value,
      view: film.view.value,
      channels: film.channels.value,
      difference: film.difference.value,
      cell: film.cell.value,
      damagedAt: film.damagedAt.value,
      dark: dark.value,
      grid: grid.value,
      width: width.value,
    }
    cancelAnimationFrame(drawn.current)
    drawn.current = requestAnimationFrame(() => {
      if (canvas.current && state.width > 0 && state.frames.length > 0)
        pictures.current = draw(canvas.current, state, pictures.current)
    })
  })
}

/** Picks the cell at a point of the canvas and moves to its step. */
function pickAt(film: Film, { columns, width, height, gap }: Grid, x: number, y: number): void {
  const [column, line] = [Math.floor(x / (width + gap)), Math.floor(y / (height + gap))]
  const { L, W, panels, across } = layout(film.shape.value)
  const m = film.view.value === "grid" ? line * columns + column : film.channels.value[0]
  if (column >= columns || (film.view.value === "grid" && m >= panels)) return
  const at = Math.floor(((x - column * (width + gap)) / width) * across)
  const t = Math.floor(((y - line * (height + gap)) / height) * (film.steps.value + 1))
  if (at < 0 || at >= across || t < 0 || t > film.steps.value) return
  film.playing.value = false
  film.go(t)
  film.cell.value = { l: at % L, w: Math.min(W - 1, Math.floor(at / L)), m }
}

function pressed(film: Film, event: KeyboardEvent): void {
  const { L, W, panels } = layout(film.shape.value)
  const cell = film.cell.value ?? { l: 0, w: 0, m: film.view.value === "grid" ? 0 : film.channels.value[0] }
  const move: Record<string, () => void> = {
    ArrowLeft: () => (film.cell.value = { ...cell, l: Math.max(0, cell.l - 1) }),
    ArrowRight: () => (film.cell.value = { ...cell, l: Math.min(L - 1, cell.l + 1) }),
    ArrowUp: () => film.go(film.step.value - 1),
    ArrowDown: () => film.go(film.step.value + 1),
    PageUp: () => (film.cell.value = { ...cell, m: (cell.m + panels - 1) % panels }),
    PageDown: () => (film.cell.value = { ...cell, m: (cell.m + 1) % panels }),
    "[": () => (film.cell.value = { ...cell, w: Math.max(0, cell.w - 1) }),
    "]": () => (film.cell.value = { ...cell, w: Math.min(W - 1, cell.w + 1) }),
    Home: () => film.go(0),
    End: () => film.go(film.steps.value),
    Escape: () => (film.cell.value = undefined),
  }
  const action = move[event.key]
  if (!action) return
  event.preventDefault()
  film.playing.value = false
  action()
  if (film.view.value === "one" && film.cell.value)
    film.channels.value = [film.cell.value.m, ...film.channels.value.slice(1)]
}

interface Drawing {
  readonly frames: Film["frames"]["value"]
  readonly steps: number
  readonly step: number
  readonly shape: readonly number[]
  readonly role: Role
  readonly tensor: string
  readonly view: "grid" | "one" | "three"
  readonly channels: readonly number[]
  readonly difference: boolean
  readonly cell: { l: number; w: number; m: number } | undefined
  readonly damagedAt: number | undefined
  readonly dark: boolean
  readonly grid: Grid
  readonly width: number
}

function draw(canvas: HTMLCanvasElement, state: Drawing, before: Pictures | undefined): Pictures {
  const {
    frames,
    steps,
    step,
    shape,
    role,
    tensor,
    view,
    channels,
    difference,
    cell,
    damagedAt,
    dark: isDark,
    grid,
  } = state
  const rows = steps + 1
  const look = {
    tensor,
    role,
    shape,
    difference,
    dark: isDark,
    channels: view === "grid" ? ("all" as const) : view === "one" ? [channels[0]] : channels,
  }
  const same = before && JSON.stringify([before.look, before.panels[0]?.canvas.height]) === JSON.stringify([look, rows])
  const pictures = same ? before : new Pictures(look, rows)
  pictures.paint(frames)

  const context = prepared(canvas, state.width, grid.total)
  const { L, across } = layout(shape)
  const shown = Math.min(step + 1, frames.length)
  const row = grid.height / rows
  const ink = isDark ? "#fff" : "#111"
  for (const [i, panel] of pictures.panels.entries()) {
    const x = (i % grid.columns) * (grid.width + grid.gap)
    const y = Math.floor(i / grid.columns) * (grid.height + grid.gap)
    // Later steps are drawn faintly.
    context.globalAlpha = 0.13
    context.drawImage(panel.canvas, x, y, grid.width, grid.height)
    context.globalAlpha = 1
    context.fillStyle = isDark ? "#17181b" : "#fbfaf7"
    context.fillRect(x, y, grid.width, shown * row)
    context.drawImage(panel.canvas, 0, 0, panel.canvas.width, shown, x, y, grid.width, shown * row)
    context.fillStyle = ink
    context.fillRect(x, Math.min(y + grid.height - 1, y + shown * row - 0.5), grid.width, 1)
    if (damagedAt !== undefined) {
      context.fillStyle = isDark ? "#ffb86b" : "#8a3c00"
      context.fillRect(x - 3, y + damagedAt * row, 3, Math.max(2, row))
    }
    if (cell && (view !== "grid" || cell.m === i)) {
      const cw = grid.width / across
      context.strokeStyle = ink
      context.lineWidth = 1.5
      context.strokeRect(x + (cell.w * L + cell.l) * cw - 0.75, y + step * row - 0.75, cw + 1.5, row + 1.5)
    }
  }
  return pictures
}
