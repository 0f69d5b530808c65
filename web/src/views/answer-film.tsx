// The big film: the answer at every step. The question stands on top, what is right below, and between them a
// row for each step. A cell tells its story when it is pointed at, tapped, or reached by the arrow keys.

import { type ReadonlySignal, type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals"
import type { RefObject } from "preact"
import { useRef } from "preact/hooks"
import { AnswerPicture, inkOn, LEAST_CELL, LEAST_ROW, placeAt, type Strip } from "../draw/answer.ts"
import type { Film } from "../film.ts"
import { isBackwards, taskOf } from "../questions.ts"
import { tell } from "../story.ts"
import { dark } from "../theme.ts"
import { prepared } from "./use-width.ts"

interface At {
  readonly step: number
  readonly place: number
}
interface Props {
  readonly film: Film
  readonly strip: ReadonlySignal<Strip>
  readonly width: ReadonlySignal<number>
}

export function AnswerFilm({ film, strip, width }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const hovered = useSignal<At | undefined>(undefined)
  useDrawing(film, canvas, strip, width, hovered)
  const places = film.input.value?.length ?? 0
  const at = (event: PointerEvent): At | undefined => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const { gutter, cell, row, line } = strip.value
    const column = Math.floor((event.clientX - box.left - gutter) / cell)
    const step = Math.floor((event.clientY - box.top - line) / row)
    if (column < 0 || column >= places || step < 0 || step > film.steps.value) return undefined
    return { step, place: placeAt(column, places, backwardsOf(film)) }
  }
  const pick = (found: At | undefined) => {
    if (!found) return
    film.playing.value = false
    film.go(found.step)
    film.cell.value = { w: 0, m: film.channels.value[0], ...film.cell.value, l: found.place }
  }
  return (
    <div class="answer-film">
      <canvas
        ref={canvas}
        tabindex={0}
        role="img"
        aria-label={`The answer at every step: ${film.steps.value} steps, ${places} places. Arrow keys: left and right move the place, up and down the step; Page Up and Page Down the channel of the memory.`}
        onPointerDown={(event) => pick(at(event))}
        onPointerMove={(event) => {
          hovered.value = at(event)
          if (event.buttons > 0) pick(hovered.value)
        }}
        onPointerLeave={() => (hovered.value = undefined)}
        onKeyDown={(event) => pressed(film, event)}
      />
      <Story film={film} hovered={hovered} />
    </div>
  )
}

export const backwardsOf = ({ model }: Film) => (model.value ? isBackwards(taskOf(model.value)) : false)

function Story({ film, hovered }: { film: Film; hovered: Signal<At | undefined> }) {
  const told = useComputed(() => {
    const [model, frames, cell] = [film.model.value, film.frames.value, film.cell.value]
    const at = hovered.value ?? (cell && { step: film.step.value, place: cell.l })
    return model && at && frames[at.step] ? tell(taskOf(model), frames, film.truth.value, at.step, at.place) : undefined
  })
  const unknown = film.input.value !== undefined && film.truth.value === undefined
  return (
    <p class="story quiet" aria-live="polite">
      {told.value ??
        `A row a step: what it would answer. ${
          unknown ? "The stronger the color, the surer." : "Green: right. Orange: not yet. The stronger, the surer."
        } Point at a cell, or tap it.`}
    </p>
  )
}

function pressed(film: Film, event: KeyboardEvent): void {
  const [L = 1, , M = 1] = film.tensors.value[0]?.shape ?? []
  const cell = film.cell.value ?? { l: backwardsOf(film) ? 0 : L - 1, w: 0, m: film.channels.value[0] }
  const right = backwardsOf(film) ? -1 : 1
  const move = (by: number) => (film.cell.value = { ...cell, l: Math.max(0, Math.min(L - 1, cell.l + by)) })
  const actions: Record<string, () => void> = {
    ArrowLeft: () => move(-right),
    ArrowRight: () => move(right),
    ArrowUp: () => film.go(film.step.value - 1),
    ArrowDown: () => film.go(film.step.value + 1),
    PageUp: () => (film.cell.value = { ...cell, m: (cell.m + M - 1) % M }),
    PageDown: () => (film.cell.value = { ...cell, m: (cell.m + 1) % M }),
    Home: () => film.go(0),
    End: () => film.go(film.steps.value),
    Escape: () => (film.cell.value = undefined),
  }
  const action = actions[event.key]
  if (!action) return
  event.preventDefault()
  film.playing.value = false
  action()
}

function useDrawing(
  film: Film,
  canvas: RefObject<HTMLCanvasElement | null>,
  strip: ReadonlySignal<Strip>,
  width: ReadonlySignal<number>,
  hovered: Signal<At | undefined>,
): void {
  const picture = useRef<AnswerPicture | undefined>(undefined)
  const drawn = useRef(0)
  useSignalEffect(() => {
    const model = film.model.value
    const state = {
      symbols: model ? taskOf(model).symbols : [],
      backwards: backwardsOf(film),
      input: film.input.value,
      truth: film.truth.value,
      frames: film.frames.value,
      steps: film.steps.value,
      step: film.step.value,
      cell: film.cell.value,
      damagedAt: film.damagedAt.value,
      hovered: hovered.value,
      dark: dark.value,
      strip: strip.value,
      width: width.value,
    }
    cancelAnimationFrame(drawn.current)
    drawn.current = requestAnimationFrame(() => {
      const { input, frames } = state
      if (!canvas.current || state.width === 0 || !input || frames[0]?.symbols.length !== input.length) return
      const rows = state.steps + 1
      const known = picture.current
      picture.current = known?.fits(state, input.length, rows) ? known : new AnswerPicture(state, input.length, rows)
      picture.current.paint(frames)
      draw(canvas.current, { ...state, input }, picture.current)
    })
  })
}

