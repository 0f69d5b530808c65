// Training in the page: what to learn and how, curves as they grow, and what can be done with a run.

import { useSignal } from "@preact/signals"
import { UserError } from "../../../src/core/errors.ts"
import { encodeSafetensors } from "../../../src/formats/safetensors.ts"
import { checkpointFile } from "../../../src/runs/content.ts"
import { taskFamilies } from "../../../src/tasks/index.ts"
import { pageDevices } from "../engine/device.ts"
import type { LoadedModel, SavedStep } from "../engine/messages.ts"
import { checkpointParts } from "../engine/models.ts"
import { addRun, branch, createRun, modelOf, type Run, removeRun, runs } from "../runs.ts"
import { configOf, curricula, type Form, form, isNeuralGpu, otherFamilies, startForm } from "../train-form.ts"
import { Curve, Sizes, Swatch } from "./chart.tsx"
import { CopiesView } from "./copies-view.tsx"

const familyTitles: Record<string, string> = {
  ntm: "Neural Turing Machine",
  "lstm-attention": "LSTM with attention",
  "stack-rnn": "Stack RNN",
}

export function TrainView({ onWatch }: { onWatch: (model: LoadedModel) => void }) {
  const error = useSignal<string | undefined>(undefined)
  const set = <K extends keyof Form>(key: K, value: Form[K]) => (form.value = { ...form.value, [key]: value })
  const value = form.value
  const begin = () => {
    try {
      const config = configOf(value)
      const run = createRun(`${value.task}, seed ${value.seed}`, config, value.device)
      addRun(run)
      error.value = undefined
      run.start()
    } catch (e) {
      error.value = (e as Error).message
    }
  }
  return (
    <div class="train">
      <header>
        <h1>Train one here</h1>
        <p class="lede">
          A net that knows nothing sees examples of small sizes. The question is not whether it gets those right, but
          whether it finds the rule, and so is right at sizes ten times as large.
        </p>
      </header>
      <form
        class="recipe"
        onSubmit={(e) => {
          e.preventDefault()
          begin()
        }}
      >
        <label>
          <span class="caption">task</span>
          <select
            name="task"
            value={value.task}
            onChange={(e) =>
              (form.value = { ...startForm(e.currentTarget.value), seed: value.seed, device: value.device })
            }
          >
            {taskFamilies.map(({ name, summary }) => (
              <option key={name} value={name}>
                {name} — {summary}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="caption">model</span>
          <select name="form" value={value.form} onChange={(e) => set("form", e.currentTarget.value)}>
            <option value="diagonal">Neural GPU, diagonal (2017)</option>
            <option value="original">Neural GPU, original (2015)</option>
            {otherFamilies.map(({ name }) => (
              <option key={name} value={name}>
                {familyTitles[name] ?? name.toUpperCase()}
              </option>
            ))}
          </select>
        </label>
        {isNeuralGpu(value.form) && (
          <>
            <Num label="maps" live value={value.maps} min={3} max={128} step={1} set={(x) => set("maps", x)} />
            <Num
              label="copies of the rule"
              live
              value={value.copies}
              min={1}
              max={12}
              step={1}
              set={(x) => set("copies", x)}
            />
            <Num
              label="dropout lets through"
              live
              value={value.keep}
              min={0.5}
              max={1}
              step={0.01}
              set={(x) => set("keep", x)}
            />
            <Num
              label="learning rate"
              live
              value={value.rate}
              min={0.0001}
              max={0.1}
              step={0.0001}
              set={(x) => set("rate", x)}
            />
          </>
        )}
        <label>
          <span class="caption">curriculum</span>
          <select
            name="curriculum"
            value={value.curriculum}
            onChange={(e) => set("curriculum", e.currentTarget.value as Form["curriculum"])}
          >
            {Object.keys(curricula).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <Num label="seed" live value={value.seed} min={0} max={99999} step={1} set={(x) => set("seed", x)} />
        <label>
          <span class="caption">device</span>
          <select name="device" value={value.device} onChange={(e) => set("device", e.currentTarget.value)}>
            {pageDevices.value.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary">
          {runs.value.length > 0 ? "train another beside it" : "train"}
        </button>
      </form>
      {error.value && (
        <p class="error" role="alert">
          {error.value}
        </p>
      )}
      {runs.value.length > 0 && <Charts runs={runs.value} />}
      <div class="runs">
        {runs.value.map((run, i) => (
          <RunCard key={run.number} run={run} index={i} onWatch={onWatch} />
        ))}
      </div>
    </div>
  )
}

export const Charts = ({ runs }: { runs: readonly Run[] }) => (
  <div class="charts">
    <Curve runs={runs} what="error" />
    <Curve runs={runs} what="symbol" />
    <Sizes runs={runs} />
  </div>
)

interface NumProps {
  label: string
  value: number
  min: number
  max: number
  step: number
  /** Called while it is typed, instead of when it is done. */
  live?: boolean
  set: (x: number) => void
}

/** A number; what is being typed stays, whatever the page draws meanwhile. */
function Num({ label, value, live = false, set, ...range }: NumProps) {
  const draft = useSignal<string | undefined>(undefined)
  const give = (x: number) => Number.isFinite(x) && set(x)
  return (
    <label>
      <span class="caption">{label}</span>
      <input
        type="number"
        name={label}
        {...range}
        value={draft.value ?? value}
        onInput={(e) => {
          draft.value = e.currentTarget.value
          if (live) give(e.currentTarget.valueAsNumber)
        }}
        onChange={(e) => {
          draft.value = undefined
          if (!live) give(e.currentTarget.valueAsNumber)
        }}
        onBlur={() => (draft.value = undefined)}
      />
    </label>
  )
}

const clock = (s: number) => (s < 60 ? `${s.toFixed(0)} s` : `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`)

export function RunCard({ run, index, onWatch }: { run: Run; index: number; onWatch?: (model: LoadedModel) => void }) {
  const last = run.last.value
  const at = useSignal<number | undefined>(undefined)
  const error = useSignal<string | undefined>(undefined)
  const saved = run.saved.value
  const chosen = saved.find((s) => s.step === at.value) ?? saved.at(-1)
  const busy = ["starting", "training", "stopping"].includes(run.status.value)
  const speed = last && run.seconds.value > 0 ? last.step / run.seconds.value : 0
  const keep = async (saved: SavedStep) => {
    try {
      const { tensors, metadata } = await checkpointParts(saved, run.config.value)
      download(checkpointFile(saved.step), new Blob([encodeSafetensors(tensors, metadata)]))
      download(
        "config.json",
        new Blob([`${JSON.stringify(run.config.value, null, 2)}\n`], { type: "application/json" }),
      )
    } catch (e) {
      if (!(e instanceof UserError)) throw e
      error.value = e.message
    }
  }
  return (
    <article class="run" data-status={run.status.value}>
      <h2>
        <Swatch index={index} /> {run.name}
      </h2>
      <p class="quiet">{run.about.value || (busy ? "starting…" : "not started")}</p>
      {last && (
        <p class="figures mono">
          step {last.step} · loss {last.error.toPrecision(3)} · right {(100 * last.symbol).toFixed(1)} % · size{" "}
          {last.size} · {clock(run.seconds.value)} · {speed.toFixed(1)} steps/s
        </p>
      )}
      {run.checking.value && (
        <p key={run.checking.value} class="checking quiet">
          <progress aria-label="under way" /> {run.checking.value}
        </p>
      )}
      <div class="buttons">
        {busy ? (
          <button type="button" onClick={run.stop} disabled={run.status.value === "stopping" && !run.checking.value}>
            stop
          </button>
        ) : (
          <button type="button" class="primary" onClick={run.start}>
            {last || saved.length > 0 ? "go on" : "train"}
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
        <button type="button" class="quiet" hidden={!onWatch} onClick={() => removeRun(run)}>
          remove
        </button>
      </div>
      {saved.length > 0 && chosen && (
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
          <button type="button" hidden={!onWatch} onClick={() => branch(run, chosen.step)}>
            branch from there
          </button>
        </div>
      )}
      <CopiesView run={run} at={chosen === saved.at(-1) ? undefined : chosen} />
      {last && (
        <div class="tweak">
          <Num
            label="learning rate now"
            value={Number(last.rate.toPrecision(3))}
            min={0.00001}
            max={0.2}
            step={0.00001}
            set={(rate) => run.change({ rate })}
          />
          <Num
            label="dropout lets through now"
            value={last.keep}
            min={0.5}
            max={1}
            step={0.01}
            set={(keep) => run.change({ keep })}
          />
        </div>
      )}
      <ul class="notes quiet" aria-live="polite">
        {run.notes.value.map((text) => (
          <li key={text}>{text}</li>
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

function download(name: string, blob: Blob): void {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
