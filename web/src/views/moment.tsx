// The memory at the shown step: the answer if the computation ended there, and all channels at all places.
// Users can paint over them; the computation continues from the painted state, and the film shows the damaged
// run.

import { useComputed, useSignal, useSignalEffect } from "@preact/signals"
import { useRef } from "preact/hooks"
import type { TracedTensor } from "../../../src/inference/trace.ts"
import { paintSigned } from "../draw/picture.ts"
import { type Film, memoryOf } from "../film.ts"
import { dark } from "../theme.ts"
import { WoundFilm } from "./wound-film.tsx"

export function Tape({ film }: { film: Film }) {
  const rows = useComputed(() => {
    const [model, frame, input] = [film.model.value, film.frame.value, film.input.value]
    if (!model || !frame || !input || film.verdict.value === undefined) return undefined
    const { task, right } = film.verdict.value
    const symbols = (text: Uint8Array) => Array.from(text, (s) => task.symbols[s] ?? "?")
    return { asked: symbols(input), now: symbols(frame.symbols), right: symbols(right) }
  })
  const value = rows.value
  if (!value || value.asked.length > 130) return null
  return (
    <section
      class="tape"
      tabindex={0}
      aria-label={`as the model reads it: ${value.asked.join("")}; at this step it would answer ${value.now.join("")}`}
    >
      <div class="tape-row">
        <span class="caption">question</span>
        {value.asked.map((s, i) => (
          <b key={i}>{s}</b>
        ))}
      </div>
      <div class="tape-row">
        <span class="caption">answer now</span>
        {value.now.map((s, i) => (
          <b key={i} class={s === value.right[i] ? "" : "off"}>
            {s}
          </b>
        ))}
      </div>
    </section>
  )
}

type Brush = "0" | "1" | "-1" | "noise"

export function Moment({ film }: { film: Film }) {
  const painter = usePainter(film)
  const painting = useSignal(false)
  const at = (e: PointerEvent) => {
    const box = (e.currentTarget as HTMLElement).getBoundingClientRect()
    painter.paintAt((e.clientX - box.left) / box.width, (e.clientY - box.top) / box.height)
  }
  const end = () => {
    painting.value = false
    painter.finish()
  }
  if (film.tensors.value.length > 0 && !painter.memory.value) return null
  return (
    <section class="moment">
      <h2>The memory at step {film.step.value}</h2>
      <p class="quiet">
        Every place across, every channel down. Paint over it: the computation goes on from what you leave.
      </p>
      <canvas
        ref={painter.canvas}
        class="moment-canvas"
        role="img"
        aria-label="the memory at this step, places across and channels down; paint to damage it, or pick a cell in the film and use the button below"
        onPointerDown={(e) => {
          if (!film.complete.value) return
          ;(e.currentTarget as HTMLElement).setPointerCapture(e.pointerId)
          painting.value = true
          film.playing.value = false
          at(e)
        }}
        onPointerMove={(e) => painting.value && at(e)}
        onPointerUp={end}
        onPointerCancel={end}
      />
      <Brushes film={film} painter={painter} />
      <Survival film={film} />
      <WoundFilm film={film} />
    </section>
  )
}

