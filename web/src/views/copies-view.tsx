// Displays parameter-sharing relaxation: the distance of every copy's weights from the mean of all copies. A
// curve shows the sum of these distances as the pull grows, until the copies are merged.

import { useLayoutEffect, useRef } from "preact/hooks"
import type uPlot from "uplot"
import { type Copies, copiesAt } from "../copies.ts"
import { paintSigned } from "../draw/picture.ts"
import type { SavedStep } from "../engine/messages.ts"
import type { Run } from "../runs.ts"
import { dark } from "../theme.ts"
import { axis, plain, short, strokeOf, useChart } from "./chart.tsx"

const number = (x: number) =>
  x === 0
    ? "0"
    : x < 0.001
      ? x.toExponential(1).replace("e-", " · 10⁻").replace(/\d+$/u, superscript)
      : x.toPrecision(2)
const superscript = (digits: string) => [...digits].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)]).join("")

/** `at` is a chosen saved step; undefined: the newest. */
export function CopiesView({ run, at }: { run: Run; at: SavedStep | undefined }) {
  const copies = at ? copiesAt(at, run.config.value.model) : run.copies.value
  if (!copies) return null
  const { distances, one, step, squares, side, full } = copies
  // The copies are merged before the first phase ends.
  const { relaxation } = run.config.value.phases[0]
  const pull = copies.pull ?? relaxation.pull
  const count = distances.length
  const mean = Math.sqrt(distances.reduce((sum, d) => sum + d * d, 0) / count)
  return (
    <section class="copies">
      <h3>{one ? `${count} copies that became one rule` : `${count} copies of the rule, pulled together`}</h3>
      <p class="quiet">
        One rule for every step is hard to find. So this net begins with {count}, used by turns: step t of a computation
        takes copy t mod {count}. Whenever the sizes of a training step are right, the pull that draws the copies to
        their mean grows; where it ends, the mean takes their place.
      </p>
      <p>
        {one ? (
          <>
            At step {step} there is <b>one rule</b>: all copies are equal.
          </>
        ) : (
          <>
            At step {step} a weight is <b>{number(mean)}</b> away from the mean of its copies; the pull is{" "}
            {number(pull)}, and ends at {relaxation.end}.
          </>
        )}
      </p>
      <div class="multiples">
        {distances.map((distance, i) => (
          <figure key={i}>
            <Picture copies={copies} index={i} />
            <figcaption class="caption">
              copy {i + 1}: {number(distance)} away
            </figcaption>
          </figure>
        ))}
      </div>
      <p class="legend quiet">
        <span class="scale" aria-hidden="true" />
        blue: below the mean, orange: above; full color: {number(full)}. A square is a gate's kernel at the place
        itself, {side} channels read (down) by {side} made (across): {squares.map((s) => s.name).join(", ")}.
      </p>
      <Together run={run} />
    </section>
  )
}

/** The squares of a copy: a row per layer, a column per gate. */
function Picture({ copies, index }: { copies: Copies; index: number }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { squares, side, full, distances, step } = copies
  const layers = new Set(squares.map((s) => s.name.split("/")[0])).size
  const across = squares.length / layers
  const [width, height] = [across * (side + 1) - 1, layers * (side + 1) - 1]
  const isDark = dark.value
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d")
    if (!context) return
    for (const [i, { off }] of squares.entries()) {
      const image = context.createImageData(side, side)
      paintSigned((j) => off[index][j] / full, new Uint32Array(image.data.buffer), isDark)
      context.putImageData(image, (i % across) * (side + 1), Math.floor(i / across) * (side + 1))
    }
  })
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      role="img"
      aria-label={`copy ${index + 1} at step ${step}: its weights are ${number(distances[index])} away from the mean of all copies`}
    />
  )
}

/** When the copies were merged: the last step with a distance, followed by one without. */
const becameOne = ({ curves }: Run) => {
  const first = curves.distance.findLastIndex((d) => d > 0) + 1
  return first > 0 && first < curves.step.length ? curves.step[first] - 1 : undefined
}

function Together({ run }: { run: Run }) {
  const title = "sum of squared distances to the mean (line, left); pull (dashes, right)"
  const host = useChart(
    (width) => {
      const { curves, pulls } = run
      const every = Math.max(1, Math.ceil(curves.step.length / 600))
      const x: number[] = []
      const distance: (number | null)[] = []
      const pull: (number | null)[] = []
      let p = 0
      for (let i = 0; i < curves.step.length; i += every) {
        while (p < pulls.length && pulls[p].step < curves.step[i]) p++
        x.push(curves.step[i])
        distance.push(curves.distance[i] || null)
        pull.push(curves.distance[i] ? (pulls[p]?.pull ?? null) : null)
      }
      const powers = (_: uPlot, v: (number | null)[]) => v.map(short)
      return {
        options: {
          ...plain(width),
          scales: { x: { time: false }, y: { distr: 3 }, pull: { distr: 3 } },
          axes: [
            axis(),
            { ...axis(), size: 56, values: powers },
            { ...axis(), size: 60, side: 1, scale: "pull", grid: { show: false }, values: powers },
          ],
          series: [
            {},
            { label: "distance", stroke: strokeOf(0), width: 1.5, points: { show: false } },
            { label: "pull", scale: "pull", stroke: strokeOf(1), width: 1.5, dash: [6, 4], points: { show: false } },
          ],
          hooks: {
            draw: [
              (u: uPlot) => {
                const one = becameOne(run)
                if (one === undefined) return
                const left = u.valToPos(one, "x", true)
                u.ctx.fillStyle = u.ctx.strokeStyle = dark.value ? "#ecebe7" : "#1c1d20"
                u.ctx.fillRect(left - 1, u.bbox.top, 2, u.bbox.height)
                u.ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`
                const text = "one rule"
                const room = u.bbox.left + u.bbox.width - left > u.ctx.measureText(text).width + 12
                u.ctx.textAlign = room ? "left" : "right"
                u.ctx.fillText(text, left + (room ? 8 : -8), u.bbox.top + 16 * devicePixelRatio)
              },
            ],
          },
        },
        data: [x, distance, pull] as uPlot.AlignedData,
      }
    },
    () => void run.version.value,
    `copies ${run.number}`,
  )
  const last = run.last.value
  const one = becameOne(run)
  const told =
    one !== undefined
      ? `the copies became one at step ${one}`
      : last
        ? `the sum is ${number(last.distance)} at step ${last.step}`
        : "nothing yet"
  return (
    <figure>
      <figcaption class="caption">{title}</figcaption>
      <div ref={host} class="chart" role="img" aria-label={`${title}: ${told}`} />
    </figure>
  )
}
