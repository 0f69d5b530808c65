// A net while it learns: the answer film of one and the same question, drawn anew several times a second, and
// a ring of sizes that fills in.

import { useComputed, useSignalEffect } from "@preact/signals"
import { useRef } from "preact/hooks"
import { longestSize } from "../../../src/training/config.ts"
import { AnswerPicture } from "../draw/answer.ts"
import { isBackwards, taskOf } from "../questions.ts"
import type { Run } from "../runs.ts"
import { dark } from "../theme.ts"
import { prepared, useWidth } from "./use-width.ts"

const [MOST_WIDTH, MOST_HEIGHT] = [360, 240]

export function LearningFilm({ run }: { run: Run }) {
  const host = useRef<HTMLElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(host)
  const task = taskOf({ config: run.config.value })
  const told = useComputed(() => {
    const film = run.learning.value
    const last = film?.frames.at(-1)
    if (!film || !last) return undefined
    const truth = task.oracle(film.input)
    const wrong = truth?.reduce((n, symbol, l) => n + Number(symbol !== last.symbols[l]), 0)
    const about = wrong === undefined ? "" : wrong === 0 ? ": right" : `: ${wrong} wrong`
    return `step ${film.step}${about}`
  })
  useSignalEffect(() => {
    const film = run.learning.value
    const wide = Math.min(MOST_WIDTH, width.value)
    if (!film || !canvas.current || wide === 0) return
    const [L, rows] = [film.input.length, film.frames.length]
    const look = { truth: task.oracle(film.input), backwards: isBackwards(task), dark: dark.value }
    const picture = new AnswerPicture(look, L, rows)
    picture.paint(film.frames)
    const cell = Math.min(wide / L, MOST_HEIGHT / rows)
    prepared(canvas.current, wide, cell * rows).drawImage(picture.canvas, 0, 0, cell * L, cell * rows)
  })
  return (
    <figure class="learning" ref={host} hidden={!told.value}>
      <canvas ref={canvas} role="img" aria-label={`its answer at every step to one question, at ${told.value}`} />
      <figcaption class="caption">
        One question of {run.learning.value?.input.length} symbols, asked again while it learns; {told.value}. A row a
        step of its computation; green: right.
      </figcaption>
    </figure>
  )
}

/** The share of right answers at each size, as a ring. */
export function SizeRing({ run }: { run: Run }) {
  const rows = run.sizes.value
  const longest = longestSize(run.config.value)
  const part = 360 / Math.max(1, rows.length)
  const at = (degrees: number, r: number) => {
    const a = ((degrees - 90) * Math.PI) / 180
    return `${(60 + r * Math.cos(a)).toFixed(1)} ${(60 + r * Math.sin(a)).toFixed(1)}`
  }
  const arc = (i: number, share: number) => {
    const [from, to] = [i * part + 2, i * part + 2 + (part - 4) * share]
    return `M${at(from, 40)} A40 40 0 ${to - from > 180 ? 1 : 0} 1 ${at(to, 40)}`
  }
  if (rows.length === 0) return null
  const told = rows.map(({ size, exact }) => `${size}: ${Math.round(100 * exact)} %`).join(", ")
  return (
    <figure class="ring">
      <svg viewBox="0 0 120 120" role="img" aria-label={`right answers by size: ${told}`}>
        {rows.map(({ size, exact }, i) => {
          const [x, y] = at((i + 0.5) * part, 54).split(" ")
          return (
            <g key={size} class={size > longest ? "beyond" : ""}>
              <path class="track" d={arc(i, 1)} />
              {exact > 0 && <path class="share" d={arc(i, exact)} />}
              <text x={x} y={y}>
                {size}
              </text>
            </g>
          )
        })}
      </svg>
      <figcaption class="caption">Right answers by size; it is taught up to {longest}.</figcaption>
    </figure>
  )
}
