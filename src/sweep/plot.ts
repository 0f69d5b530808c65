// Plots as SVG text: lines, and points in columns. Plotting libraries for servers bring a whole browser
// document with them, and a report needs only axes, lines and dots.

const WIDTH = 640
const HEIGHT = 300
const LEFT = 56
/** Space for names of three lines and the axis label. */
const BOTTOM = 60
const TOP = 28
const RIGHT = 12

export interface Line {
  readonly name: string
  /** From 0 to 1: its opacity, and its color from blue to red. */
  readonly rank: number
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** Where a value lies on a vertical axis from 0 to `top`. */
const heightsTo = (top: number) => (v: number) => HEIGHT - BOTTOM - (v / top) * (HEIGHT - BOTTOM - TOP)

interface Frame {
  readonly title: string
  readonly x: string
  readonly y: string
}

/** Text as SVG and HTML take it, in an attribute as well. */
export const escaped = (text: string) => text.replace(/[&<>"]/gu, (c) => `&#${c.charCodeAt(0)};`)
const round = (x: number) => Math.round(10 * x) / 10
const text = (x: number, y: number, content: string, more = "") =>
  `<text x="${round(x)}" y="${round(y)}" ${more}>${escaped(content)}</text>`

/** Approximate width of a letter, in pixels. */
const LETTER = 6

/** Breaks words into lines of at most `room` letters; a longer word stays whole. */
function wrapped(label: string, room: number): string[] {
  const lines: string[] = []
  for (const word of label.split(" ")) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** At most six round numbers from `from` to `to`. */
export function ticks(from: number, to: number): number[] {
  const span = Math.max(to - from, 1e-9)
  const unit = 10 ** Math.floor(Math.log10(span / 5))
  const step = [1, 2, 5, 10].map((f) => f * unit).find((s) => span / s <= 5.5) as number
  return Array.from({ length: Math.floor(to / step + 1e-9) - Math.ceil(from / step - 1e-9) + 1 }, (_, i) =>
    Number(((Math.ceil(from / step - 1e-9) + i) * step).toPrecision(12)),
  )
}

const short = (x: number) => (Math.abs(x) >= 10000 ? `${x / 1000}k` : String(x))

function frame(
  { title, x, y }: Frame,
  xTicks: readonly [at: number, label: string][],
  top: number,
  body: string,
): string {
  const yOf = heightsTo(top)
  const grid = ticks(0, top).map(
    (v) =>
      `<path d="M${LEFT} ${round(yOf(v))}H${WIDTH - RIGHT}" stroke="#ddd"/>${text(LEFT - 6, yOf(v) + 4, short(v), 'text-anchor="end"')}`,
  )
  const room = Math.floor((WIDTH - LEFT - RIGHT) / Math.max(1, xTicks.length) / LETTER)
  const labels = xTicks.flatMap(([at, label]) =>
    wrapped(label, room).map((line, i) =>
      text(at, HEIGHT - BOTTOM + 14 + 12 * i, line, 'text-anchor="middle" font-size="11"'),
    ),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12" role="img" aria-label="${escaped(title)}">
<rect width="100%" height="100%" fill="#fff"/>${grid.join("")}
${text(LEFT, 16, title, 'font-weight="bold"')}${text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x, 'text-anchor="middle"')}${text(12, (HEIGHT - BOTTOM + TOP) / 2, y, `text-anchor="middle" transform="rotate(-90 12 ${(HEIGHT - BOTTOM + TOP) / 2})"`)}
${labels.join("")}
${body}
</svg>
`
}

/** A line plot, with one line for each run. */
export function lines(of: Frame, all: readonly Line[]): string {
  const most = (pick: (p: readonly [number, number]) => number) =>
    Math.max(1e-9, ...all.flatMap((l) => l.points.map(pick)))
  const [right, top] = [most(([x]) => x), most(([, y]) => y)]
  const xOf = (v: number) => LEFT + (v / right) * (WIDTH - LEFT - RIGHT)
  const yOf = heightsTo(top)
  const drawn = [...all]
    .sort((a, b) => a.rank - b.rank)
    .map(({ name, rank, points }) => {
      const path = points.map(([x, y]) => `${round(xOf(x))} ${round(yOf(y))}`).join("L")
      const color = `hsl(${Math.round(230 - 230 * rank)} 70% 45%)`
      return `<path d="M${path}" fill="none" stroke="${color}" stroke-opacity="${0.3 + 0.7 * rank}" stroke-width="1.5"><title>${escaped(name)}</title></path>`
    })
  return frame(
    of,
    ticks(0, right).map((v) => [xOf(v), short(v)]),
    top,
    drawn.join("\n"),
  )
}

/** A bar plot of shares from 0 to 1. Marked bars are blue, the others orange. */
export function bars(of: Frame, all: readonly { name: string; value: number; marked: boolean }[]): string {
  const each = (WIDTH - LEFT - RIGHT) / all.length
  const yOf = heightsTo(1)
  const drawn = all.map(({ name, value, marked }, i) => {
    const [x, y] = [LEFT + (i + 0.1) * each, yOf(value)]
    const color = marked ? "#36c" : "#e80"
    return `<rect x="${round(x)}" y="${round(y)}" width="${round(0.8 * each)}" height="${round(yOf(0) - y)}" fill="${color}"><title>${escaped(name)}: ${short(round(100 * value))} %</title></rect>`
  })
  return frame(
    of,
    all.map(({ name }, i) => [LEFT + (i + 0.5) * each, name]),
    1,
    drawn.join("\n"),
  )
}

/** A plot of points in columns, with a bar at each column's mean. */
export function columns(of: Frame, all: readonly { name: string; values: readonly number[] }[]): string {
  const top = Math.max(1e-9, ...all.flatMap(({ values }) => values))
  const each = (WIDTH - LEFT - RIGHT) / all.length
  const yOf = heightsTo(top)
  const middle = (i: number) => LEFT + (i + 0.5) * each
  const drawn = all.map(({ values }, i) => {
    // points of one column stand side by side, in order, without randomness
    const dots = values.map((v, j) => {
      const x = middle(i) + (((j % 9) - (Math.min(values.length, 9) - 1) / 2) * each) / 16
      return `<circle cx="${round(x)}" cy="${round(yOf(v))}" r="3" fill="#36c" fill-opacity="0.45"/>`
    })
    if (values.length === 0) return ""
    const mean = yOf(values.reduce((a, b) => a + b, 0) / values.length)
    return `${dots.join("")}<path d="M${round(middle(i) - each / 3)} ${round(mean)}H${round(middle(i) + each / 3)}" stroke="#c33" stroke-width="2"/>`
  })
  return frame(
    of,
    all.map(({ name }, i) => [middle(i), name]),
    top,
    drawn.join("\n"),
  )
}
