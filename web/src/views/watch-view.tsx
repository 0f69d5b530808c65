// The workbench: question, film, cell and memory.

import type { Film } from "../film.ts"
import { CellView } from "./cell-view.tsx"
import { Legend, LookAt, Transport } from "./controls.tsx"
import { FilmCanvas } from "./film-view.tsx"
import { Moment, Tape } from "./moment.tsx"
import { Answer, ModelPicker, QuestionForm } from "./question.tsx"

export function WatchView({ film }: { film: Film }) {
  return (
    <div class="watch">
      <header>
        <h1>Watch it think</h1>
        <p class="lede">
          A net that learned arithmetic from short examples, and found the rule. It has one small memory and one rule
          for changing it; everything below is that rule, applied again and again.
        </p>
      </header>
      <div class="bar">
        <ModelPicker film={film} />
      </div>
      <QuestionForm film={film} />
      <Answer film={film} />
      <div class="stage" hidden={film.frames.value.length === 0}>
        <div class="screen">
          <LookAt film={film} />
          <FilmCanvas film={film} />
          <Transport film={film} />
          <Legend film={film} />
          <Tape film={film} />
        </div>
        <div class="side">
          <CellView film={film} />
          <Moment film={film} />
        </div>
      </div>
    </div>
  )
}
