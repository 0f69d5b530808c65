// The page's state in its URL, versioned and declared as tables, so that adding a part takes one line. The
// page opens even with an old or broken link, and reports the parts that it could not read.

import { oneSentence } from "../../src/core/errors.ts"
import type { FilmStart } from "./film.ts"
import {
  choicePart,
  clip,
  flagPart,
  type LinkPart,
  type LinkReader,
  numberPart,
  readParts,
  textPart,
  triplePart,
  wholePart,
  writeParts,
} from "./link.ts"
import { type FieldName, type Form, formFields } from "./train-form.ts"

export const pages = ["watch", "train", "lessons"] as const
export type Page = (typeof pages)[number]

export interface PageState {
  readonly page: Page
  readonly lesson: number
  readonly model: string
  readonly film: FilmStart
  readonly train: Form
}

const MOST_QUESTION = 2100
const page = choicePart("page", pages)
const lesson = wholePart("lesson", 99, "a lesson's number")
const model = textPart("model", /^[\w .-]{1,60}$/u, "a model's name")
const filmParts = {
  question: textPart("q", new RegExp(`^.{0,${MOST_QUESTION}}$`, "su"), `at most ${MOST_QUESTION} symbols`),
  notation: choicePart("n", ["binary", "decimal"]),
  step: wholePart("t", 99_999, "a step's number"),
  tensor: textPart("tensor", /^[\w /-]{1,60}$/u, "a tensor's name"),
  view: choicePart("view", ["grid", "one", "three"], "grid, one or three"),
  channels: triplePart("ch", "three channels such as 0.1.2") as LinkPart<readonly number[]>,
  difference: flagPart("diff"),
  cell: triplePart("cell", "place.column.channel"),
} satisfies { [K in keyof FilmStart]: LinkPart<Exclude<FilmStart[K], undefined>> }

type FormReaders = { readonly [K in FieldName]: LinkReader<NonNullable<Form[K]>> }
/** Version 1 stored the keep probability of dropout … */
const kept = numberPart("keep", "a number from 0.5 to 1", (x) => x >= 0.5 && x <= 1)
const dropped = (keep: number) => Number((1 - keep).toFixed(8))
const version1: FormReaders = {
  ...formFields,
  dropout: {
    ...kept,
    read(text) {
      const keep = kept.read(text)
      return keep === undefined ? undefined : dropped(keep)
    },
  },
  // … and used this key for the learning rate.
  learningRate: { ...formFields.learningRate, key: "rate" },
}
const VERSION = "2"
/** The form's readers in each version of links; all other parts are the same in all versions. */
const versions: Readonly<Record<string, FormReaders>> = { 1: version1, [VERSION]: formFields }

/** The initial state of a film, for every question. */
const filmStart: FilmStart = {
  notation: "binary",
  tensor: "state",
  view: "grid",
  channels: [0, 1, 2],
  difference: false,
}
export const defaultState: PageState = {
  page: "watch",
  lesson: 1,
  model: "add",
  train: {},
  film: { ...filmStart, question: "11010110+1101011" },
}

export interface ReadState {
  readonly state: PageState
  /** One message per unreadable part. */
  readonly notes: readonly string[]
}

/** Reads a fragment such as "#v=2&page=watch&model=add&q=1011%2B110&t=4". */
export function readUrl(fragment: string): ReadState {
  const text = fragment.replace(/^#/u, "")
  if (text === "") return { state: defaultState, notes: [] }
  const link = new URLSearchParams(text)
  const version = link.get("v") ?? ""
  if (!Object.hasOwn(versions, version)) return { state: defaultState, notes: [oneSentence(otherVersion(version))] }
  const form = versions[version]
  const notes = strangers([page, lesson, model, ...Object.values(filmParts), ...Object.values(form)], link)
  const general = readParts({ page, lesson, model }, link, notes)
  const film = readParts(filmParts, link, notes)
  // A link with a model but no question gets the default question of the task.
  const begin = general.model === undefined ? defaultState.film : filmStart
  return {
    state: { ...defaultState, ...general, film: { ...begin, ...film }, train: readParts(form, link, notes) },
    notes: notes.map(oneSentence),
  }
}

const otherVersion = (version: string) => {
  const named = version === "" ? "no version" : `version ${clip(version)}`
  return `This link is of ${named}, this page reads versions ${Object.keys(versions).join(" and ")}: it shows its beginning instead.`
}

/** A message about unknown keys. */
function strangers(parts: readonly LinkReader[], link: URLSearchParams): string[] {
  const known = new Set(["v", ...parts.map(({ key }) => key)])
  const strange = [...new Set(link.keys())].filter((key) => !known.has(key))
  const named = strange.slice(0, 3).map(clip).join(", ")
  return strange.length === 0 ? [] : [`The link says ${named}, which this page does not know; the rest of it counts.`]
}

/** The fragment of a state; default values are left out. */
export function writeUrl(state: PageState): string {
  const link = new URLSearchParams({ v: VERSION })
  writeParts({ page }, state, defaultState, link)
  if (state.page === "lessons") writeParts({ lesson }, state, {}, link)
  if (state.page === "train") writeParts(formFields, state.train, {}, link)
  if (state.page === "watch") {
    writeParts({ model }, state, {}, link)
    writeParts(filmParts, state.film, filmStart, link)
  }
  return `#${link}`
}
