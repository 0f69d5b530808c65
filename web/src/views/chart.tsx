// Curves by uPlot: loss and accuracy over steps, and generalization by size with the trained range shaded.
// All runs share one plot.

import { useSignal, useSignalEffect } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import uPlot from "uplot"
import "uplot/dist/uPlot.min.css"
import { longestSize } from "../../../src/training/config.ts"
import type { Run } from "../runs.ts"
import { dark } from "../theme.ts"

/** A run's color and dash; the dash distinguishes runs without color. */
const strokes = [
  { light: "#b4500a", dark: "#ff9d57", dash: [] as number[] },
  { light: "#08519c", dark: "#7db7f5", dash: [6, 4] },
  { light: "#0a6248", dark: "#6fd3ae", dash: [2, 3] },
  { light: "#7a2a8a", dark: "#d9a3e8", dash: [10, 3, 2, 3] },
]
const strokeAt = (i: number) => strokes[i % strokes.length]
export const strokeOf = (i: number) => (dark.value ? strokeAt(i).dark : strokeAt(i).light)
/** A short form of a small number, for axis labels. */
export const short = (x: number | null) =>
  x === null ? "" : x > 0 && x < 0.001 ? x.toExponential(0) : String(Number(x.toPrecision(2)))
/** The most points drawn per curve, about the number of pixel columns. */
const MOST_POINTS = 600

