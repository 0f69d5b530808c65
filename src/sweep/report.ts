// The report of a sweep: which size each run reached, how it generalizes, and which hyperparameters matter.

import { columns, type Line, lines } from "./plot.ts"
import type { Value } from "./space.ts"
import type { StoredTrial, SweepInfo } from "./store.ts"

/** The size that a run had reached, by step. */
export type Curve = readonly (readonly [step: number, size: number])[]

export interface SweepReport {
  readonly markdown: string
  readonly html: string
  /** SVG text by file name, as the Markdown refers to it. */
  readonly plots: ReadonlyMap<string, string>
}

interface Ranked extends StoredTrial {
  readonly size: number
  readonly exact: number
}

/** Share of right answers on random examples of a size; with several tasks, the lowest. */
const exactAt = (result: StoredTrial["result"], size: number): number | undefined => {
  const rows = result?.evaluation.filter((e) => e.size === size && !e.hard) ?? []
  return rows.length === 0 ? undefined : Math.min(...rows.map(({ exact }) => exact))
}

/**
 * Writes the report. It contains no dates and no paths, so equal results give equal text. `curves` are by
 * trial.
 */
export function reportOf(
  info: SweepInfo,
  trials: readonly StoredTrial[],
  curves: ReadonlyMap<string, Curve>,
): SweepReport {
  const last = info.sizes[info.sizes.length - 1]
  const ranked: Ranked[] = trials
    .map((trial) => ({
      ...trial,
      size: trial.result?.size ?? trial.reports.at(-1)?.size ?? 0,
      exact: exactAt(trial.result, last) ?? 0,
    }))
    .sort((a, b) => b.exact - a.exact || b.size - a.size || symbolOf(b) - symbolOf(a) || (a.id < b.id ? -1 : 1))
  const count = (ended: string) => trials.filter(({ result }) => result?.ended === ended).length
  const finished = trials.filter(({ result }) => result !== undefined).length
  const summary = [
    `${finished} of ${trials.length} runs have a result: ${count("generalizes")} met their goal, ${count("steps")} used all their steps, ${count("stopped")} were stopped early, ${count("failed")} failed.`,
    `${ranked.filter((r) => r.exact === 1).length} of ${trials.length} answer all of ${info.samples} fresh examples of size ${last} right.`,
  ]
  const axes = Object.keys(trials[0]?.point ?? {})
  const head = ["run", "seed", ...axes, "ended", "steps", "minutes", "size", ...info.sizes.map((n) => `exact at ${n}`)]
  const rows = ranked.map(({ id, config, point, result, reports, size }) => [
    id,
    String(config.seed),
    ...axes.map((axis) => shown(point[axis])),
    result ? (result.reason ? `failed: ${result.reason}` : result.ended) : "not yet",
    String(result?.steps ?? reports.at(-1)?.steps ?? 0),
    ((result?.seconds ?? reports.at(-1)?.seconds ?? 0) / 60).toFixed(1),
    String(size),
    ...info.sizes.map((n) => percentAt(exactAt(result, n))),
  ])
  const plots = new Map([
    ["size-over-time.svg", sizeOverTime(ranked, curves)],
    ["generalization.svg", generalization(ranked, info)],
    ...axes.flatMap((axis): [string, string][] => [
      [`size-by-${fileName(axis)}.svg`, effect(ranked, axis)],
      [`exact-by-${fileName(axis)}.svg`, effectBeyond(ranked, axis, info)],
    ]),
  ])
  const title = `${info.name}: ${info.task}`
  const effects = axes.map((axis) => effectOf(ranked, axis, info))
  const content = { title, info, summary, head, rows, effects, plots }
  return { markdown: markdownOf(content), html: htmlOf(content), plots }
}

const fileName = (axis: string) => axis.replace(/[^a-z0-9]+/giu, "-")
const symbolOf = ({ result, reports }: StoredTrial) => result?.symbol ?? reports.at(-1)?.symbol ?? 0
const shown = (value: Value) => (value === null ? "none" : String(value))
const percentAt = (share: number | undefined) => (share === undefined ? "–" : `${Math.floor(1000 * share) / 10} %`)

const rankOf = (ranked: readonly Ranked[], i: number) => (ranked.length < 2 ? 1 : 1 - i / (ranked.length - 1))

function sizeOverTime(ranked: readonly Ranked[], curves: ReadonlyMap<string, Curve>): string {
  const all: Line[] = ranked.map(({ id, config }, i) => ({
    name: `${id}, seed ${config.seed}`,
    rank: rankOf(ranked, i),
    points: curves.get(id) ?? [],
  }))
  return lines(
    { title: "size reached over time, a line for each run", x: "steps", y: "size" },
    all.filter((l) => l.points.length > 1),
  )
}

function generalization(ranked: readonly Ranked[], { sizes }: SweepInfo): string {
  const values = (size: number) =>
    ranked.flatMap(({ result }) => {
      const exact = exactAt(result, size)
      return exact === undefined ? [] : [100 * exact]
    })
  return columns(
    { title: "whole answers right on fresh examples, a point for each run", x: "size", y: "%" },
    sizes.map((size) => ({ name: String(size), values: values(size) })),
  )
}

const valuesOf = (ranked: readonly Ranked[], axis: string) =>
  [...new Set(ranked.map(({ point }) => point[axis]))].sort((a, b) =>
    typeof a === "string" && typeof b === "string" ? (a < b ? -1 : 1) : Number(a) - Number(b),
  )
