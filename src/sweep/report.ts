// What a sweep found, as tables and plots: which runs reached which size, how they generalise, and which hyper-parameters matter.

import { columns, type Line, lines } from "./plot.ts"
import type { Value } from "./space.ts"
import type { StoredTrial, SweepInfo } from "./store.ts"

/** The size that a run had reached, over its steps. */
export type Curve = readonly (readonly [step: number, size: number])[]

export interface SweepReport {
  readonly markdown: string
  readonly html: string
}

interface Ranked extends StoredTrial {
  readonly size: number
  readonly exact: number
}

/** Share of random examples of a size that are answered right; of several tasks the least one's. */
const exactAt = (result: StoredTrial["result"], size: number): number | undefined => {
  const rows = result?.evaluation.filter((e) => e.size === size && !e.structured) ?? []
  return rows.length === 0 ? undefined : Math.min(...rows.map(({ exact }) => exact))
}

/** `curves`: by trial. The same text for the same results: no dates, no paths. */
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
    `${finished} of ${trials.length} runs have a result: ${count("generalises")} met their goal, ${count("steps")} used all their steps, ${count("stopped")} were stopped early, ${count("failed")} failed.`,
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
  const plots = [
    sizeOverTime(ranked, curves),
    generalisation(ranked, info),
    ...axes.flatMap((axis) => [effect(ranked, axis), effectBeyond(ranked, axis, info)]),
  ]
  const title = `${info.name}: ${info.task}`
  const effects = axes.map((axis) => effectRow(ranked, axis))
  return {
    markdown: markdownOf(title, info, summary, head, rows, effects),
    html: htmlOf(title, info, summary, head, rows, plots),
  }
}

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

function generalisation(ranked: readonly Ranked[], { sizes }: SweepInfo): string {
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

/** Of the runs that have a result: the share of right answers at the largest size. */
const exactBy = (ranked: readonly Ranked[], axis: string, value: Value) =>
  ranked.filter(({ point, result }) => point[axis] === value && result !== undefined).map(({ exact }) => exact)

const effect = (ranked: readonly Ranked[], axis: string): string =>
  columns(
    { title: `size reached, by ${axis}`, x: axis, y: "size" },
    valuesOf(ranked, axis).map((value) => ({ name: shown(value), values: sizesAt(ranked, axis, value) })),
  )

const effectBeyond = (ranked: readonly Ranked[], axis: string, { sizes }: SweepInfo): string => {
  const size = sizes[sizes.length - 1]
  const shares = (value: Value) => exactBy(ranked, axis, value).map((exact) => Math.round(1000 * exact) / 10)
  return columns(
    { title: `whole answers right at size ${size}, by ${axis}`, x: axis, y: "%" },
    valuesOf(ranked, axis).map((value) => ({ name: shown(value), values: shares(value) })),
  )
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length

/** An axis, the mean size and the mean share of right answers at the largest size by value, and the share of the variance between runs that its values explain (η² of one way). */
function effectRow(ranked: readonly Ranked[], axis: string): string[] {
  const groups = valuesOf(ranked, axis).map((value) => ({ value, sizes: sizesAt(ranked, axis, value) }))
  const everything = groups.flatMap(({ sizes }) => sizes)
  const middle = mean(everything)
  const total = everything.reduce((sum, size) => sum + (size - middle) ** 2, 0)
  const between = groups.reduce((sum, { sizes }) => sum + sizes.length * (mean(sizes) - middle) ** 2, 0)
  return [
    axis,
    groups.map(({ value, sizes }) => `${shown(value)}: ${mean(sizes).toFixed(1)}`).join(", "),
    groups.map(({ value }) => `${shown(value)}: ${percentAt(mean(exactBy(ranked, axis, value)))}`).join(", "),
    total === 0 ? "–" : percentAt(between / total),
  ]
}

const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n")

function markdownOf(
  title: string,
  info: SweepInfo,
  summary: readonly string[],
  head: readonly string[],
  rows: readonly (readonly string[])[],
  effects: readonly (readonly string[])[],
): string {
  const matters =
    effects.length === 0
      ? ""
      : `\n## Which hyper-parameters matter\n\n${markdownTable(["hyper-parameter", "mean size reached", "mean exact at the largest size", "share of the variance of sizes"], effects)}\n`
  return `# ${title}\n\n${info.about}\n\n${summary.join("\n")}\n${matters}\n## Runs\n\n${markdownTable(head, rows)}\n\nPlots: report.html.\n`
}

const escaped = (text: string) => text.replace(/[&<>]/gu, (c) => `&#${c.charCodeAt(0)};`)

function htmlOf(
  title: string,
  info: SweepInfo,
  summary: readonly string[],
  head: readonly string[],
  rows: readonly (readonly string[])[],
  plots: readonly string[],
): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>
<style>body{font:15px sans-serif;margin:2em auto;max-width:70em;padding:0 1em}table{border-collapse:collapse;font-size:13px}td,th{padding:2px 8px;text-align:right;border-bottom:1px solid #ddd}figure{display:inline-block;margin:0 1em 1em 0}svg{max-width:100%;height:auto}.wide{overflow-x:auto}</style>
<h1>${escaped(title)}</h1>
<p>${escaped(info.about)}</p>
<p>${summary.map(escaped).join("<br>")}</p>
${plots.map((plot) => `<figure>${plot}</figure>`).join("\n")}
<div class="wide"><table><thead>${row(head, "th")}</thead><tbody>
${rows.map((cells) => row(cells, "td")).join("\n")}
</tbody></table></div>
</html>
`
}
