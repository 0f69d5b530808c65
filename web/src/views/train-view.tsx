// Training in the page: what to learn and how, curves as they grow, and what can be done with a run.

import { useSignal } from "@preact/signals"
import { recipes } from "../../../recipes/index.ts"
import { UserError } from "../../../src/core/errors.ts"
import { encodeSafetensors } from "../../../src/formats/safetensors.ts"
import { type ModelConfig, modelFamilies } from "../../../src/models/index.ts"
import { neuralGpuDefaults } from "../../../src/models/neural-gpu.ts"
import { checkpointFile } from "../../../src/runs/content.ts"
import { taskFamilies } from "../../../src/tasks/index.ts"
import { defaultConfig, type PartialConfig, resolveConfig } from "../../../src/training/config.ts"
import { pageDevices } from "../engine/device.ts"
import type { LoadedModel, SavedStep } from "../engine/messages.ts"
import { checkpointParts } from "../engine/models.ts"
import { addRun, branch, createRun, modelOf, type Run, removeRun, runs } from "../runs.ts"
import { Curve, Sizes, Swatch } from "./chart.tsx"

/** Curricula that the form offers: ranges of sizes that join one after the other. */
const curricula = {
  "1 to 20, in six groups": defaultConfig.batch.groups,
  "1 to 20, all at once": [[1, 20]],
  "1 to 8, in three groups (quick)": [
    [1, 3],
    [4, 5],
    [6, 8],
  ],
} as const

export interface Form {
  task: string
  /** A form of the Neural GPU, or another family of models. */
  form: string
  maps: number
  keep: number
  rate: number
  curriculum: keyof typeof curricula
  seed: number
  device: string
}

const startForm = (task = "add"): Form => {
  const config = { ...defaultConfig, ...recipes.find((r) => r.name === task)?.config }
  return {
    task,
    form: "diagonal",
    maps: (config.model as { maps?: number }).maps ?? 24,
    keep: config.keep ?? defaultConfig.keep,
    rate: config.rate?.start ?? defaultConfig.rate.start,
    curriculum: "1 to 20, in six groups",
    seed: 1,
    device: pageDevices.peek()[0].name,
  }
}

const isNeuralGpu = (form: string): form is "diagonal" | "original" => form in neuralGpuDefaults
/** Families that can be asked what people type, besides the Neural GPU. */
const otherFamilies = modelFamilies.filter((f) => f.name !== "neural-gpu" && f.learns.includes("symbols"))

/** The config that a form means: the task's recipe, with what was chosen written over it. Other families have their own defaults. */
export function configOf(form: Form): ReturnType<typeof resolveConfig> {
  const groups = curricula[form.curriculum]
  if (!isNeuralGpu(form.form)) {
    const own = resolveConfig({ task: { name: form.task }, model: { name: form.form } as ModelConfig })
    return resolveConfig({ ...own, batch: { ...own.batch, groups }, seed: form.seed } as PartialConfig)
  }
  const recipe = recipes.find((r) => r.name === form.task)?.config ?? {}
  const base = resolveConfig({ ...recipe, task: { ...recipe.task, name: form.task } })
  const shape = neuralGpuDefaults[form.form]
  const same = base.model.name === "neural-gpu" && base.model.form === form.form
  return resolveConfig({
    ...base,
    model: { ...(same ? base.model : { name: "neural-gpu" as const, ...shape }), maps: form.maps },
    keep: form.keep,
    rate: { ...base.rate, start: form.rate },
    settle: form.form === "original" || !base.settle ? null : base.settle,
    ...(form.form === "original" ? { noise: 0 } : {}),
    batch: { ...base.batch, groups },
    seed: form.seed,
  } as PartialConfig)
}

export function TrainView({ onWatch }: { onWatch: (model: LoadedModel) => void }) {
  const form = useSignal<Form>(startForm())
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
                {name === "ntm" ? "Neural Turing Machine" : name.toUpperCase()}
              </option>
            ))}
          </select>
        </label>
        {isNeuralGpu(value.form) && (
          <>
            <Num label="maps" live value={value.maps} min={3} max={128} step={1} set={(x) => set("maps", x)} />
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
      <p class="quiet">{run.about.value || "not started"}</p>
      {last && (
        <p class="figures mono">
          step {last.step} · loss {last.error.toPrecision(3)} · right {(100 * last.symbol).toFixed(1)} % · size{" "}
          {last.size} · {clock(run.seconds.value)} · {speed.toFixed(1)} steps/s
        </p>
      )}
      <div class="buttons">
        {busy ? (
          <button type="button" onClick={run.stop} disabled={run.status.value === "stopping"}>
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
          <button type="button" onClick={() => branch(run, chosen.step)}>
            branch from there
          </button>
        </div>
      )}
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
