// The page's state in its URL, versioned and declared as tables, so that adding a part takes one line. The
// page opens even with an old or broken link, and reports the parts that it could not read. The form of the
// page "Train" is read by train-link.ts, which loads with that page.

import { oneSentence } from "../../src/core/errors.ts"
import type { FilmStart } from "./film.ts"
import {
  choicePart,
  clip,
  flagPart,
  type LinkPart,
  readParts,
  strangers,
  textPart,
  triplePart,
  wholePart,
  writeParts,
} from "./link.ts"

export const pages = ["watch", "train", "lessons"] as const
export type Page = (typeof pages)[number]

/** The form of a run in a link, unread. */
export interface TrainPart {
  readonly version: string
  readonly values: Readonly<Record<string, string>>
}

export interface PageState {
  readonly page: Page
  readonly lesson: number
  readonly model: string
  readonly film: FilmStart
  readonly train: TrainPart
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

export const VERSION = "2"
const versions = ["1", VERSION]

/** The initial state of a film, for every question. */
const filmStart: FilmStart = {
  notation: "binary",
  tensor: "state",
  view: "grid",
  channels: [0, 1, 2],
  difference: false,
}
/** Numbers of a link are binary, as they always were; where none are given, the page writes them as people do. */
const startOf = ({ question }: FilmStart): FilmStart =>
  question === undefined ? { ...filmStart, notation: "decimal" } : filmStart

export const defaultState: PageState = {
  page: "watch",
  lesson: 1,
  model: "add",
  train: { version: VERSION, values: {} },
  film: { ...filmStart, notation: "decimal", question: "511+1" },
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
  if (!versions.includes(version)) return { state: defaultState, notes: [oneSentence(otherVersion(version))] }
  const known = new Set(["v", ...[page, lesson, model, ...Object.values(filmParts)].map(({ key }) => key)])
  const strange = new Map<string, string>()
  for (const [key, text] of link) if (!known.has(key) && !strange.has(key)) strange.set(key, text)
  const notes: string[] = []
  const general = readParts({ page, lesson, model }, link, notes)
  const isForm = general.page === "train"
  if (!isForm) notes.push(...strangers([...strange.keys()]))
  const film = readParts(filmParts, link, notes)
  // A link with a model but no question gets the default question of the task.
  const begin = general.model === undefined && film.question === undefined ? defaultState.film : startOf(film)
  const train = isForm ? { version, values: Object.fromEntries(strange) } : defaultState.train
  const state = { ...defaultState, ...general, film: { ...begin, ...film }, train }
  return { state, notes: notes.map(oneSentence) }
}

const otherVersion = (version: string) => {
  const named = version === "" ? "no version" : `version ${clip(version)}`
  return `This link is of ${named}, this page reads versions ${versions.join(" and ")}: it shows its beginning instead.`
}

/** The fragment of a state; default values are left out. */
export function writeUrl(state: PageState): string {
  const link = new URLSearchParams({ v: state.page === "train" ? state.train.version : VERSION })
  writeParts({ page }, state, defaultState, link)
  if (state.page === "lessons") writeParts({ lesson }, state, {}, link)
  if (state.page === "train") for (const [key, text] of Object.entries(state.train.values)) link.set(key, text)
  if (state.page === "watch") {
    writeParts({ model }, state, {}, link)
    writeParts(filmParts, state.film, startOf(state.film), link)
  }
  return `#${link}`
}

/** What a link shows, apart from how: another place is worth a step back. */
export function placeOf(fragment: string): string {
  const { state } = readUrl(fragment)
  const which: Record<Page, string> = { watch: state.model, train: "", lessons: String(state.lesson) }
  return `${state.page} ${which[state.page]}`
}
