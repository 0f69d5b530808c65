// The question: typed in the usual notation, with famous ones to try, and how it is read.

import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import type { Task } from "../../../src/tasks/index.ts"
import type { LoadedModel } from "../engine/messages.ts"
import { shippedModel, shippedModels } from "../engine/models.ts"
import type { Film } from "../film.ts"
import {
  breakers,
  canAsk,
  hardCases,
  type Notation,
  randomQuestion,
  readAs,
  takesDecimal,
  taskOf,
  toDecimal,
  toTask,
} from "../questions.ts"

/** Sets a question that is in the task's own digits. */
function put(film: Film, task: Task, question: string, notation: Notation = film.notation.value): void {
  const isDecimal = notation === "decimal" && takesDecimal(task)
  film.wanted.value = undefined
  film.notation.value = notation
  film.typed.value = isDecimal ? toDecimal(question) : question
}

interface Props {
  readonly film: Film
  /** What stands before the input. */
  readonly children?: ComponentChildren
}

export function QuestionForm({ film, children }: Props) {
  /** The text that is being typed. */
  const draft = useSignal<string | undefined>(undefined)
  const model = film.model.value
  if (!model)
    return film.error.value ? (
      <p class="error" role="alert">
        {film.error.value}
      </p>
    ) : (
      <p class="quiet">loading the model…</p>
    )
  const task = taskOf(model)
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
        {children}
        <label class="grow">
          <span class="visually-hidden">
            {takesDecimal(task) ? "two numbers" : "a question"}, such as {task.typed.question}
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
        <button type="submit" class="primary">
          compute
        </button>
      </div>
      {film.error.value ? <Refused film={film} /> : takesDecimal(task) && <Reading film={film} task={task} />}
      <Chips film={film} task={task} long={longSize(model.config)} />
    </form>
  )
}

/** The error, and the model that could answer. */
function Refused({ film }: { film: Film }) {
  const [question, notation] = [film.question.value, film.notation.value]
  const other = shippedModels.find((m) => m.name !== film.model.value?.key && canAsk(taskOf(m), question, notation))
  const own = film.model.value
  const isOurs = own !== undefined && canAsk(taskOf(own), question, notation)
  return (
    <p class="error" role="alert">
      {film.error.value}{" "}
      {other && !isOurs && (
        <button type="button" onClick={() => void film.load(shippedModel(other.name), question)}>
          ask {other.name} instead
        </button>
      )}
    </p>
  )
}

/** How the numbers were read, because "100+11" may be either. */
function Reading({ film, task }: { film: Film; task: Task }) {
  const [question, notation] = [film.question.value, film.notation.value]
  const read = readAs(task, question, notation)
  const binary = canAsk(task, question, notation) ? toTask(task, question, notation) : ""
  const isEither = !/[2-9]/u.test(question)
  const other: Notation = read === "decimal" ? "binary" : "decimal"
  return (
    <p class="reading quiet">
      <span class="mono">
        {read === "decimal" ? `in binary: ${binary}` : `read as binary: ${binary && toDecimal(binary)}`}
      </span>
      {isEither ? (
        <button type="button" class="quiet" onClick={() => (film.notation.value = other)}>
          read as {other} instead
        </button>
      ) : (
        <button type="button" class="quiet" onClick={() => put(film, task, binary, other)}>
          write it in {other}
        </button>
      )}
    </p>
  )
}

/** The size of the famous questions. */
const SHORT = 9
const LONGEST = 200
/** The size of the long question: a film of a large model takes more memory and time. */
const longSize = ({ model }: LoadedModel["config"]) => (model.name === "neural-gpu" && model.maps > 48 ? 50 : LONGEST)

function Chips({ film, task, long }: { film: Film; task: Task; long: number }) {
  const seed = useSignal(1)
  const ask = (question: string) => put(film, task, question)
  return (
    <div class="chips">
      {breakers(task, SHORT).map(({ name, question }) => (
        <button key={name} type="button" onClick={() => ask(question)}>
          {name}
        </button>
      ))}
      {task.vocabulary === null && (
        <button type="button" onClick={() => ask(randomQuestion(task, long, seed.value++))}>
          {long} {takesDecimal(task) ? "bits" : "symbols"}
        </button>
      )}
      <button type="button" onClick={() => ask(randomQuestion(task, SHORT, seed.value++))}>
        surprise me
      </button>
    </div>
  )
}

/** More questions: random ones of a size, and all hard cases of it. */
export function MoreQuestions({ film }: { film: Film }) {
  const size = useSignal(12)
  const seed = useSignal(1)
  const model = film.model.value
  if (!model) return null
  const task = taskOf(model)
  const hard = hardCases(task, size.value)
  return (
    <div class="try">
      <label>
        <span class="caption">{`size ${size.value}`}</span>
        <input
          type="range"
          name="size"
          min={task.minSize}
          max={LONGEST}
          value={size.value}
          onInput={(e) => (size.value = e.currentTarget.valueAsNumber)}
        />
      </label>
      <button type="button" onClick={() => put(film, task, randomQuestion(task, size.value, seed.value++))}>
        random
      </button>
      <label>
        <span class="visually-hidden">hard cases of this size</span>
        <select
          value=""
          onChange={(e) => {
            const found = hard[Number(e.currentTarget.value)]
            e.currentTarget.value = ""
            if (found) put(film, task, found.question)
          }}
        >
          <option value="">hard cases of this size…</option>
          {hard.map(({ name }, i) => (
            <option key={name} value={i}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
