// The answer beside the true one, in the notation of the question.

import { useComputed } from "@preact/signals"
import type { Film } from "../film.ts"
import { readAs, takesDecimal, toDecimal } from "../questions.ts"

/** The symbols of an answer; wrong ones are marked by color, underline and text. */
function Symbols({ text, other }: { text: string; other: string }) {
  return (
    <span class="mono symbols">
      {[...text].map((symbol, i) =>
        symbol === other[i] ? (
          symbol
        ) : (
          <mark key={i} title={`should be ${other[i]}`}>
            {symbol}
          </mark>
        ),
      )}
    </span>
  )
}

/** With signs as on paper. */
const spaced = (question: string) => question.replace(/[+*]/gu, (sign) => (sign === "*" ? " × " : " + "))

export function Answer({ film }: { film: Film }) {
  const shown = useComputed(() => {
    const verdict = film.verdict.value
    const input = film.input.value
    if (!verdict || !input) return undefined
    const { task, got, right, wrong, known } = verdict
    const whole = [task.formatOutput(got), task.formatOutput(right)]
    const isNumber = takesDecimal(task)
    const from = Math.min(
      ...whole.map((text) => Math.max(0, text.search(/[^0_]/u) < 0 ? text.length - 1 : text.search(/[^0_]/u))),
    )
    const cut = isNumber ? from : 0
    const inDecimal = readAs(task, film.question.value, film.notation.value) === "decimal"
    const decimal =
      isNumber && !/_/u.test(whole.map((text) => text.slice(cut)).join(""))
        ? { asked: spaced(toDecimal(task.formatInput(input))), got: toDecimal(whole[0]), right: toDecimal(whole[1]) }
        : undefined
    const binary = { got: whole[0].slice(cut), right: whole[1].slice(cut) }
    return { wrong, known, inDecimal, decimal, binary, of: got.length }
  })
  const value = shown.value
  if (!value) return <Waiting film={film} />
  const { wrong, known, decimal, binary, inDecimal } = value
  const verdict = !known
    ? "nobody knows what is right"
    : wrong === 0
      ? "right: every symbol"
      : `wrong: ${wrong} of ${value.of} symbols`
  return (
    <div class={`answer ${!known ? "" : wrong ? "bad" : "good"}`} aria-live="polite">
      {decimal && inDecimal ? (
        <Lines head={`${decimal.asked} = ${decimal.got}`} truth={wrong > 0 ? decimal.right : undefined}>
          <Symbols text={binary.got} other={binary.right} />
        </Lines>
      ) : (
        <Lines head={<Symbols text={binary.got} other={binary.right} />} truth={wrong > 0 ? binary.right : undefined}>
          {decimal && `${decimal.asked} = ${decimal.got}`}
        </Lines>
      )}
      <p class="verdict">
        {verdict}
        <span class="quiet">
          {" "}
          after {film.steps.value} steps
          {film.damagedAt.value !== undefined && `; damaged at step ${film.damagedAt.value}`}
        </span>
      </p>
    </div>
  )
}

interface LinesProps {
  readonly head: preact.ComponentChildren
  readonly truth: string | undefined
  readonly children: preact.ComponentChildren
}
const Lines = ({ head, truth, children }: LinesProps) => (
  // Long numbers scroll, so it takes the focus.
  <section class="numbers" tabindex={0} aria-label="the answer">
    <p class="head mono">{head}</p>
    {truth !== undefined && (
      <p class="truth mono">
        <span class="caption">right is</span> {truth}
      </p>
    )}
    <p class="other mono quiet">{children}</p>
  </section>
)

function Waiting({ film }: { film: Film }) {
  const isWaiting = film.model.value && !film.error.value
  const { length } = film.frames.value
  const done = length > 1 ? ` step ${length - 1} of ${film.steps.value}` : ""
  return (
    <p class="answer quiet" aria-live="polite">
      {isWaiting ? `computing…${done}` : ""}
    </p>
  )
}
