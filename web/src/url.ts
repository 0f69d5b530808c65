// The page's state in its URL, versioned. Whatever somebody's old or broken link says, the page opens; what could not be understood is told.

import type { FilmStart, View } from "./film.ts"

export const pages = ["watch", "train", "lessons"] as const
export type Page = (typeof pages)[number]

/** What the form of the page "Train" says; absent: as it begins. */
export interface TrainState {
  readonly task?: string | undefined
  readonly form?: string | undefined
  readonly maps?: number | undefined
  readonly copies?: number | undefined
  readonly keep?: number | undefined
  readonly rate?: number | undefined
  /** Number in the form's list. */
  readonly curriculum?: number | undefined
  readonly seed?: number | undefined
}

export interface PageState {
  readonly page: Page
  readonly lesson: number
  readonly model: string
  readonly film: FilmStart
  readonly train: TrainState
  /** Cell that is explained: place, column, channel. */
  readonly cell?: readonly [number, number, number]
}

const VERSION = "1"
const MOST_QUESTION = 2100

export const defaultState: PageState = {
  page: "watch",
  lesson: 1,
  model: "add",
  train: {},
  film: {
    question: "11010110+1101011",
    notation: "binary",
    tensor: "state",
    view: "grid",
    channels: [0, 1, 2],
    difference: false,
  },
}

export interface ReadState {
  readonly state: PageState
  /** One sentence for each part that was not understood. */
  readonly notes: readonly string[]
}

/** Reads a fragment such as "#v=1&page=watch&model=add&q=1011%2B110&t=4". */
export function readUrl(fragment: string): ReadState {
  const text = fragment.replace(/^#/u, "")
  if (text === "") return { state: defaultState, notes: [] }
  const notes: string[] = []
  const given = new URLSearchParams(text)
  const version = given.get("v")
  if (version !== VERSION)
    return {
      state: defaultState,
      notes: [
        `This link is of ${version === null ? "no version" : `version ${clip(version)}`}, this page reads version ${VERSION}: it shows its beginning instead.`,
      ],
    }
  const known = new Set([
    "v",
    "page",
    "lesson",
    "model",
    "q",
    "n",
    "t",
    "tensor",
    "view",
    "ch",
    "diff",
    "cell",
    "task",
    "form",
    "maps",
    "copies",
    "keep",
    "rate",
    "sizes",
    "seed",
  ])
  const strange = [...new Set(given.keys())].filter((key) => !known.has(key))
  if (strange.length > 0)
    notes.push(
      `The link says ${strange.slice(0, 3).map(clip).join(", ")}, which this page does not know; the rest of it counts.`,
    )
  const read = <T>(key: string, fallback: T, parse: (text: string) => T | undefined, expected: string): T => {
    const value = given.get(key)
    if (value === null) return fallback
    const parsed = parse(value)
    if (parsed !== undefined) return parsed
    notes.push(`The link's ${key} is ${clip(value)}, expected ${expected}.`)
    return fallback
  }
  const oneOf =
    <T extends string>(list: readonly T[]) =>
    (value: string) =>
      list.find((x) => x === value)
  const whole = (most: number) => (value: string) =>
    /^\d{1,5}$/u.test(value) && Number(value) <= most ? Number(value) : undefined
  const list = (count: readonly number[]) => (value: string) => {
    const numbers = value.split(".").map(whole(9999))
    return count.includes(numbers.length) && numbers.every((n) => n !== undefined) ? (numbers as number[]) : undefined
  }
  const word = (value: string) => (/^[\w-]{1,40}$/u.test(value) ? value : undefined)
  const numberIn = (low: number, high: number) => (value: string) =>
    /^\d{0,3}(\.\d{1,8})?$/u.test(value) && value !== "" && Number(value) >= low && Number(value) <= high
      ? Number(value)
      : undefined
  const { film } = defaultState
  const step = read<number | undefined>("t", undefined, whole(99999), "a step's number")
  const cell = read<number[] | undefined>("cell", undefined, list([3]), "place.column.channel")
  const state: PageState = {
    page: read("page", defaultState.page, oneOf(pages), pages.join(" or ")),
    lesson: read("lesson", 1, whole(99), "a lesson's number"),
    model: read(
      "model",
      defaultState.model,
      (value) => (/^[\w .-]{1,60}$/u.test(value) ? value : undefined),
      "a model's name",
    ),
    film: {
      question: read(
        "q",
        film.question,
        (value) => (value.length <= MOST_QUESTION ? value : undefined),
        `at most ${MOST_QUESTION} symbols`,
      ),
      notation: read("n", "binary" as const, oneOf(["binary", "decimal"]), "binary or decimal"),
      tensor: read(
        "tensor",
        "state",
        (value) => (/^[\w /-]{1,60}$/u.test(value) ? value : undefined),
        "a tensor's name",
      ),
      view: read<View>("view", "grid", oneOf(["grid", "one", "three"]), "grid, one or three"),
      channels: read<readonly number[]>("ch", [0, 1, 2], list([3]), "three channels such as 0.1.2"),
      difference: read("diff", false, (value) => (value === "1" ? true : value === "0" ? false : undefined), "0 or 1"),
      ...(step === undefined ? {} : { step }),
    },
    train: {
      task: read<string | undefined>("task", undefined, word, "a task's name"),
      form: read<string | undefined>("form", undefined, word, "a model's name"),
      maps: read<number | undefined>("maps", undefined, numberIn(3, 128), "a number from 3 to 128"),
      copies: read<number | undefined>(
        "copies",
        undefined,
        (value) => whole(12)(value) || undefined,
        "a number from 1 to 12",
      ),
      keep: read<number | undefined>("keep", undefined, numberIn(0.5, 1), "a number from 0.5 to 1"),
      rate: read<number | undefined>("rate", undefined, numberIn(0.0001, 0.1), "a number from 0.0001 to 0.1"),
      curriculum: read<number | undefined>("sizes", undefined, whole(9), "a curriculum's number"),
      seed: read<number | undefined>("seed", undefined, whole(99999), "a whole number"),
    },
    ...(cell ? { cell: cell as [number, number, number] } : {}),
  }
  return { state, notes }
}

/** The fragment of a state; what is as in the beginning is left out. */
export function writeUrl({ page, lesson, model, film, train, cell }: PageState): string {
  const out = new URLSearchParams({ v: VERSION })
  const put = (key: string, value: string | undefined, normal: string | undefined) => {
    if (value !== undefined && value !== normal) out.set(key, value)
  }
  const normal = defaultState.film
  put("page", page, defaultState.page)
  put("lesson", page === "lessons" ? String(lesson) : undefined, undefined)
  if (page === "train") {
    const { curriculum, ...rest } = train
    for (const [key, value] of Object.entries({ ...rest, sizes: curriculum }))
      put(key, value === undefined ? undefined : String(value), undefined)
  }
  if (page === "watch") {
    put("model", model, undefined)
    put("q", film.question, undefined)
    put("n", film.notation, normal.notation)
    put("t", film.step === undefined ? undefined : String(film.step), undefined)
    put("tensor", film.tensor, normal.tensor)
    put("view", film.view, normal.view)
    put("ch", film.channels?.join("."), normal.channels?.join("."))
    put("diff", film.difference ? "1" : "0", "0")
    put("cell", cell?.join("."), undefined)
  }
  return `#${out}`
}

const clip = (text: string) => JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}…` : text)
