// The lessons: contents, and the current one.

import { useEffect, useRef } from "preact/hooks"
import { lessons } from "../lessons/index.ts"
import { lesson, show, showLesson } from "../place.ts"
import "../styles/lessons.css"

export function LessonsView() {
  const number = Math.min(Math.max(1, lesson.value), lessons.length)
  const { title, Body } = lessons[number - 1]
  const contents = useRef<HTMLOListElement>(null)
  useEffect(() => {
    // On a phone the list is a scrolling row; bring the current lesson into view.
    const [list, here] = [contents.current, contents.current?.querySelector<HTMLElement>("[aria-current]")]
    if (list && here) list.scrollLeft = here.offsetLeft - list.offsetLeft - (list.clientWidth - here.offsetWidth) / 2
  }, [number])
  return (
    <div class="lessons">
      <ol class="contents" ref={contents}>
        {lessons.map(({ title, about }, i) => (
          <li key={title}>
            <button
              type="button"
              aria-current={number === i + 1 ? "step" : undefined}
              onClick={() => showLesson(i + 1)}
            >
              <b>{title}</b>
              <span>{about}</span>
            </button>
          </li>
        ))}
      </ol>
      <article class="lesson" key={number}>
        <p class="caption">lesson {number}</p>
        <h1>{title}</h1>
        <Body />
        <div class="buttons">
          {number > 1 && (
            <button type="button" onClick={() => showLesson(number - 1)}>
              ← {lessons[number - 2].title}
            </button>
          )}
          <span class="grow" />
          {number === lessons.length ? (
            <button type="button" class="primary" onClick={() => show("train")}>
              Train one yourself →
            </button>
          ) : (
            <button type="button" class="primary" onClick={() => showLesson(number + 1)}>
              {lessons[number].title} →
            </button>
          )}
        </div>
      </article>
    </div>
  )
}
