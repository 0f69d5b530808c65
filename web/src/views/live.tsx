// The live parts of lessons: the usual films, controls and runs, with separate small state.

import { useSignal } from "@preact/signals"
import { useEffect, useMemo } from "preact/hooks"
import type { TrainConfig } from "../../../src/training/config.ts"
import { pageDevices } from "../engine/device.ts"
import { shippedModel } from "../engine/models.ts"
import { createFilm, type FilmStart } from "../film.ts"
import { createRun, type Run } from "../runs.ts"
import { Answer } from "./answer.tsx"
import { CellView } from "./cell-view.tsx"
import { Charts } from "./chart.tsx"
import { Legend, LookAt, Transport } from "./controls.tsx"
import { FilmCanvas } from "./film-view.tsx"
import { Moment, Tape } from "./moment.tsx"
import { MoreQuestions, QuestionForm } from "./question.tsx"
import { RunCard } from "./run-card.tsx"

export type Part = "question" | "answer" | "tape" | "film" | "look" | "cell" | "moment" | "transport" | "legend"

/** A film with selected parts: <LiveFilm model="add" question="111+1" parts={["film", "transport"]} /> */
export function LiveFilm({
  model,
  parts,
  most = 300,
  ...start
}: FilmStart & { model: string; parts: readonly Part[]; most?: number }) {
  const film = useMemo(() => createFilm(start), [])
  useEffect(() => {
    void film.load(shippedModel(model))
  }, [])
  const part: Record<Part, () => preact.JSX.Element> = {
    question: () => (
      <>
        <QuestionForm film={film} />
        <MoreQuestions film={film} />
      </>
    ),
    answer: () => <Answer film={film} />,
    tape: () => <Tape film={film} />,
    film: () => <FilmCanvas film={film} most={most} />,
    look: () => <LookAt film={film} />,
    cell: () => <CellView film={film} />,
    moment: () => <Moment film={film} />,
    transport: () => <Transport film={film} />,
    legend: () => <Legend film={film} />,
  }
  return (
    <div class="live">
      {film.error.value && !parts.includes("question") && <p class="error">{film.error.value}</p>}
      {parts.map((name) => {
        const Part = part[name]
        return <Part key={name} />
      })}
    </div>
  )
}

type MakeRuns = () => readonly { readonly name: string; readonly config: TrainConfig }[]
/** The runs of each lesson of this visit: they go on while another one is read. */
const made = new Map<MakeRuns, readonly Run[]>()
function runsOf(make: MakeRuns): readonly Run[] {
  const runs = made.get(make) ?? make().map(({ name, config }) => createRun(name, config, pageDevices.peek()[0].name))
  made.set(make, runs)
  return runs
}

/** Two runs side by side that differ in one setting. They start only on the reader's request. */
export function LiveRuns({ runs: make }: { runs: MakeRuns }) {
  const runs = runsOf(make)
  const started = useSignal(runs.some((run) => run.status.peek() !== "new"))
  return (
    <div class="live">
      {started.value ? (
        <>
          <Charts runs={runs} />
          <div class="runs">
            {runs.map((run, i) => (
              <RunCard key={run.number} run={run} index={i} />
            ))}
          </div>
        </>
      ) : (
        <div class="ready">
          <button
            type="button"
            class="primary"
            onClick={() => {
              started.value = true
              runs.forEach((r) => r.start())
            }}
          >
            train both
          </button>
          <p class="quiet">
            {runs.map(({ name }) => name).join(" against ")}: here, in your browser; three charts grow while they learn,
            the loss, the right symbols, and the right answers by size.
          </p>
        </div>
      )}
    </div>
  )
}
