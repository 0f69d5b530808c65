// Where the visitor is: a page, a lesson, a film. The address bar follows; another page, lesson or model is a
// new entry of the browser's history, so that Back returns to it.

import { batch, effect, signal } from "@preact/signals"
import type { LoadedModel } from "./engine/messages.ts"
import { shippedModel, shippedModels } from "./engine/models.ts"
import { createFilm } from "./film.ts"
import { openInto } from "./opening.ts"
import { type Page, type PageState, placeOf, readUrl, writeUrl } from "./url.ts"

const start = readUrl(location.hash)
export const page = signal<Page>(start.state.page)
export const lesson = signal(start.state.lesson)
/** The form of a run, as links hold it. */
export const train = signal(start.state.train)
/** What could not be read in the link. */
export const notes = signal(start.notes)
export const films = signal(createFilm(start.state.film))

/** The model of a film that is still loading. */
const coming = signal(start.state.model)
/** The models of this visit by key, for Back and Forward: links cannot hold one of the visitor's own. */
const seen = new Map<string, LoadedModel>()
effect(() => {
  const model = films.value.model.value
  if (model) seen.set(model.key, model)
})

function load(name: string): void {
  const own = seen.get(name)
  const known = own || shippedModels.some((m) => m.name === name) ? name : "add"
  if (known !== name)
    notes.value = [
      ...notes.value,
      `The link's model ${JSON.stringify(name)} is not among those of this page; open its file to see it.`,
    ]
  coming.value = known
  void films.peek().load(own ? Promise.resolve(own) : shippedModel(known))
}
if (page.peek() === "watch") load(coming.peek())

/** The link of what is shown. */
export function currentUrl(): string {
  const f = films.value
  const cell = f.cell.value
  return writeUrl({
    page: page.value,
    lesson: lesson.value,
    model: f.model.value?.key ?? coming.value,
    train: train.value,
    film: {
      notation: f.notation.value,
      tensor: f.tensor.value,
      view: f.view.value,
      channels: f.channels.value,
      difference: f.difference.value,
      ...(f.typed.value !== undefined && { question: f.typed.value }),
      ...(f.wanted.value !== undefined && { step: f.wanted.value }),
      ...(cell && { cell: [cell.l, cell.w, cell.m] }),
    },
  })
}

/** Whether others can open the link: it holds no weights. */
export const isShareable = () =>
  page.value !== "watch" || shippedModels.some(({ name }) => name === (films.value.model.value?.key ?? coming.value))

// Browsers limit the rate of updates, so the steps of a film that plays are written together. All else is
// written at once: somebody may go back at once.
let timer = 0
effect(() => {
  const url = currentUrl()
  const write = () => {
    if (location.hash !== url) history.replaceState(null, "", url)
  }
  clearTimeout(timer)
  if (placeOf(url) !== placeOf(location.hash)) history.pushState(null, "", url)
  else if (page.value === "watch") timer = window.setTimeout(write, 300)
  else write()
})

/** Follows a link, Back, or Forward. */
addEventListener("hashchange", () => {
  clearTimeout(timer)
  if (location.hash !== currentUrl()) open(readUrl(location.hash))
})

function open({ state, notes: told }: { readonly state: PageState; readonly notes: readonly string[] }): void {
  // Together: a mixture of two places would be a third.
  batch(() => {
    notes.value = told
    lesson.value = state.lesson
    page.value = state.page
    if (state.page === "train") train.value = state.train
    if (state.page !== "watch") return
    films.value = createFilm(state.film)
    load(state.model)
  })
  // The link may have named what this page does not have. It is not a place to come back to.
  history.replaceState(null, "", currentUrl())
}

const begin = () => scrollTo({ top: 0 })

export function show(to: Page): void {
  page.value = to
  if (to === "watch" && !films.peek().model.peek()) load(coming.peek())
  begin()
}

export function showLesson(number: number): void {
  lesson.value = number
  begin()
}

export function watch(model: LoadedModel): void {
  batch(() => {
    films.peek().show(model)
    page.value = "watch"
  })
  begin()
}

export async function openDropped(files: readonly File[]): Promise<void> {
  page.value = "watch"
  begin()
  const film = films.peek()
  if (!film.model.peek()) await film.load(shippedModel("add"))
  await openInto(film, files)
}
