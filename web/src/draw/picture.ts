// Renders the film: one small image per channel, with a row per step and a column per place (the columns of a
// wide memory are side by side). Rows are painted once, when their frames arrive; scrubbing and playing only
// copy images.

import { isShare, type Role } from "../../../src/core/role.ts"
import { type Color, lit, paper, share, signed } from "../../../src/formats/colors.ts"
import type { Frame } from "../../../src/inference/trace.ts"

export interface Look {
  readonly tensor: string
  readonly role: Role
  readonly shape: readonly number[]
  readonly difference: boolean
  /** All channels in a grid, a single channel, or three summed as colored lights. */
  readonly channels: readonly number[] | "all"
  readonly dark: boolean
}

/** Dimensions of a picture; a vector without places is drawn along its channels. */
export const layout = (shape: readonly number[]) => {
  const [L, W, M] = [shape[0] ?? 0, shape[1] ?? 1, shape[2] ?? 1]
  return L === 1 && M > 1
    ? { across: M, panels: 1, index: (i: number) => i, L: M, W: 1, M: 1 }
    : { across: L * W, panels: M, index: undefined, L, W, M }
}

const night: Color = [34, 36, 40]
const STEPS = 255
/** Packed pixels of colors for −1 … 1 or 0 … 1. */
function table(color: (x: number, zero: Color) => Color, low: number, dark: boolean): Uint32Array {
  return Uint32Array.from({ length: STEPS + 1 }, (_, i) => {
    const [r, g, b] = color(low + ((1 - low) * i) / STEPS, dark ? night : paper)
    // On a dark background the extreme colors are lightened, so that large numbers stand out.
    const lift = (c: number) =>
      dark ? Math.min(255, Math.round(c + (255 - c) * 0.28 * Math.abs(low + ((1 - low) * i) / STEPS))) : c
    return (255 << 24) | (lift(b) << 16) | (lift(g) << 8) | lift(r)
  })
}
const tables = new Map<string, Uint32Array>()
const tableOf = (isGate: boolean, dark: boolean) => {
  const key = `${isGate} ${dark}`
  const known = tables.get(key) ?? table(isGate ? share : signed, isGate ? 0 : -1, dark)
  tables.set(key, known)
  return known
}

/** Paints numbers from −1 to 1 as packed pixels, in the colors of the film. */
export function paintSigned(values: (i: number) => number, pixels: Uint32Array, dark: boolean): void {
  const colors = tableOf(false, dark)
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = colors[Math.round(Math.max(0, Math.min(1, (values(i) + 1) / 2)) * STEPS)]
}

/** The CSS color of a number, as in the film. */
export function cssColor(x: number, isGate: boolean, dark: boolean): string {
  const packed = tableOf(isGate, dark)[Math.round(Math.max(0, Math.min(1, isGate ? x : (x + 1) / 2)) * STEPS)]
  return `rgb(${packed & 255} ${(packed >> 8) & 255} ${(packed >> 16) & 255})`
}

const RGB = [0, 1, 2] as const

interface Panel {
  readonly canvas: HTMLCanvasElement
  readonly context: CanvasRenderingContext2D
}

/** The images of one tensor of a film. */
export class Pictures {
  readonly look: Look
  readonly panels: Panel[]
  readonly #across: number
  readonly #rows: number
  #painted: readonly Frame[] = []

  constructor(look: Look, rows: number) {
    this.look = look
    const { across, panels } = layout(look.shape)
    this.#across = Math.max(1, across)
    this.#rows = Math.max(1, rows)
    const count = look.channels === "all" ? panels : 1
    this.panels = Array.from({ length: count }, () => {
      const canvas = document.createElement("canvas")
      canvas.width = this.#across
      canvas.height = this.#rows
      return { canvas, context: canvas.getContext("2d", { willReadFrequently: false }) as CanvasRenderingContext2D }
    })
  }