export function useChart(
  build: (width: number) => { options: uPlot.Options; data: uPlot.AlignedData },
  deps: () => void,
  key: string,
) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const shape = useRef("")
  const last = useRef(0)
  const update = useRef(() => {})
  // A redraw already scheduled calls the newest version, which knows the current runs.
  update.current = () => {
    const element = host.current
    if (!element || element.clientWidth === 0) return
    const { options, data } = build(element.clientWidth)
    const now = `${key} ${dark.value} ${element.clientWidth} ${options.series.length}`
    if (plot.current && shape.current === now) plot.current.setData(data)
    else {
      plot.current?.destroy()
      plot.current = new uPlot(options, data, element)
      shape.current = now
    }
  }
  const drawnKey = useSignal(key)
  useEffect(() => {
    drawnKey.value = key
  }, [key])
  useSignalEffect(() => {
    deps()
    void dark.value
    void drawnKey.value // a further run brings signals of its own
    // Draws at most once per frame.
    if (last.current) return
    last.current = window.setTimeout(() => {
      last.current = 0
      requestAnimationFrame(() => update.current())
    }, 120)
  })
  useEffect(() => {
    const watch = new ResizeObserver(() => requestAnimationFrame(() => update.current()))
    if (host.current) watch.observe(host.current)
    return () => {
      watch.disconnect()
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [])
  return host
}

/** Options shared by all charts. */
export const plain = (width: number) => ({
  width,
  height: 190,
  legend: { show: true }, // the values under the pointer
  cursor: { drag: { x: false, y: false } },
})

export const axis = () => ({
  stroke: dark.value ? "#a9adb5" : "#55585f",
  grid: { stroke: dark.value ? "#2b2d33" : "#e6e3dc", width: 1 },
  ticks: { show: false },
  font: "12px system-ui, sans-serif",
})

/** Aligns all runs on one axis of steps. Long curves are averaged over adjacent points. */
function align(runs: readonly Run[], key: "error" | "symbol"): uPlot.AlignedData {
  const longest = Math.max(1, ...runs.map((r) => r.curves.step.at(-1) ?? 0))
  const bin = Math.max(1, Math.ceil(longest / MOST_POINTS))
  const count = Math.ceil(longest / bin)
  const x = Array.from({ length: count }, (_, i) => (i + 1) * bin)
  const lines = runs.map(({ curves }) => {
    const sums = new Float64Array(count)
    const counts = new Int32Array(count)
    curves.step.forEach((step, i) => {
      const at = Math.min(count - 1, Math.floor((step - 1) / bin))
      sums[at] += curves[key][i]
      counts[at]++
    })
    return Array.from(sums, (sum, i) => (counts[i] ? sum / counts[i] : null))
  })
  return [x, ...lines] as uPlot.AlignedData
}

function Curve({ runs, what }: { runs: readonly Run[]; what: "error" | "symbol" }) {
  const title = what === "error" ? "loss by step, nats a symbol" : "right symbols in the batch by step, dropout on"
  const host = useChart(
    (width) => ({
      options: {
        ...plain(width),
        scales: { x: { time: false }, y: what === "error" ? { distr: 3 } : { range: [0, 1] } },
        axes: [
          axis(),
          {
            ...axis(),
            size: 52,
            ...(what === "symbol"
              ? { values: (_: uPlot, v: number[]) => v.map((x) => `${Math.round(100 * x)} %`) }
              : {
                  values: (_: uPlot, v: (number | null)[]) => v.map(short),
                }),
          },
        ],
        series: [
          { label: "step" },
          ...runs.map((r, i) => ({
            label: r.name,
            stroke: strokeOf(i),
            width: 1.5,
            dash: strokeAt(i).dash,
            points: { show: false },
          })),
        ],
      },
      data: align(runs, what),
    }),
    () => {
      for (const run of runs) void run.version.value
    },
    runs.map((r) => r.number).join(),
  )
  const told = runs.map((r) =>
    r.last.value
      ? `${r.name}: ${r.last.value[what].toPrecision(3)} at step ${r.last.value.step}`
      : `${r.name}: nothing yet`,
  )
  return (
    <figure>
      <figcaption class="caption">{title}</figcaption>
      <div ref={host} class="chart" role="img" aria-label={`${title}. ${told.join("; ")}`} />
    </figure>
  )
}

function Sizes({ runs }: { runs: readonly Run[] }) {
  const title = "whole answers right, by size, no dropout; shaded: sizes trained on"
  const host = useChart(
    (width) => {
      const x = [...new Set(runs.flatMap((r) => r.sizes.value.map((row) => row.size)))].sort((a, b) => a - b)
      const trained = Math.max(0, ...runs.map((r) => longestSize(r.config.value)))
      return {
        options: {
          ...plain(width),
          scales: {
            x: { time: false, distr: 3, log: 10, range: [1, Math.max(10, trained * 10)] },
            y: { range: [0, 1.02] },
          },
          axes: [
            { ...axis(), values: (_: uPlot, v: (number | null)[]) => v.map((s) => (s === null ? "" : String(s))) },
            {
              ...axis(),
              size: 52,
              values: (_: uPlot, v: number[]) => v.map((s) => (s > 1 ? "" : `${Math.round(100 * s)} %`)),
            },
          ],
          series: [
            { label: "size" },
            ...runs.map((r, i) => ({
              label: r.name,
              stroke: strokeOf(i),
              width: 1.5,
              dash: strokeAt(i).dash,
              points: { show: true, size: 6 },
              spanGaps: true,
            })),
          ],
          hooks: {
            drawClear: [
              (u: uPlot) => {
                const left = u.bbox.left
                const right = u.valToPos(trained, "x", true)
                u.ctx.fillStyle = dark.value ? "rgb(255 255 255 / 0.07)" : "rgb(0 0 0 / 0.06)"
                if (trained > 0 && right > left) u.ctx.fillRect(left, u.bbox.top, right - left, u.bbox.height)
              },
            ],
          },
        },
        data: [
          x,
          ...runs.map((r) => x.map((size) => r.sizes.value.find((row) => row.size === size)?.exact ?? null)),
        ] as uPlot.AlignedData,
      }
    },
    () => {
      for (const run of runs) void run.sizes.value
    },
    `${runs.map((r) => `${r.number} ${longestSize(r.config.value)}`).join()}`,
  )
  return (
    <figure>
      <figcaption class="caption">{title}</figcaption>
      <div ref={host} class="chart" role="img" aria-label={title} />
      <div class="visually-hidden">
        <table>
          <caption>{title}</caption>
          <tbody>
            {runs.flatMap((r) =>
              r.sizes.value.map((row) => (
                <tr key={`${r.number} ${row.size}`}>
                  <td>{r.name}</td>
                  <td>{row.size}</td>
                  <td>{Math.round(row.exact * 100)} %</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </figure>
  )
}

export const Charts = ({ runs }: { runs: readonly Run[] }) => (
  <div class="charts">
    <Curve runs={runs} what="error" />
    <Curve runs={runs} what="symbol" />
    <Sizes runs={runs} />
  </div>
)

/** A sample of a run's line style. */
export function Swatch({ index }: { index: number }) {
  return (
    <svg class="swatch" viewBox="0 0 28 8" aria-hidden="true">
      <line
        x1="0"
        x2="28"
        y1="4"
        y2="4"
        stroke={strokeOf(index)}
        stroke-width="2.5"
        stroke-dasharray={strokeAt(index).dash.join(" ")}
      />
    </svg>
  )
}