const sizesAt = (ranked: readonly Ranked[], axis: string, value: Value) =>
  ranked.filter(({ point, size }) => point[axis] === value && size > 0).map(({ size }) => size)

/** Mean share of right answers at a size, over the runs with a result. */
const exactBy = (ranked: readonly Ranked[], axis: string, value: Value, size: number): number | undefined => {
  const shares = sharesBy(ranked, axis, value, size)
  return shares.length === 0 ? undefined : mean(shares)
}

const sharesBy = (ranked: readonly Ranked[], axis: string, value: Value, size: number) =>
  ranked.flatMap(({ point, result }) => {
    const exact = exactAt(result, size)
    return point[axis] === value && exact !== undefined ? [exact] : []
  })

const effect = (ranked: readonly Ranked[], axis: string): string =>
  columns(
    { title: `size reached, by ${axis}`, x: axis, y: "size" },
    valuesOf(ranked, axis).map((value) => ({ name: shown(value), values: sizesAt(ranked, axis, value) })),
  )

const effectBeyond = (ranked: readonly Ranked[], axis: string, { sizes }: SweepInfo): string => {
  const size = sizes[sizes.length - 1]
  const shares = (value: Value) => sharesBy(ranked, axis, value, size).map((exact) => Math.round(1000 * exact) / 10)
  return columns(
    { title: `whole answers right at size ${size}, by ${axis}`, x: axis, y: "%" },
    valuesOf(ranked, axis).map((value) => ({ name: shown(value), values: shares(value) })),
  )
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length

interface Effect {
  readonly axis: string
  readonly head: readonly string[]
  /** For each value: the sizes that its runs reached, and their mean share of right answers at each size. */
  readonly rows: readonly (readonly string[])[]
  /** Share of the variance of sizes that the axis explains (η² of a one-way analysis of variance). */
  readonly explains: string
}

function effectOf(ranked: readonly Ranked[], axis: string, { sizes }: SweepInfo): Effect {
  const groups = valuesOf(ranked, axis).map((value) => ({ value, sizes: sizesAt(ranked, axis, value) }))
  const everything = groups.flatMap(({ sizes }) => sizes)
  const middle = mean(everything)
  const total = everything.reduce((sum, size) => sum + (size - middle) ** 2, 0)
  const between = groups.reduce((sum, { sizes }) => sum + sizes.length * (mean(sizes) - middle) ** 2, 0)
  return {
    axis,
    head: [axis, "sizes reached", "mean size", ...sizes.map((n) => `mean exact at ${n}`)],
    rows: groups.map(({ value, sizes: reached }) => [
      shown(value),
      reached.length === 0 ? "–" : reached.toSorted((a, b) => b - a).join(", "),
      reached.length === 0 ? "–" : mean(reached).toFixed(1),
      ...sizes.map((n) => percentAt(exactBy(ranked, axis, value, n))),
    ]),
    explains:
      total === 0
        ? "All runs reached the same size."
        : `${percentAt(between / total)} of the variance of sizes between runs is explained by ${axis}.`,
  }
}

const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n")

interface Content {
  readonly title: string
  readonly info: SweepInfo
  readonly summary: readonly string[]
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly effects: readonly Effect[]
  readonly plots: ReadonlyMap<string, string>
}

const MATTERS = "Which hyperparameters matter"

function markdownOf({ title, info, summary, head, rows, effects, plots }: Content): string {
  const matters = effects.map((e) => `${markdownTable(e.head, e.rows)}\n\n${e.explains}`)
  return [
    `# ${title}`,
    info.about,
    summary.join("\n"),
    ...(matters.length === 0 ? [] : [`## ${MATTERS}`, ...matters]),
    "## Plots",
    [...plots.keys()].map((name) => `![${name.replace(".svg", "").replaceAll("-", " ")}](plots/${name})`).join("\n"),
    "## Runs",
    `${markdownTable(head, rows)}\n`,
  ].join("\n\n")
}

const escaped = (text: string) => text.replace(/[&<>]/gu, (c) => `&#${c.charCodeAt(0)};`)

function htmlOf({ title, info, summary, head, rows, effects, plots }: Content): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`
  const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
    `<div class="wide"><table><thead>${row(head, "th")}</thead><tbody>
${rows.map((cells) => row(cells, "td")).join("\n")}
</tbody></table></div>`
  const matters = effects.map((e) => `${table(e.head, e.rows)}\n<p>${escaped(e.explains)}</p>`)
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>
<style>body{font:15px sans-serif;margin:2em auto;max-width:70em;padding:0 1em}table{border-collapse:collapse;font-size:13px}td,th{padding:2px 8px;text-align:right;border-bottom:1px solid #ddd}figure{display:inline-block;margin:0 1em 1em 0}svg{max-width:100%;height:auto}.wide{overflow-x:auto}</style>
<h1>${escaped(title)}</h1>
<p>${escaped(info.about)}</p>
<p>${summary.map(escaped).join("<br>")}</p>
${matters.length === 0 ? "" : `<h2>${MATTERS}</h2>\n`}${matters.join("\n")}
<h2>Plots</h2>
${[...plots.values()].map((plot) => `<figure>${plot}</figure>`).join("\n")}
<h2>Runs</h2>
${table(head, rows)}
</html>
`
}
