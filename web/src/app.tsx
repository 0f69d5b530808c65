// The page: three views and one URL.

import { effect, signal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { startTracing } from "./engine/client.ts"
import { findGpu } from "./engine/device.ts"
import type { LoadedModel } from "./engine/messages.ts"
import { shippedModel, shippedModels } from "./engine/models.ts"
import { createFilm } from "./film.ts"
import { lessons } from "./lessons/index.ts"
import { acceptDrops, dragging, openInto } from "./opening.ts"
import { form } from "./train-form.ts"
import { type Page, readUrl, writeUrl } from "./url.ts"
import { TrainView } from "./views/train-view.tsx"
import { WatchView } from "./views/watch-view.tsx"

startTracing()
void findGpu()
const { state: start, notes: startNotes } = readUrl(location.hash)
const page = signal<Page>(start.page)
const lesson = signal(Math.min(Math.max(1, start.lesson), lessons.length))
const notes = signal(startNotes)
form.value = start.train
/** Whether copying the requested link succeeded; undefined before. */
const copied = signal<boolean | undefined>(undefined)
let film = createFilm(start.film)
const films = signal(film)

const nameKnown = (name: string) => shippedModels.some((m) => m.name === name)
function load(name: string): void {
  const known = nameKnown(name) ? name : "add"
  if (known !== name)
    notes.value = [
      ...notes.value,
      `The link's model ${JSON.stringify(name)} is not among those of this page; open its file to see it.`,
    ]
  void film.load(shippedModel(known))
}
if (start.page === "watch") load(start.model)

/** The URL of the current state. */
const currentUrl = () => {
  const f = films.value
  const cell = f.cell.value
  return writeUrl({
    page: page.value,
    lesson: lesson.value,
    model: f.model.value?.key ?? start.model,
    train: form.value,
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

// The address bar follows the state, but not every frame of a film: browsers limit the rate of updates.
let timer = 0
effect(() => {
  const url = currentUrl()
  clearTimeout(timer)
  timer = window.setTimeout(() => {
    if (location.hash !== url) history.replaceState(null, "", url)
  }, 300)
})

/** Handles a link that is followed or typed while the page is open. */
addEventListener("hashchange", () => {
  if (location.hash === currentUrl()) return
  const read = readUrl(location.hash)
  notes.value = read.notes
  form.value = read.state.train
  page.value = read.state.page
  lesson.value = Math.min(Math.max(1, read.state.lesson), lessons.length)
  if (read.state.page !== "watch") return
  film = createFilm(read.state.film)
  films.value = film
  load(read.state.model)
})

function show(to: Page): void {
  page.value = to
  if (to === "watch" && !film.model.value) load(start.page === "watch" ? start.model : "add")
}

function watch(model: LoadedModel): void {
  film.show(model)
  page.value = "watch"
  scrollTo({ top: 0 })
}

async function openDropped(files: readonly File[]): Promise<void> {
  page.value = "watch"
  scrollTo({ top: 0 })
  if (!film.model.value) await film.load(shippedModel("add"))
  await openInto(film, files)
}

/** Copying needs https and the visitor's permission. */
const copy = (text: string): Promise<boolean> =>
  (navigator.clipboard as Clipboard | undefined)?.writeText(text).then(
    () => true,
    () => false,
  ) ?? Promise.resolve(false)

const titles: Record<Page, string> = { watch: "Watch", train: "Train", lessons: "Lessons" }

export function App() {
  useEffect(() => acceptDrops(openDropped), [])
  useEffect(() => {
    document.title = `${titles[page.value]} · neural-gpu`
  }, [page.value])
  return (
    <>
      <nav class="top" aria-label="pages">
        <a class="brand" href="#v=2">
          neural-gpu
        </a>
        {(Object.keys(titles) as Page[]).map((name) => (
          <button
            key={name}
            type="button"
            aria-current={page.value === name ? "page" : undefined}
            onClick={() => show(name)}
          >
            {titles[name]}
          </button>
        ))}
        <span class="grow" />
        <button
          type="button"
          class="quiet"
          onClick={async () => {
            const url = `${location.href.split("#")[0]}${currentUrl()}`
            history.replaceState(null, "", currentUrl())
            copied.value = await copy(url)
            setTimeout(() => (copied.value = undefined), 2000)
          }}
        >
          {copied.value === undefined ? "share" : copied.value ? "link copied" : "the link is in the address bar"}
        </button>
      </nav>
      <main>
        {notes.value.map((text) => (
          <p key={text} class="notice" role="status">
            {text}
          </p>
        ))}
        {page.value === "watch" && <WatchView key={films.value.number} film={films.value} />}
        {page.value === "train" && <TrainView onWatch={watch} />}
        {page.value === "lessons" && <Lessons />}
      </main>
      {dragging.value && (
        <p class="drop-here" role="status">
          Drop a .safetensors file, or a run's folder, to open it.
        </p>
      )}
      <footer class="quiet">
        Everything here is computed in your browser by the library itself. After Kaiser and Sutskever,{" "}
        <a href="https://arxiv.org/abs/1511.08228">Neural GPUs Learn Algorithms</a> (2015), and Freivalds and Liepins,{" "}
        <a href="https://arxiv.org/abs/1702.08727">Improving the Neural GPU Architecture</a> (2017).
      </footer>
    </>
  )
}

function Lessons() {
  const { title, Body } = lessons[lesson.value - 1]
  const go = (to: number) => {
    lesson.value = to
    scrollTo({ top: 0 })
  }
  const contents = useRef<HTMLOListElement>(null)
  useEffect(() => {
    // On a phone the list is a scrolling row; bring the current lesson into view.
    const [list, here] = [contents.current, contents.current?.querySelector<HTMLElement>("[aria-current]")]
    if (list && here) list.scrollLeft = here.offsetLeft - list.offsetLeft - (list.clientWidth - here.offsetWidth) / 2
  }, [lesson.value])
  return (
    <div class="lessons">
      <ol class="contents" ref={contents}>
        {lessons.map(({ title, about }, i) => (
          <li key={title}>
            <button type="button" aria-current={lesson.value === i + 1 ? "step" : undefined} onClick={() => go(i + 1)}>
              <b>{title}</b>
              <span>{about}</span>
            </button>
          </li>
        ))}
      </ol>
      <article class="lesson" key={lesson.value}>
        <p class="caption">lesson {lesson.value}</p>
        <h1>{title}</h1>
        <Body />
        <div class="buttons">
          {lesson.value > 1 && (
            <button type="button" onClick={() => go(lesson.value - 1)}>
              ← {lessons[lesson.value - 2].title}
            </button>
          )}
          <span class="grow" />
          {lesson.value === lessons.length ? (
            <button type="button" class="primary" onClick={() => show("train")}>
              Train one yourself →
            </button>
          ) : (
            <button type="button" class="primary" onClick={() => go(lesson.value + 1)}>
              {lessons[lesson.value].title} →
            </button>
          )}
        </div>
      </article>
    </div>
  )
}
