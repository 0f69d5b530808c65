// `eval --data` measures a model on pairs of question and answer, by length. The same table and report show
// the test pairs of a run that has some.

import fs from "node:fs"
import { type AskedPair, answerPairs, byLength, type LengthRow, type PairResult } from "../inference/pairs.ts"
import type { Predictor } from "../inference/predictor.ts"
import { orDiskError } from "../runs/disk.ts"
import type { TrainedModel } from "../runs/model.ts"
import { bars, escaped } from "../sweep/plot.ts"
import { longestSize } from "../training/config.ts"
import { colorsFor, columnsOf, grouped, percent, print, printJson, say } from "./output.ts"

export interface PairsEvaluation {
  readonly model: TrainedModel
  readonly predictor: Predictor
  readonly pairs: readonly AskedPair[]
  /** Wrong answers to print, shortest questions first. */
  readonly showWrong: number
  /** File for the report in HTML. */
  readonly report: string | undefined
  readonly json: boolean
}

/** Returns whether all answers are right. */
export async function evaluatePairs(evaluation: PairsEvaluation): Promise<boolean> {
  const { model, predictor, pairs, showWrong, report, json } = evaluation
  const live = process.stderr.isTTY
  const results = await answerPairs(predictor, pairs, (done) => {
    if (live) process.stderr.write(`\r\x1b[K${grouped(done)} of ${grouped(pairs.length)} questions`)
  })
  if (live) process.stderr.write("\r\x1b[K")
  const rows = byLength(results)
  const trained = longestTrained(model)
  const wrong = results.filter(({ right }) => !right).sort((a, b) => a.length - b.length)
  if (json) {
    for (const row of rows) {
      const { from, to, ...shares } = row
      printJson({
        size: to,
        ...(from === to ? {} : { from }),
        ...shares,
        hard: false,
        trained: isTrained(row, trained),
      })
    }
    for (const { question, answer, got } of wrong.slice(0, showWrong))
      printJson({ question, answer: got, right: false, expected: answer })
  } else {
    tableOf(rows, trained).forEach(print)
    const total = `${grouped(results.length - wrong.length)} of ${grouped(results.length)} answers are right`
    const unknown = results.filter(({ got }) => got === null).length
    print(
      unknown > 0
        ? `${total}; ${grouped(unknown)} ${unknown === 1 ? "question has" : "questions have"} symbols that the model does not know`
        : total,
    )
    wrongLines(wrong.slice(0, showWrong)).forEach(print)
  }
  if (report !== undefined) {
    const html = reportOf(model, results, rows, trained)
    orDiskError("write the report", report, () => fs.writeFileSync(report, html))
    say(`report: ${report}`)
  }
  return wrong.length === 0
}

/** The longest length that was trained on, in symbols of a question; undefined for tasks with other sizes. */
const longestTrained = ({ config }: TrainedModel): number | undefined =>
  config.task.vocabulary === null ? undefined : longestSize(config)

const isTrained = ({ to }: LengthRow, trained: number | undefined): boolean | null =>
  trained === undefined ? null : to <= trained

const lengthText = ({ from, to }: LengthRow): string => (from === to ? String(from) : `${from}–${to}`)

const BAR = 20

function tableOf(rows: readonly LengthRow[], trained: number | undefined): string[] {
  const color = colorsFor(process.stdout)
  const width = columnsOf(process.stdout)
  const head = `${"length".padStart(9)} ${"pairs".padStart(8)} ${"exact".padStart(9)} ${"per symbol".padStart(11)}`
  const lines = rows.map((row) => {
    const numbers = `${lengthText(row).padStart(9)} ${grouped(row.samples).padStart(8)} ${percent(row.exact).padStart(9)} ${percent(row.symbol).padStart(11)}`
    const full = Math.floor(row.exact * BAR)
    const bar = `${(row.exact === 1 ? color.green : color.yellow)("█".repeat(full))}${"░".repeat(BAR - full)}`
    const mark = isTrained(row, trained) ? "  trained" : ""
    return width >= numbers.length + BAR + 12 ? `${numbers}  ${bar}${mark}` : `${numbers}${mark}`
  })
  return [head, ...lines]
}

const wrongLines = (wrong: readonly PairResult[]): string[] =>
  wrong.map(({ question, answer, got }) =>
    got === null
      ? `${question}: not a question of the task`
      : `${question}: got ${got === "" ? "nothing" : got}, expected ${answer === "" ? "nothing" : answer}`,
  )

function reportOf(
  model: TrainedModel,
  results: readonly PairResult[],
  rows: readonly LengthRow[],
  trained: number | undefined,
): string {
  const { name } = model.config.task
  const plot = bars(
    { title: `${name}: share of whole answers that are right`, x: "symbols of the question", y: "right" },
    rows.map((row) => ({ name: lengthText(row), value: row.exact, marked: isTrained(row, trained) === true })),
  )
  const right = results.filter((result) => result.right).length
  const cells = rows.map(
    (row) =>
      `<tr><td>${lengthText(row)}</td><td>${grouped(row.samples)}</td><td>${percent(row.exact)}</td><td>${percent(row.symbol)}</td><td>${isTrained(row, trained) ? "trained" : ""}</td></tr>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(name)}</title>
<style>body{font:16px/1.5 sans-serif;max-width:700px;margin:2rem auto;padding:0 1rem}td,th{padding:.1rem .8rem;text-align:right}</style></head>
<body><h1>${escaped(name)}</h1>
<p>${grouped(right)} of ${grouped(results.length)} answers are right as a whole. ${trained === undefined ? "" : `The model was trained on questions of up to ${trained} symbols (blue); longer ones are orange.`}</p>
${plot}
<table><tr><th>length</th><th>pairs</th><th>exact</th><th>per symbol</th><th></th></tr>
${cells.join("\n")}
</table></body></html>
`
}
