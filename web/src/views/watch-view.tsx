// The first screen: a question, the film of its answer, and the memory below. Everything else is under "more".

import { useComputed } from "@preact/signals"
import { useRef } from "preact/hooks"
import { stripOf } from "../draw/answer.ts"
import { shippedModels } from "../engine/models.ts"
import type { Film } from "../film.ts"
import { takesDecimal, taskOf } from "../questions.ts"
import { Answer } from "./answer.tsx"
import { AnswerFilm } from "./answer-film.tsx"
import { CellView } from "./cell-view.tsx"
import { Legend, LookAt, Transport } from "./controls.tsx"
import { FilmCanvas } from "./film-view.tsx"
import { MemoryStrip } from "./memory-strip.tsx"
import { FileOpener, ModelPicker } from "./model-picker.tsx"
import { Moment } from "./moment.tsx"
import { useAutoplay } from "./playing.ts"
import { MoreQuestions, QuestionForm } from "./question.tsx"
import { useWidth } from "./use-width.ts"

const verbs: Readonly<Record<string, string>> = {
  add: "add",
  mul: "multiply",
  copy: "copy",
  reverse: "reverse",
  duplicate: "say it twice",
  count: "count",
  sort: "sort",
}

function Title({ film }: { film: Film }) {
  const { key, config } = film.model.value ?? {
    key: "add",
    config: shippedModels.find((m) => m.name === "add")?.config,
  }
  const task = config?.task.name ?? ""
  const longest = Math.max(...(config?.sizes ?? []).flat())
  const isOurs = shippedModels.some(({ name }) => name === key)
  const things = ["add", "mul"].includes(task) ? `${longest} binary digits` : `size ${longest}`
  return (
    <header class="title">
      <h1>It was never told how to {verbs[task] ?? `do “${task}”`}.</h1>
      <p class="lede">
        It saw examples of at most {things}. {isOurs ? "It found the rule. Try it." : "Has it found the rule? Try it."}
      </p>
    </header>
  )
}

/** What the rest of the first screen needs beside the film, on a phone and elsewhere, in CSS pixels. */
const others = (width: number) => (width < NARROW ? 540 : 450)
const [LEAST, MOST, NARROW] = [180, 520, 500]

export function WatchView({ film }: { film: Film }) {
  const host = useRef<HTMLDivElement>(null)
  const width = useWidth(host)
  const strip = useComputed(() => {
    const most = Math.max(LEAST, Math.min(MOST, innerHeight - others(width.value)))
    return stripOf(Math.max(120, width.value), film.input.value?.length ?? 1, film.steps.value + 1, most)
  })
  useAutoplay(film)
  const isStale = film.error.value !== undefined && film.frames.value.length > 0
  return (
    <div class="watch">
      <Title film={film} />
      <div class="bar">
        <QuestionForm film={film}>
          <ModelPicker film={film} />
        </QuestionForm>
      </div>
      {isStale && <p class="quiet">Still showing the question before.</p>}
      <div class={`think ${isStale ? "stale" : ""}`} hidden={film.error.value !== undefined && !isStale}>
        <Answer film={film} />
        <div class="screen" ref={host}>
          <AnswerFilm film={film} strip={strip} width={width} />
        </div>
        <Transport film={film} />
        <MemoryStrip film={film} strip={strip} width={width} />
        <div class="side">
          <Why film={film} />
          <CellView film={film} />
        </div>
      </div>
      <More film={film} />
    </div>
  )
}

function Why({ film }: { film: Film }) {
  const model = film.model.value
  if (!model || model.config.model.name !== "neural-gpu" || model.config.model.form !== "diagonal") return null
  return (
    <p class="why quiet">
      The strip of colors is what it remembers at this step, under the same digits. In every step one rule rewrites each
      place from itself and its neighbors. A third of the channels hand their numbers one place to the left, a third to
      the right: so digits meet, and a carry runs.{" "}
      {takesDecimal(taskOf(model)) && "The net reads from right to left, so the second number stands first."}
    </p>
  )
}

function More({ film }: { film: Film }) {
  const { tensor, view, difference, tensors } = film
  // A link that looks closer opens it.
  const isLooked = useComputed(
    () =>
      view.value !== "grid" ||
      difference.value ||
      (tensors.value.length > 0 && tensors.value.find((t) => t.name === tensor.value)?.role !== "memory"),
  )
  return (
    <details class="more" open={isLooked.value}>
      <summary>More: all channels, gates, damage, hard questions, your own model</summary>
      <div class="stage">
        <div class="screen">
          <LookAt film={film} />
          <FilmCanvas film={film} />
          <Legend film={film} />
        </div>
        <div class="side">
          <Moment film={film} />
          <section>
            <h2>Other questions</h2>
            <MoreQuestions film={film} />
          </section>
          <section>
            <h2>Your own model</h2>
            <FileOpener film={film} />
          </section>
        </div>
      </div>
    </details>
  )
}
