// The answer film as an image: a row per step and a column per place, in the order in which people write.
// Green where the net would be right, orange where not, the stronger the surer; blue where nobody knows.

import { type Said, sureness } from "../story.ts"

type Color = readonly [number, number, number]
interface Scheme {
  readonly paper: Color
  readonly right: Color
  readonly wrong: Color
  readonly unknown: Color
}
const light: Scheme = { paper: [251, 250, 247], right: [26, 112, 86], wrong: [190, 84, 10], unknown: [8, 81, 156] }
const night: Scheme = { paper: [23, 24, 27], right: [88, 190, 154], wrong: [255, 150, 84], unknown: [125, 183, 245] }

/** The color of a cell. Even a guess is told from an empty place. */
export function cellColor(isRight: boolean | undefined, sure: number, dark: boolean): Color {
  const { paper, ...colors } = dark ? night : light
  const full = isRight === undefined ? colors.unknown : isRight ? colors.right : colors.wrong
  const strength = 0.2 + 0.8 * Math.max(0, Math.min(1, 2 * sure - 1))
  return [0, 1, 2].map((i) => Math.round(paper[i] + (full[i] - paper[i]) * strength)) as unknown as Color
}

/** Black or white, whichever reads better on a color. */
export const inkOn = ([r, g, b]: Color): string => (0.3 * r + 0.59 * g + 0.11 * b > 140 ? "#15161a" : "#fff")

/** Where the cells are, in CSS pixels. */
export interface Strip {
  /** Room for the labels on the left. */
  readonly gutter: number
  readonly cell: number
  readonly row: number
  /** Height of the lines of symbols above and below. */
  readonly line: number
}

/** The smallest cell and row that hold a legible symbol. */
export const [LEAST_CELL, LEAST_ROW] = [8, 10]

/** The largest cells that fit into a width and a height. */
export function stripOf(available: number, places: number, rows: number, most: number): Strip {
  const gutter = available < 500 ? 52 : 92
  const cell = Math.min(34, (available - gutter) / Math.max(1, places))
  const line = cell < LEAST_CELL ? 6 : 24
  const row = Math.min(26, cell >= LEAST_CELL ? cell : 26, (most - 2 * line) / Math.max(1, rows))
  return { gutter, cell, row: Math.max(0.5, row), line }
}

export interface AnswerLook {
  readonly truth: Uint8Array | undefined
  readonly backwards: boolean
  readonly dark: boolean
}

/** The image of a film; rows are painted once, when their frames arrive. */
export class AnswerPicture {
  readonly canvas: HTMLCanvasElement
  readonly look: AnswerLook
  readonly rows: number
  #painted: readonly Said[] = []

  constructor(look: AnswerLook, places: number, rows: number) {
    this.look = look
    this.rows = rows
    this.canvas = document.createElement("canvas")
    this.canvas.width = Math.max(1, places)
    this.canvas.height = Math.max(1, rows)
  }

  fits(look: AnswerLook, places: number, rows: number): boolean {
    const { truth, backwards, dark } = this.look
    const same = truth === look.truth && backwards === look.backwards && dark === look.dark
    return same && this.canvas.width === places && this.rows === rows
  }

  paint(frames: readonly Said[]): void {
    let from = 0
    while (from < frames.length && frames[from]?.symbols === this.#painted[from]?.symbols) from++
    const to = Math.min(frames.length, this.rows)
    if (to > from) {
      const L = this.canvas.width
      const context = this.canvas.getContext("2d") as CanvasRenderingContext2D
      const image = context.createImageData(L, to - from)
      for (let t = from; t < to; t++)
        for (let x = 0; x < L; x++) {
          const color = this.colorAt(frames[t], placeAt(x, L, this.look.backwards))
          image.data.set([...color, 255], 4 * ((t - from) * L + x))
        }
      context.putImageData(image, 0, from)
    }
    this.#painted = frames
  }

  colorAt(frame: Said, place: number): Color {
    const { truth, dark } = this.look
    const isRight = truth && frame.symbols[place] === truth[place]
    return cellColor(isRight, sureness(frame)[place], dark)
  }
}

/** The place of the memory that stands in a column, and the other way round. */
export const placeAt = (column: number, places: number, backwards: boolean): number =>
  backwards ? places - 1 - column : column