/** The memory on a canvas, with the strokes in progress. */
function usePainter(film: Film) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const brush = useSignal<Brush>("0")
  const allChannels = useSignal(true)
  const painted = useRef<Float32Array | undefined>(undefined)
  const memory = useComputed(() => memoryOf(film.tensors.value))
  const state = useComputed(() => memory.value && film.frame.value?.tensors[memory.value.name])
  const drawn = useRef(0)
  const redraw = (values: Float32Array) => {
    if (canvas.current && memory.peek()) drawMemory(canvas.current, values, shapeOf(memory.peek()))
  }
  useSignalEffect(() => {
    const values = state.value
    void dark.value
    cancelAnimationFrame(drawn.current)
    if (values) drawn.current = requestAnimationFrame(() => redraw(painted.current ?? values))
  })
  const paint = (l: number, w: number, m: number) => {
    const [L, W, M] = shapeOf(memory.value)
    const values = (painted.current ??= state.value?.slice())
    if (!values || l < 0 || l >= L || w >= W || m >= M) return
    for (let c = 0; c < M; c++) {
      if (!allChannels.value && c !== m) continue
      const i = (l * W + w) * M + c
      // Reproducible noise: a wave that is unrelated to the channels.
      values[i] = brush.value === "noise" ? Math.sin(12.9898 * i + 78.233 * l) : Number(brush.value)
    }
    redraw(values)
  }
  return {
    canvas,
    brush,
    allChannels,
    memory,
    paint,
    /** `x` and `y` are fractions of the canvas size. */
    paintAt(x: number, y: number) {
      const [L, W, M] = shapeOf(memory.value)
      const column = Math.floor(x * L * W)
      paint(column % L, Math.floor(column / L), Math.floor(y * M))
    },
    /** Continues the computation from the painted state. */
    finish() {
      const values = painted.current
      painted.current = undefined
      if (values && memory.value) film.damage({ [memory.value.name]: values })
    },
  }
}
type Painter = ReturnType<typeof usePainter>

const shapeOf = (memory: TracedTensor | undefined) => {
  const [L = 0, W = 1, M = 1] = memory?.shape ?? []
  return [L, W, M] as const
}

/** Draws one row per channel, with the columns of the memory side by side. */
function drawMemory(canvas: HTMLCanvasElement, values: Float32Array, [L, W, M]: readonly [number, number, number]) {
  if (L * W * M !== values.length) return
  if (canvas.width !== L * W || canvas.height !== M) {
    canvas.width = L * W
    canvas.height = M
  }
  const context = canvas.getContext("2d") as CanvasRenderingContext2D
  const image = context.createImageData(L * W, M)
  const value = (i: number) => {
    const [m, at] = [Math.floor(i / (L * W)), i % (L * W)]
    return values[((at % L) * W + Math.floor(at / L)) * M + m]
  }
  paintSigned(value, new Uint32Array(image.data.buffer), dark.value)
  context.putImageData(image, 0, 0)
}

function Brushes({ film, painter }: { film: Film; painter: Painter }) {
  const { brush, allChannels, paint, finish } = painter
  const cell = film.cell.value
  return (
    <div class="brushes">
      <label>
        <span class="caption">brush</span>
        <select name="brush" value={brush.value} onChange={(e) => (brush.value = e.currentTarget.value as Brush)}>
          <option value="0">erase (0)</option>
          <option value="1">1</option>
          <option value="-1">−1</option>
          <option value="noise">noise</option>
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={allChannels.value}
          onChange={(e) => (allChannels.value = e.currentTarget.checked)}
        />
        all channels of a place
      </label>
      <button
        type="button"
        disabled={!cell || !film.complete.value}
        onClick={() => {
          if (!cell) return
          paint(cell.l, cell.w, cell.m)
          finish()
        }}
      >
        {cell ? `damage place ${cell.l}` : "damage the picked cell"}
      </button>
      {film.damagedAt.value !== undefined && (
        <button type="button" onClick={film.heal}>
          undo the damage
        </button>
      )}
    </div>
  )
}

function Survival({ film }: { film: Film }) {
  const told = useComputed(() => {
    const [damaged, whole, verdict] = [film.frames.value.at(-1), film.original.value?.at(-1), film.verdict.value]
    if (!damaged || !whole || !verdict) return undefined
    const other = damaged.symbols.reduce((n, s, i) => n + Number(s !== whole.symbols[i]), 0)
    return other === 0
      ? "It survived: the answer is the same."
      : `It did not survive: ${other} of ${damaged.symbols.length} symbols of the answer are others.`
  })
  return (
    <p class="survival" aria-live="polite">
      {told.value}
    </p>
  )
}
