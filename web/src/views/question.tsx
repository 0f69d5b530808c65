// The question and its result: a model, a question in the usual notation, buttons for breaking questions, and
// the answer beside the true one.

import { useComputed, useSignal } from "@preact/signals"
import type { Task } from "../../../src/tasks/index.ts"
import { shippedModel, shippedModels } from "../engine/models.ts"
import type { Film } from "../film.ts"
import { openInto } from "../opening.ts"
import { breakers, hardCases, type Notation, randomQuestion, takesDecimal, taskOf, toDecimal } from "../questions.ts"

export function ModelPicker({ film }: { film: Film }) {
  const key = film.model.value?.key ?? ""
  const own = key !== "" && !shippedModels.some((m) => m.name === key)
  return (
    <div class="models">
      <label>
        <span class="caption">model</span>
        <select
          value={own ? "" : key}
          onChange={(e) => e.currentTarget.value && void film.load(shippedModel(e.currentTarget.value))}
        >
          {own && <option value="">{key}</option>}
          {shippedModels.map(({ name, config }) => (
            <option key={name} value={name}>
              {name} — {config.task.name}, base {config.task.base}
            </option>
          ))}
        </select>
      </label>
      <label class="button quiet">
        open a file…
        <input
          type="file"
          multiple
          accept=".safetensors,.json"
          class="visually-hidden"
          onChange={(e) => {
            void openInto(film, [...(e.currentTarget.files ?? [])])
            e.currentTarget.value = ""
          }}
        />
      </label>
      <span class="caption hint">or drop one here, or a run's folder</span>
    </div>
  )
}

export function QuestionForm({ film }: { film: Film }) {
  /** The text that is being typed. */
  const draft = useSignal<string | undefined>(undefined)
  const model = film.model.value
  if (!model) return <p class="quiet">{film.error.value ?? "loading the model…"}</p>
  const task = taskOf(model)
  /** Sets the question from text in the chosen notation. */
  const put = (question: string, notation = film.notation.value) => {
    draft.value = undefined
    const isDecimal = notation === "decimal" && takesDecimal(task)
    film.notation.value = isDecimal ? "decimal" : "binary"
    film.typed.value = isDecimal ? toDecimal(question) : question
  }
  const ask = (question: string) => {
    film.wanted.value = undefined
    put(question)
  }
  return (
    <form
      class="question"
      onSubmit={(e) => {
        e.preventDefault()
        film.wanted.value = undefined
        film.typed.value = draft.value ?? film.question.value
        draft.value = undefined
      }}
    >
      <div class="ask">
        <label class="grow">
          <span class="caption">
            {takesDecimal(task) ? "type two numbers" : "type a question"}, such as {task.typed.question}
          </span>
          <input
            name="question"
            class="mono"
            autocomplete="off"
            spellcheck={false}
            inputMode="text"
            value={draft.value ?? film.question.value}
            onInput={(e) => (draft.value = e.currentTarget.value)}
          />
        </label>
        {takesDecimal(task) && <NotationPicker film={film} task={task} put={put} />}
        <button type="submit" class="primary">
          compute
        </button>
      </div>
      <Suggestions task={task} ask={ask} />
      {film.error.value && (
        <p class="error" role="alert">
          {film.error.value}
        </p>
      )}
    </form>
  )
}

interface NotationProps {
  readonly film: Film
  readonly task: Task
  put(question: string, notation: Notation): void
}

const NotationPicker = ({ film, task, put }: NotationProps) => (
  <fieldset class="segments">
    <legend class="visually-hidden">how numbers are written</legend>
    {(["binary", "decimal"] as const).map((notation) => (
      <label key={notation}>
        <input
          type="radio"
          name={`notation ${film.number}`}
          checked={film.notation.value === notation}
          onChange={() => put(film.input.value ? task.formatInput(film.input.value) : task.typed.question, notation)}
        />
        <span>{notation}</span>
      </label>
    ))}
  </fieldset>
)

/** Suggested questions: random ones of a size, and those that break models. */
function Suggestions({ task, ask }: { task: Task; ask: (question: string) => void }) {
  const size = useSignal(12)
  const seed = useSignal(1)
  const hard = hardCases(task, size.value)
  return (
    <>
      <div class="try">
        <label>
          <span class="caption">{`size ${size.value}`}</span>
          <input
            type="range"
            min={task.minSize}
            max={200}
            value={size.value}
            onInput={(e) => (size.value = e.currentTarget.valueAsNumber)}
          />
        </label>
        <button type="button" onClick={() => ask(randomQuestion(task, size.value, seed.value++))}>
          random
        </button>
      </div>
      <div class="try">
        <span class="caption">break it</span>
        {breakers(task, Math.max(size.value, 2)).map(({ name, question }) => (
          <button key={name} type="button" onClick={() => ask(question)}>
            {name}
          </button>
        ))}
        <label>
          <span class="visually-hidden">other hard cases</span>
          <select
            value=""
            onChange={(e) => {
              const found = hard[Number(e.currentTarget.value)]
              e.currentTarget.value = ""
              if (found) ask(found.question)
            }}
          >
            <option value="">other hard cases…</option>
            {hard.map(({ name }, i) => (
              <option key={name} value={i}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
    </>
  )
}

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

export function Answer({ film }: { film: Film }) {
  const shown = useComputed(() => {
    const verdict = film.verdict.value
    if (!verdict) return undefined
    const { task, got, right, wrong, known } = verdict
    const whole = [task.formatOutput(got), task.formatOutput(right)]
    const from = Math.min(
      ...whole.map((text) => Math.max(0, text.search(/[^0_]/u) < 0 ? text.length - 1 : text.search(/[^0_]/u))),
    )
    const cut = takesDecimal(task) ? from : 0
    return { task, wrong, known, got: whole[0].slice(cut), right: whole[1].slice(cut), of: got.length }
  })
  const value = shown.value
  if (!value)
    return (
      <p class="answer quiet" aria-live="polite">
        {film.model.value && !film.error.value ? "computing…" : ""}
      </p>
    )
  const { task, wrong, known, got, right } = value
  return (
    <div class={`answer ${!known ? "" : wrong ? "bad" : "good"}`} aria-live="polite">
      <dl>
        <dt>answer</dt>
        <dd>
          <Symbols text={got} other={right} />
        </dd>
        {wrong > 0 && (
          <>
            <dt>truth</dt>
            <dd>
              <span class="mono symbols">{right}</span>
            </dd>
          </>
        )}
        {takesDecimal(task) && got.length <= 220 && film.input.value && !/_/u.test(got) && (
          <>
            <dt>decimal</dt>
            <dd class="mono symbols quiet">
              {toDecimal(task.formatInput(film.input.value))} = {toDecimal(got)}
            </dd>
          </>
        )}
      </dl>
      <p class="verdict">
        {!known
          ? "nobody knows what is right"
          : wrong === 0
            ? "right: every symbol"
            : `wrong: ${wrong} of ${value.of} symbols`}
        <span class="quiet">
          {" "}
          after {film.steps.value} steps
          {film.damagedAt.value !== undefined && `; damaged at step ${film.damagedAt.value}`}
        </span>
      </p>
    </div>
  )
}
