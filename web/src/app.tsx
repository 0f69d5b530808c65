// The frame of the page: navigation, notices, and the view of the current page. Only the first view is part
// of the first load.

import { signal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { startTracing } from "./engine/client.ts"
import { acceptDrops, dragging } from "./opening.ts"
import { currentUrl, films, isShareable, notes, openDropped, page, show } from "./place.ts"
import { type Copied, copyLink } from "./sharing.ts"
import type { Page } from "./url.ts"
import { later } from "./views/later.tsx"
import { WatchView } from "./views/watch-view.tsx"

startTracing()
acceptDrops(openDropped)

const TrainView = later(() => import("./views/train-view.tsx").then((m) => m.TrainView))
const LessonsView = later(() => import("./views/lessons-view.tsx").then((m) => m.LessonsView))

const titles: Record<Page, string> = { watch: "Watch", train: "Train", lessons: "Lessons" }

export function App() {
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
        <Share />
      </nav>
      <main>
        {notes.value.map((text) => (
          <p key={text} class="notice" role="status">
            {text}
          </p>
        ))}
        {page.value === "watch" && <WatchView key={films.value.number} film={films.value} />}
        {page.value === "train" && <TrainView />}
        {page.value === "lessons" && <LessonsView />}
      </main>
      {dragging.value && (
        <p class="drop-here" role="status">
          Drop a .safetensors file, or a run's folder, to open it.
        </p>
      )}
      <footer class="quiet">
        Everything here is computed in your browser by the library itself. After Kaiser and Sutskever,{" "}
        <a href="https://arxiv.org/abs/1511.08228">Neural GPUs Learn Algorithms</a> (2015), and Freivalds and Liepins,{" "}
        <a href="https://arxiv.org/abs/1702.08727">Improving the Neural GPU Architecture</a> (2017). No account, no
        cookie.
      </footer>
    </>
  )
}

/** What the last press of "share" did; undefined some seconds later. */
const copied = signal<Copied | undefined>(undefined)

function Share() {
  return (
    <>
      <span class="shared quiet" role="status">
        {copied.value?.told}
      </span>
      <button
        type="button"
        class="quiet"
        onClick={async () => {
          const link = currentUrl()
          history.replaceState(null, "", link)
          copied.value = await copyLink(`${location.href.split("#")[0]}${link}`, isShareable())
          setTimeout(() => (copied.value = undefined), 6000)
        }}
      >
        share
      </button>
    </>
  )
}