interface Drawing {
  readonly symbols: readonly string[]
  readonly backwards: boolean
  readonly input: Uint8Array
  readonly truth: Uint8Array | undefined
  readonly frames: Film["frames"]["value"]
  readonly steps: number
  readonly step: number
  readonly cell: { readonly l: number } | undefined
  readonly damagedAt: number | undefined
  readonly hovered: At | undefined
  readonly dark: boolean
  readonly strip: Strip
  readonly width: number
}

function draw(canvas: HTMLCanvasElement, state: Drawing, picture: AnswerPicture): void {
  const { input, frames, steps, step, strip, backwards, symbols, truth } = state
  const { gutter, cell, row, line } = strip
  const [L, rows] = [input.length, steps + 1]
  const context = prepared(canvas, state.width, 2 * line + rows * row)
  const shown = Math.min(step + 1, frames.length)
  const [ink, soft, paper] = state.dark ? ["#ecebe7", "#a9adb5", "#17181b"] : ["#1c1d20", "#5c5f66", "#fbfaf7"]
  const [top, wide] = [line, L * cell]
  context.globalAlpha = state.dark ? 0.3 : 0.16 // what is still to come
  context.drawImage(picture.canvas, gutter, top, wide, rows * row)
  context.globalAlpha = 1
  context.fillStyle = paper
  context.fillRect(gutter, top, wide, shown * row)
  context.drawImage(picture.canvas, 0, 0, L, shown, gutter, top, wide, shown * row)
  if (cell >= LEAST_CELL && row >= 5) {
    context.fillStyle = paper
    for (let x = 0; x <= L; x++) context.fillRect(gutter + x * cell - 0.5, top, 1, rows * row)
    for (let t = 0; t <= rows; t++) context.fillRect(gutter, top + t * row - 0.5, wide, 1)
  }
  const columns = Array.from({ length: L }, (_, x) => placeAt(x, L, backwards))
  context.textAlign = "center"
  context.textBaseline = "middle"
  const text = (s: string, x: number, y: number) => context.fillText(s, gutter + (x + 0.5) * cell, y)
  if (cell >= LEAST_CELL) {
    context.font = `600 ${Math.min(16, cell * 0.75)}px ui-monospace, monospace`
    context.fillStyle = ink
    for (const [x, l] of columns.entries()) text(symbols[input[l]] ?? "?", x, line / 2)
    if (truth) for (const [x, l] of columns.entries()) text(symbols[truth[l]] ?? "?", x, top + rows * row + line / 2)
  }
  if (cell >= LEAST_CELL && row >= LEAST_ROW) {
    context.font = `${Math.min(15, cell * 0.62, row * 0.8)}px ui-monospace, monospace`
    for (let t = 0; t < shown; t++)
      for (const [x, l] of columns.entries()) {
        context.fillStyle = inkOn(picture.colorAt(frames[t], l))
        text(symbols[frames[t].symbols[l]] ?? "?", x, top + (t + 0.55) * row)
      }
  }
  labels(context, state, soft)
  marks(context, state, ink)
}

function labels(context: CanvasRenderingContext2D, { strip, steps, truth }: Drawing, color: string): void {
  const { gutter, cell, row, line } = strip
  const isNarrow = gutter < 80
  context.fillStyle = color
  context.textAlign = "right"
  context.font = "12px system-ui, sans-serif"
  const label = (text: string, y: number) => context.fillText(text, gutter - 8, y)
  if (cell >= LEAST_CELL) label(isNarrow ? "asked" : "question", line / 2)
  const every = Math.max(1, [1, 2, 4, 5, 10, 20, 50, 100, 200].find((n) => n * row >= 22) ?? 500)
  for (let t = 0; t <= steps; t += every) label(isNarrow ? String(t) : `step ${t}`, line + (t + 0.5) * row)
  if (truth && cell >= LEAST_CELL) label(isNarrow ? "right" : "right answer", line + (steps + 1) * row + line / 2)
}

function marks(context: CanvasRenderingContext2D, state: Drawing, ink: string): void {
  const { strip, step, cell: picked, hovered, damagedAt, input, backwards } = state
  const { gutter, cell, row, line } = strip
  const wide = input.length * cell
  context.fillStyle = ink
  context.fillRect(gutter, line + (step + 1) * row - 1, wide, 2)
  if (damagedAt !== undefined) {
    context.fillStyle = "#c8102e"
    context.fillRect(gutter - 5, line + damagedAt * row, 4, Math.max(2, row))
  }
  const outline = (t: number, l: number, width: number) => {
    context.strokeStyle = ink
    context.lineWidth = width
    const x = gutter + placeAt(l, input.length, backwards) * cell // its own inverse
    context.strokeRect(x - 0.5, line + t * row - 0.5, cell + 1, row + 1)
  }
  if (picked) outline(step, picked.l, 2)
  if (hovered) outline(hovered.step, hovered.place, 1.5)
}
