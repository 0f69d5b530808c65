// How `attack` tells what it does and what it found.

import type { Cause } from "../attack/cause.ts"
import type { Tally } from "../attack/tally.ts"
import { colorsFor, columnsOf, grouped, percent, print, printJson, say, table } from "./output.ts"
import { clock } from "./values.ts"

/** Milliseconds between updates of the live line, and between plain lines. */
const REDRAW_MS = 200
const PLAIN_MS = 5000

/** Progress on stderr: a live line in a terminal, a line every few seconds elsewhere. */
export function attackProgress(time: number) {
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  const { stderr } = process
  const every = stderr.isTTY ? REDRAW_MS : PLAIN_MS
  let shownAt = began
  return {
    seconds,
    show({ asked, wrong, smallest }: Tally) {
      if (performance.now() - shownAt < every) return
      shownAt = performance.now()
      const limit = Number.isFinite(time) ? ` of ${clock(time)}` : ""
      const found = smallest ? `${grouped(wrong)} wrong, the smallest of size ${smallest.size}` : "none wrong"
      const line = `${clock(seconds())}${limit}: ${grouped(asked)} asked, ${found}`
      if (stderr.isTTY) stderr.write(`\r\x1b[K${colorsFor(stderr).cyan(line.slice(0, columnsOf(stderr) - 1))}`)
      else say(line)
    },
    close() {
      if (stderr.isTTY) stderr.write("\r\x1b[K")
    },
  }
}

/** Characters of a question that is shown whole. */
const MOST_SHOWN = 400

export interface AttackEnd {
  /** Places of the smallest wrong question that matter, as indices of its text; undefined if that is not known. */
  readonly matters: readonly number[] | undefined
  /** Undefined if nothing is wrong, or the target does not choose its steps. */
  readonly causes: readonly Cause[] | undefined
}

/** Prints the results on stdout. */
export function printAttack(tally: Tally, end: AttackEnd, json: boolean): void {
  const { asked, wrong, seconds, smallest, worst, kept } = tally
  if (json) {
    for (const row of tally.rates) printJson({ type: "rate", ...row })
    printJson({ type: "end", asked, wrong, kept: kept.length, seconds, ...end, worst, smallest })
    return
  }
  const rows = tally.families.map(({ family, asked, wrong, interval, wrongAt }) => [
    family,
    grouped(asked),
    grouped(wrong),
    percent(wrong / asked),
    interval === null ? "" : `${percent(interval[0])} to ${percent(interval[1])}`,
    wrongAt.join(", "),
  ])
  table([["family", "asked", "wrong", "rate", "95 % interval", "wrong at sizes"], ...rows], right).forEach(print)
  print("")
  if (smallest === undefined) {
    print(`nothing wrong in ${grouped(asked)} questions, in ${clock(seconds)}`)
    return
  }
  if (!worst) print("no family is wrong, only questions that were bred")
  else
    print(
      `worst family: ${worst.family}, wrong on ${grouped(worst.wrong)} of ${grouped(worst.asked)} at size ${worst.size}`,
    )
  const { question, answer, expected } = smallest
  print(`smallest wrong question, of size ${smallest.size}:`)
  if (question.length <= MOST_SHOWN) {
    print(`  ${question}`)
    if (end.matters && end.matters.length > 0) print(`  ${marks(question, end.matters)}`)
    print(`  answer   ${answer}`)
    print(`  expected ${expected}`)
  } else
    print(
      `  ${question.slice(0, MOST_SHOWN / 2)}… (--json and --out tell all of its ${grouped(question.length)} characters)`,
    )
  for (const cause of end.causes ?? []) print(causeText(cause))
}

const right = [false, true, true, true, true, false]

/** Carets below the places that matter. */
const marks = (question: string, places: readonly number[]): string =>
  [...question]
    .map((_, i) => (places.includes(i) ? "^" : " "))
    .join("")
    .trimEnd()

function causeText({ size, asked, mended, moreSteps }: Cause): string {
  const why = 2 * mended > asked ? "too few steps" : "the rule is wrong"
  return `cause at size ${size}: ${why}; ${mended} of ${asked} wrong answers are right with ${moreSteps} more steps`
}
