// What is asked and what comes of it: a model, a question typed as people write it, buttons that break things, and the answer beside the true one.

import { useComputed, useSignal } from "@preact/signals"
import { shippedModel, shippedModels } from "../engine/models.ts"
import type { Film } from "../film.ts"
import { openInto } from "../opening.ts"
import { breakers, hardCases, randomQuestion, takesDecimal, taskOf, toDecimal } from "../questions.ts"

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
  const draft = useSignal<string | undefined>(undefined)
  const size = useSignal(12)
  const seed = useSignal(1)
  const model = film.model.value
  if (!model) return <p class="quiet">{film.error.value ?? "loading the model…"}</p>
  const task = taskOf(model)
  const decimal = takesDecimal(task)
  const put = (question: string) => {
    draft.value = undefined
    film.notation.value = film.notation.value === "decimal" && decimal ? "decimal" : "binary"
    film.typed.value = film.notation.value === "decimal" ? toDecimal(question) : question
    film.wanted.value = undefined
  }
  return (
    <form
      class="question"
      onSubmit={(e) => {
        e.preventDefault()
        film.wanted.value = undefined
        film.typed.value = draft.value ?? film.typed.value
        draft.value = undefined
      }}
    >
      <div class="ask">
        <label class="grow">
          <span class="caption">
            {decimal ? "type two numbers" : "type a question"}, such as {task.typed.question}
          </span>
          <input
            name="question"
            class="mono"
            autocomplete="off"
            spellcheck={false}
            inputMode="text"
            value={draft.value ?? film.typed.value}
            onInput={(e) => (draft.value = e.currentTarget.value)}
          />
        </label>
        {decimal && (
          <fieldset class="segments">
            <legend class="visually-hidden">how numbers are written</legend>
            {(["binary", "decimal"] as const).map((n) => (
              <label key={n}>
                <input
                  type="radio"
                  name={`notation ${film.number}`}
                  checked={film.notation.value === n}
                  onChange={() => {
                    const binary = film.input.value ? task.formatInput(film.input.value) : task.typed.question
                    draft.value = undefined
                    film.typed.value = n === "decimal" ? toDecimal(binary) : binary
                    film.notation.value = n
                  }}
                />
                <span>{n}</span>
              </label>
            ))}
          </fieldset>
        )}
        <button type="submit" class="primary">
          compute
        </button>
      </div>
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
        <button type="button" onClick={() => put(randomQuestion(task, size.value, seed.value++))}>
          random
        </button>
      </div>
      <div class="try">
        <span class="caption">break it</span>
        {breakers(task, Math.max(size.value, 2)).map(({ name, question }) => (
          <button key={name} type="button" onClick={() => put(question)}>
            {name}
          </button>
        ))}
        <label>
          <span class="visually-hidden">other hard cases</span>
          <select
            value=""
            onChange={(e) => {
              const found = hardCases(task, size.value)[Number(e.currentTarget.value)]
              e.currentTarget.value = ""
              if (found) put(found.question)
            }}
          >
            <option value="">other hard cases…</option>
            {hardCases(task, size.value).map(({ name }, i) => (
              <option key={name} value={i}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {film.error.value && (
        <p class="error" role="alert">
          {film.error.value}
        </p>
      )}
    </form>
  )
}

/** Symbols of an answer, wrong ones marked by colour, underline and words. */
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
    const { task, got, right, wrong } = verdict
    const whole = [task.formatOutput(got), task.formatOutput(right)]
    const from = Math.min(
      ...whole.map((text) => Math.max(0, text.search(/[^0_]/u) < 0 ? text.length - 1 : text.search(/[^0_]/u))),
    )
    const cut = takesDecimal(task) ? from : 0
    return { task, wrong, got: whole[0].slice(cut), right: whole[1].slice(cut), of: got.length }
  })
  const value = shown.value
  if (!value)
    return (
      <p class="answer quiet" aria-live="polite">
        {film.model.value && !film.error.value ? "computing…" : ""}
      </p>
    )
  const { task, wrong, got, right } = value
  return (
    <div class={`answer ${wrong ? "bad" : "good"}`} aria-live="polite">
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
        {wrong === 0 ? "right: every symbol" : `wrong: ${wrong} of ${value.of} symbols`}
        <span class="quiet">
          {" "}
          after {film.steps.value} steps
          {film.damagedAt.value !== undefined && `; damaged at step ${film.damagedAt.value}`}
        </span>
      </p>
    </div>
  )
}
