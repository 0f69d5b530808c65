// What the form of the page "Train" says: a task, a model and the numbers that matter most, and the config that they mean.

import { signal } from "@preact/signals"
import { recipes } from "../../recipes/index.ts"
import { type ModelConfig, modelFamilies } from "../../src/models/index.ts"
import { neuralGpuForms } from "../../src/models/neural-gpu.ts"
import { taskFamilies } from "../../src/tasks/index.ts"
import { defaultConfig, type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import { pageDevices } from "./engine/device.ts"
import type { TrainState } from "./url.ts"

/** Curricula that the form offers: ranges of sizes that join one after the other. */
export const curricula = {
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
  /** Copies of the rule's parameters, which are pulled together: 1 is none. */
  copies: number
  keep: number
  rate: number
  curriculum: keyof typeof curricula
  seed: number
  device: string
}

export const startForm = (task = "add"): Form => {
  const config = { ...defaultConfig, ...recipes.find((r) => r.name === task)?.config }
  return {
    task,
    form: "diagonal",
    maps: (config.model as { maps?: number }).maps ?? 24,
    copies: (config.model as { copies?: number }).copies ?? 1,
    keep: config.keep ?? defaultConfig.keep,
    rate: config.rate?.start ?? defaultConfig.rate.start,
    curriculum: "1 to 20, in six groups",
    seed: 1,
    device: pageDevices.peek()[0].name,
  }
}

export const isNeuralGpu = (form: string): form is "diagonal" | "original" => form in neuralGpuForms
/** Families that can be asked what people type, besides the Neural GPU. */
export const otherFamilies = modelFamilies.filter((f) => f.name !== "neural-gpu" && f.learns.includes("symbols"))

/** The pull grows by this whenever the sizes of a step are right. Ours: the default (1.2) fits a curriculum that looks every 200 steps; with a look at
 *  every step, 1.05 takes 109 right ones from 0.0005 to 0.1, over which copies are seen to come together. */
const FACTOR = 1.05

/** The config that a form means: the task's recipe, with what was chosen written over it. Other families have their own defaults. */
export function configOf(form: Form): ReturnType<typeof resolveConfig> {
  const groups = curricula[form.curriculum]
  if (!isNeuralGpu(form.form)) {
    const own = resolveConfig({ task: { name: form.task }, model: { name: form.form } as ModelConfig })
    return resolveConfig({ ...own, batch: { ...own.batch, groups }, seed: form.seed } as PartialConfig)
  }
  const recipe = recipes.find((r) => r.name === form.task)?.config ?? {}
  const base = resolveConfig({ ...recipe, task: { ...recipe.task, name: form.task } })
  const shape = neuralGpuForms[form.form]
  const same = base.model.name === "neural-gpu" && base.model.form === form.form
  return resolveConfig({
    ...base,
    model: { ...(same ? base.model : { name: "neural-gpu" as const, ...shape }), maps: form.maps, copies: form.copies },
    relaxation: { ...base.relaxation, factor: FACTOR },
    keep: form.keep,
    rate: { ...base.rate, start: form.rate },
    settle: form.form === "original" || !base.settle ? null : base.settle,
    ...(form.form === "original" ? { noise: 0 } : {}),
    batch: { ...base.batch, groups },
    seed: form.seed,
  } as PartialConfig)
}

export const form = signal<Form>(startForm())

/** The form as a link has it; the device belongs to the machine, not to the link. */
export const linkOf = ({ task, form, maps, copies, keep, rate, curriculum, seed }: Form): TrainState => ({
  task,
  form,
  maps,
  copies,
  keep,
  rate,
  curriculum: Object.keys(curricula).indexOf(curriculum),
  seed,
})

/** Fills the form from a link; a sentence for what does not exist here. */
export function fillForm(link: TrainState): string[] {
  const notes: string[] = []
  if (link.task !== undefined && !taskFamilies.some((t) => t.name === link.task))
    notes.push(`The link's task ${JSON.stringify(link.task)} is not known here.`)
  else form.value = startForm(link.task)
  if (link.form !== undefined && !isNeuralGpu(link.form) && !otherFamilies.some((f) => f.name === link.form))
    notes.push(`The link's model ${JSON.stringify(link.form)} is not known here.`)
  else if (link.form !== undefined) form.value = { ...form.value, form: link.form }
  const curriculum = (Object.keys(curricula) as Form["curriculum"][])[link.curriculum ?? -1]
  const { maps, copies, keep, rate, seed } = link
  const given = Object.entries({ maps, copies, keep, rate, seed, curriculum }).filter(
    ([, value]) => value !== undefined,
  )
  form.value = { ...form.value, ...Object.fromEntries(given) }
  return notes
}