  /** Paints the rows that have changed since the last call. */
  paint(frames: readonly Frame[]): void {
    let from = 0
    while (from < frames.length && frames[from] === this.#painted[from]) from++
    if (from > 0 && this.look.difference && frames[from - 1] !== this.#painted[from - 1]) from--
    if (from === frames.length && this.#painted.length === frames.length) return
    const to = Math.min(frames.length, this.#rows)
    if (to > from) {
      if (this.look.channels === "all")
        for (const [m, panel] of this.panels.entries()) this.#single(panel, m, frames, from, to)
      else if (this.look.channels.length === 1) this.#single(this.panels[0], this.look.channels[0], frames, from, to)
      else this.#lights(this.panels[0], this.look.channels, frames, from, to)
    }
    this.#painted = frames
  }

  #value(frames: readonly Frame[], t: number) {
    const { tensor, difference } = this.look
    const now = frames[t].tensors[tensor]
    const before = difference && t > 0 ? frames[t - 1].tensors[tensor] : undefined
    if (difference && !before) return () => 0
    return now ? (before ? (i: number) => now[i] - before[i] : (i: number) => now[i]) : undefined
  }

  #single({ context }: Panel, m: number, frames: readonly Frame[], from: number, to: number): void {
    const image = context.createImageData(this.#across, to - from)
    const pixels = new Uint32Array(image.data.buffer)
    const { L, W, M } = layout(this.look.shape)
    const isGate = isShare(this.look.role) && !this.look.difference
    const colors = tableOf(isGate, this.look.dark)
    for (let t = from; t < to; t++) {
      const value = this.#value(frames, t)
      if (!value) continue // gates exist from the first step on
      let at = (t - from) * this.#across
      for (let w = 0; w < W; w++)
        for (let l = 0; l < L; l++) {
          const x = value((l * W + w) * M + m)
          const v = isGate ? x : (x + 1) / 2
          pixels[at++] = colors[v > 0 ? (v < 1 ? Math.round(v * STEPS) : STEPS) : 0]
        }
    }
    context.putImageData(image, 0, from)
  }

  #lights({ context }: Panel, channels: readonly number[], frames: readonly Frame[], from: number, to: number): void {
    const image = context.createImageData(this.#across, to - from)
    const { L, W, M } = layout(this.look.shape)
    const shares = [0, 0, 0]
    const isGate = isShare(this.look.role) && !this.look.difference
    for (let t = from; t < to; t++) {
      const value = this.#value(frames, t)
      if (!value) continue
      let at = 4 * (t - from) * this.#across
      for (let w = 0; w < W; w++)
        for (let l = 0; l < L; l++) {
          for (let i = 0; i < 3; i++) {
            const x = value((l * W + w) * M + channels[i])
            shares[i] = isGate ? x : (x + 1) / 2
          }
          for (const rgb of RGB) image.data[at + rgb] = lit(shares, rgb)
          image.data[at + 3] = 255
          at += 4
        }
    }
    context.putImageData(image, 0, from)
  }
}

/** Positions of the panels on a canvas of a given width, in CSS pixels. */
export interface Grid {
  readonly columns: number
  readonly width: number
  readonly height: number
  readonly gap: number
  readonly total: number
}

/** Smallest and largest size of a cell in a grid of small panels. */
const MOST_CELL = 14

export function gridOf(count: number, across: number, rows: number, available: number, most: number): Grid {
  const gap = count > 1 ? 8 : 0
  let best: Grid | undefined
  for (let columns = 1; columns <= Math.min(count, 12); columns++) {
    const width = Math.floor((available - gap * (columns - 1)) / columns)
    if (width < 40 && best) break
    const scale = Math.min(width / across, count > 1 ? MOST_CELL : 3 * MOST_CELL)
    const height = Math.max(8, Math.min(rows * scale, most))
    const lines = Math.ceil(count / columns)
    const grid = {
      columns,
      width: Math.min(width, Math.max(40, across * scale)),
      height,
      gap,
      total: lines * (height + gap) - gap,
    }
    // Prefers the largest panels that fit on about one screen.
    if (!best || (best.total > most && grid.total < best.total)) best = grid
    if (best.total <= most) break
  }
  return best as Grid
}
