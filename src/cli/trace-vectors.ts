// `trace` for tasks on vectors, drawn as in the Neural Turing Machine's paper [NTM]. Time runs right. Input,
// answer and target stand one below the other, then every head's weighting over the slots, and the memory at
// the end.

import { type Color, share, signed } from "../formats/colors.ts"
import type { VectorTrace } from "../inference/trace-vectors.ts"
import type { Picture } from "./trace-picture.ts"

/** Pixels between panels. */
const GAP = 4

interface Panel {
  readonly columns: number
  readonly rows: number
  color(column: number, row: number): Color
}

export function drawVectorTrace(trace: VectorTrace, scale: number): Picture {
  const { input, answer, target, counts, width, bits, tensors } = trace
  const T = input.length
  const asked = (values: readonly Float32Array[]) => (t: number, i: number) => share(counts[t] ? values[t][i] : 0)
  const panels: Panel[] = [
    { columns: T, rows: width, color: (t, i) => signed(input[t][i]) },
    { columns: T, rows: bits, color: asked(answer) },
    { columns: T, rows: bits, color: asked(target) },
  ]
  for (const { role, after, shape } of tensors) {
    if (role === "weighting") panels.push({ columns: T, rows: shape[0], color: (t, slot) => share(after[t + 1][slot]) })
    if (role !== "memory" || shape[0] === 1) continue // a state without places is not a memory with slots
    const [slots, numbers] = [shape[0], shape[2]]
    const end = after[after.length - 1]
    panels.push({ columns: numbers, rows: slots, color: (i, slot) => signed(end[slot * numbers + i]) })
  }
  const pictureWidth = 2 * GAP + scale * Math.max(...panels.map((p) => p.columns))
  const height = GAP + panels.reduce((sum, p) => sum + p.rows * scale + GAP, 0)
  const pixels = new Uint8Array(pictureWidth * height * 3).fill(255)
  let top = GAP
  for (const { columns, rows, color } of panels) {
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const rgb = color(column, row)
        for (let y = 0; y < scale; y++)
          for (let x = 0; x < scale; x++)
            pixels.set(rgb, 3 * ((top + row * scale + y) * pictureWidth + GAP + column * scale + x))
      }
    top += rows * scale + GAP
  }
  return { width: pictureWidth, height, pixels, columns: 1, rows: panels.length }
}

/** Yields the shapes, then a line per step: its input, its answer, and the tensors carried after it. */
export function* vectorTraceLines(trace: VectorTrace): Generator<object> {
  const { input, answer, target, counts, right, tensors } = trace
  const shapes = tensors.map(({ name, shape }) => ({ name, shape }))
  yield { steps: input.length, right, tensors: shapes }
  for (const [t, shown] of input.entries()) {
    const carried = tensors.map(({ name, after }) => [name, [...after[t + 1]]] as const)
    yield {
      step: t + 1,
      input: [...shown],
      answer: [...answer[t]],
      target: counts[t] ? [...target[t]] : null,
      ...Object.fromEntries(carried),
    }
  }
}
