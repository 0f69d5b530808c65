// One run: its status, and its actions: stop, watch, save, go back, branch, change hyperparameters.

import { type Signal, useSignal } from "@preact/signals"
import { UserError } from "../../../src/core/errors.ts"
import { encodeSafetensors } from "../../../src/formats/safetensors.ts"
import { checkpointFile } from "../../../src/runs/file-formats.ts"
import type { LoadedModel, SavedStep } from "../engine/messages.ts"
import { checkpointParts } from "../engine/opened.ts"
import { liveFields, liveNames } from "../live.ts"
import { branch, modelOf, type Run, removeRun } from "../runs.ts"
import { Swatch } from "./chart.tsx"
import { CopiesView } from "./copies-view.tsx"
import { LearningFilm } from "./learning-film.tsx"
import { NumberField } from "./number.tsx"
import "../styles/train.css"

interface CardProps {
  readonly run: Run
  readonly index: number
  /** Absent for a run that belongs to a lesson. */
  readonly onWatch?: ((model: LoadedModel) => void) | undefined
}

export function RunCard({ run, index, onWatch }: CardProps) {
  /** The chosen saved step; undefined: the newest. */
  const at = useSignal<number | undefined>(undefined)
  const error = useSignal<string | undefined>(undefined)
  const saved = run.saved.value
  const chosen = saved.find((s) => s.step === at.value) ?? saved.at(-1)
  return (
    <article class="run" data-status={run.status.value}>
      <h2>
        <Swatch index={index} /> {run.name}
      </h2>
      <p class="quiet">{run.about.value || (isBusy(run) ? "starting…" : "not started")}</p>
      <Figures run={run} />
      <LearningFilm run={run} />
      <Buttons run={run} chosen={chosen} error={error} onWatch={onWatch} />
      {chosen && <SavedSteps run={run} chosen={chosen} at={at} canBranch={onWatch !== undefined} error={error} />}
      <CopiesView run={run} at={chosen === saved.at(-1) ? undefined : chosen} />
      <LiveNumbers run={run} />
      <ul class="notes quiet" aria-live="polite">
        {run.notes.value.map(({ step, text }) => (
          <li key={`${step} ${text}`}>
            step {step}: {text}
          </li>
        ))}
      </ul>
      {error.value && (
        <p class="error" role="alert">
          {error.value}
        </p>
      )}
    </article>
  )
}

const isBusy = ({ status }: Run) => ["starting", "training", "stopping"].includes(status.value)
const clock = (s: number) => (s < 60 ? `${s.toFixed(0)} s` : `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s`)

function Figures({ run }: { run: Run }) {
  const last = run.last.value
  const seconds = run.seconds.value
  const speed = seconds > 0 ? run.curves.step.length / seconds : 0
  return (
    <>
      {last && (
        <p class="figures mono">
          step {last.step} · loss {last.error.toPrecision(3)} · right {(100 * last.symbol).toFixed(1)} % · size{" "}
          {last.size} · {clock(seconds)} · {speed.toFixed(1)} steps/s
        </p>
      )}
      {run.checking.value && (
        <p key={run.checking.value} class="checking quiet">
          <progress aria-label="under way" /> {run.checking.value}
        </p>
      )}
    </>
  )
}

interface ButtonsProps {
  readonly run: Run
  readonly chosen: SavedStep | undefined
  readonly error: Signal<string | undefined>
  readonly onWatch: CardProps["onWatch"]
}

function Buttons({ run, chosen, error, onWatch }: ButtonsProps) {
  const keep = (at: SavedStep) =>
    download(run, at).catch((e: unknown) => {
      if (!(e instanceof UserError)) throw e
      error.value = e.message
    })
  return (
    <div class="buttons">
      {isBusy(run) ? (
        <button type="button" onClick={run.stop} disabled={run.status.value === "stopping" && !run.checking.value}>
          stop
        </button>
      ) : (
        <button type="button" class="primary" onClick={run.start}>
          {run.last.value || chosen ? "go on" : "train"}
        </button>
      )}
      <button
        type="button"
        disabled={!chosen}
        onClick={() => chosen && onWatch?.(modelOf(run, chosen))}
        hidden={!onWatch}
      >
        watch it compute
      </button>
      <button type="button" disabled={!chosen} onClick={() => chosen && void keep(chosen)}>
        save
      </button>
      <button type="button" class="quiet" hidden={!onWatch} onClick={() => remove(run)}>
        remove
      </button>
    </div>
  )
}

function remove(run: Run): void {
  const question = `${run.name} has learned what no file holds. Remove it?`
  if (!run.isUnsaved() || confirm(question)) removeRun(run)
}

interface SavedStepsProps {
  readonly run: Run
  readonly chosen: SavedStep
  readonly at: Signal<number | undefined>
  readonly canBranch: boolean
  readonly error: Signal<string | undefined>
}

function SavedSteps({ run, chosen, at, canBranch, error }: SavedStepsProps) {
  const tell = (action: () => void) => {
    try {
      action()
      error.value = undefined
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      error.value = e.message
    }
  }
  const saved = run.saved.value
  return (
    <div class="back">
      <label class="grow">
        <span class="caption">saved step {chosen.step}</span>
        <input
          type="range"
          name="saved"
          min={0}
          max={saved.length - 1}
          value={saved.indexOf(chosen)}
          onInput={(e) => (at.value = saved[e.currentTarget.valueAsNumber]?.step)}
        />
      </label>
      <button
        type="button"
        onClick={() => {
          run.goBack(chosen.step)
          at.value = undefined
        }}
      >
        go back there
      </button>
      <button type="button" hidden={!canBranch} onClick={() => tell(() => branch(run, chosen.step))}>
        branch from there
      </button>
    </div>
  )
}

/** Hyperparameters that can be changed during training. */
function LiveNumbers({ run }: { run: Run }) {
  const last = run.last.value
  if (!last) return null
  return (
    <div class="tweak">
      {liveNames
        .filter((name) => liveFields[name].has(run.config.value))
        .map((name) => {
          const { label, input } = liveFields[name]
          if (input.kind !== "number") return null
          const set = (x: number | undefined) => x !== undefined && run.change({ [name]: x })
          return (
            <NumberField
              key={name}
              name={`${name} now`}
              label={`${label} now`}
              value={last[name]}
              {...input}
              set={set}
            />
          )
        })}
    </div>
  )
}

/** Downloads a checkpoint and its config, from which the command line can resume. */
async function download(run: Run, saved: SavedStep): Promise<void> {
  const { tensors, metadata } = await checkpointParts(saved, run.config.value)
  offer(checkpointFile(saved.step), new Blob([encodeSafetensors(tensors, metadata)]))
  offer("config.json", new Blob([`${JSON.stringify(run.config.value, null, 2)}\n`], { type: "application/json" }))
  run.keep(saved.step)
}

function offer(name: string, blob: Blob): void {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
