// Everything that decides how a run goes, in one typed object; defaults stand here, with their sources. JSON in, JSON out.

import { isObject, must, whole } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { checkModel, DEFAULT_FAMILY, type ModelConfig, modelFamily } from "../models/index.ts"
import { neuralGpuFamily } from "../models/neural-gpu.ts"
import { findTask } from "../tasks/index.ts"
import type { TaskOptions } from "../tasks/task.ts"
import { type CurriculumConfig, curriculumDefaults } from "./curriculum.ts"
import { modelDefaults } from "./model-defaults.ts"
import type { OptimizerConfig } from "./optimizers/index.ts"
import { optimizers } from "./optimizers/index.ts"
import { type RateConfig, rateRules } from "./rate.ts"
import { checkPhase, checkSettle, phasesOf, type SettleConfig } from "./settle.ts"
import { type RecoveryOptions, recoveryDefaults } from "./techniques/recovery.ts"
import { type RelaxationOptions, relaxationDefaults } from "./techniques/relaxation.ts"
import { type ReplayOptions, replayDefaults } from "./techniques/replay.ts"
import { type SaturationOptions, saturationDefaults } from "./techniques/saturation.ts"

export interface TrainConfig {
  readonly task: { readonly name: string } & TaskOptions
  /** A family of src/models/index.ts by its name, with its options. */
  readonly model: ModelConfig
  readonly seed: number
  /** Steps at most; null: until it generalises. */
  readonly steps: number | null
  readonly batch: BatchConfig
  readonly curriculum: CurriculumConfig
  readonly optimizer: OptimizerConfig
  readonly rate: RateConfig
  /** Share of activations that dropout lets through. */
  readonly keep: number
  /** Up to this length dropout is as strong as `keep` says, then it falls as 1 / length [neural_gpu code: 8]; null: the same at every length [KS16]. */
  readonly dropoutLength: number | null
  /** Pull and averaging of the copies that `model.copies` makes. */
  readonly relaxation: RelaxationOptions
  /** Standard deviation of noise on every pre-activation of the cells; 0: none. */
  readonly noise: number
  /** The same noise on the state after every step, as a share of that deviation: what a cell only remembers must hold as well [ours]. 0: none. */
  readonly stateNoise: number
  /** Largest Euclidean norm of the gradient; null: not clipped. */
  readonly clip: number | null
  /** Largest size of each of its elements, applied first; null: not clipped [NTM, §4: 10]. */
  readonly clipElements: number | null
  /** Strength of gradient noise; 0: none. */
  readonly gradientNoise: number
  /** How much nearer to 0 every weight comes at each step (soft threshold, an L1 cost); 0: not at all. */
  readonly shrinkage: number
  readonly saturation: SaturationOptions
  readonly replay: ReplayOptions
  /** When weights that have forgotten everything become their average again. */
  readonly recovery: RecoveryOptions
  readonly fit: FitConfig
  /** What changes once the trained sizes are learnt; null: nothing. */
  readonly settle: SettleConfig | null
  /** Weights are averaged, average ← average · decay + weights · (1 − decay), from the step on which the trained sizes count as learnt; the average is
   *  what is evaluated and kept. 0: the weights themselves [Polyak & Juditsky 1992]. */
  readonly average: number
  readonly goal: GoalConfig
  readonly restart: RestartConfig
}

/** Each step takes `examples` of one random size from each group that has joined; no padding: every length is trained as it is. */
export interface BatchConfig {
  /** Sizes [from, to], smallest first. The last one's end is the longest size trained. */
  readonly groups: readonly (readonly [number, number])[]
  /** Examples of each group in a step; a multiple of 16 wastes nothing. */
  readonly examples: number
  /** Share of structured examples among them (tasks' `structured`, at trained sizes only). */
  readonly structured: number
}

/** Trained sizes count as learnt when this share of fresh examples of the longest one is answered right without dropout, so many times in a row. */
export interface FitConfig {
  /** Steps between these checks, once all groups have joined. */
  readonly every: number
  readonly samples: number
  readonly times: number
  readonly exact: number
}

export interface GoalConfig {
  /** Size at which generalisation is measured; never trained on. */
  readonly size: number
  /** Fresh random examples. */
  readonly samples: number
  /** All structured examples of that size must be right as well. */
  readonly structured: boolean
  /** Instead: the mean cross-entropy of an answer must be below so many bits (tasks on vectors). */
  readonly bits: number | null
  /** Times in a row that all must be right. */
  readonly times: number
  /** Steps between evaluations, once the largest trained sizes are answered right. */
  readonly every: number
  /** A last check further out, on random examples, before the goal counts as met; null: none. */
  readonly confirm: { readonly size: number; readonly samples: number } | null
}

/** Start over with the next seed where a run has plainly failed. The time of failed attempts counts. */
export interface RestartConfig {
  readonly enabled: boolean
  /** All groups must have joined by this step. */
  readonly joinedBy: number
  /** After so many steps with the largest trained sizes answered right, symbols right at the goal's size must be ... */
  readonly provedAfter: number
  /** ... at least this share: below it, the run has learnt a trick that ends at the trained sizes. */
  readonly accuracy: number
  /** And the goal must be met by this step. */
  readonly goalBy: number
}

/** Sizes 1 to 20 in six groups, so that long ones, which cost with the square, come when short ones are right (docs/log.md). */
const groups = [
  [1, 3],
  [4, 5],
  [6, 8],
  [9, 12],
  [13, 16],
  [17, 20],
] as const

export const defaultConfig = {
  task: { name: "add", base: 2, output: "padded" },
  model: { name: neuralGpuFamily.name, ...neuralGpuFamily.defaults },
  seed: 1,
  steps: null,
  batch: { groups, examples: 16, structured: 0 },
  curriculum: curriculumDefaults,
  optimizer: { name: "adamax" },
  // 0.01 · 48 / maps [DNGPU code]
  rate: { start: 0.02, rule: "dngpu", factor: 0.7, every: 200, floor: 1 / 60 },
  keep: 0.75,
  dropoutLength: null,
  relaxation: relaxationDefaults,
  noise: 0,
  stateNoise: 0,
  clip: null,
  clipElements: null,
  gradientNoise: 0,
  shrinkage: 0,
  saturation: { ...saturationDefaults, floor: 1e-6 },
  replay: replayDefaults,
  recovery: recoveryDefaults,
  fit: { every: 25, samples: 32, times: 2, exact: 1 },
  settle: {
    keep: 0.75,
    noise: { start: 0.2, most: 0.5, step: 0.003, exact: 0.75 },
    structured: 0.3,
    limit: 1.5,
    decay: 1,
    floor: 1 / 60,
  },
  average: 0.995,
  goal: { size: 200, samples: 64, structured: true, bits: null, times: 3, every: 50, confirm: null },
  restart: { enabled: true, joinedBy: 2000, provedAfter: 600, accuracy: 0.9, goalBy: 4000 },
} satisfies TrainConfig

export type PartialConfig = { readonly [K in keyof TrainConfig]?: Partial<TrainConfig[K]> | TrainConfig[K] }

/** Defaults, with what is given in their place; checked. Throws a UserError that names the field. */
export function resolveConfig(given: PartialConfig): TrainConfig {
  const defaults = defaultsOf(given.model?.name)
  const out: Record<string, unknown> = { ...defaults }
  for (const [key, value] of Object.entries(given)) {
    if (!(key in defaultConfig))
      throw new UserError(`config: there is no "${key}"; expected one of ${Object.keys(defaultConfig).join(", ")}`)
    if (value === undefined) continue
    const base = defaults[key as keyof TrainConfig] as unknown
    const nested = isObject(value) && isObject(base) && key !== "optimizer"
    out[key] = nested ? { ...(base as object), ...value } : value
  }
  // a task's own defaults: the symbols of a sequence are not those of a number
  const { name, base, output } = { ...defaultConfig.task, base: undefined, output: undefined, ...given.task }
  const found = findTask(name, { base, output })
  out.task = { name, ...(found.kind === "symbols" ? found.task.options : bits) }
  if (found.kind !== "symbols") Object.assign(out, sized(found, out as unknown as TrainConfig, given))
  const config = out as unknown as TrainConfig
  check(config)
  return config
}

/** Tasks on vectors and images have nothing to choose. */
const bits: TaskOptions = { base: 2, output: "padded" }

/** They bring their sizes; vectors also how they are measured: under 0.01 bits a sequence counts as learnt [NTM, §4.1: "near zero"]. */
function sized(
  { kind, trained }: { readonly kind: string; readonly trained: readonly [number, number] },
  c: TrainConfig,
  given: PartialConfig,
) {
  const measured = kind === "vectors" && given.goal?.bits === undefined ? { bits: 0.01 } : {}
  return {
    batch: { ...c.batch, ...(given.batch?.groups ? {} : { groups: [trained] }) },
    goal: { ...c.goal, ...(given.goal?.size === undefined ? { size: trained[1] } : {}), ...measured },
  }
}

/** What a config with this model has where it says nothing. A config without a model's name is a Neural GPU's. */
export function defaultsOf(name: string = DEFAULT_FAMILY): TrainConfig {
  const family = modelFamily(name)
  const own = modelDefaults[name] ?? {}
  const config = Object.fromEntries(
    Object.entries(defaultConfig).map(([key, value]) => {
      const other = own[key as keyof TrainConfig]
      if (other === undefined) return [key, value]
      return [key, isObject(other) && isObject(value) && key !== "optimizer" ? { ...value, ...other } : other]
    }),
  )
  return { ...config, model: { name: family.name, ...family.defaults } } as unknown as TrainConfig
}

/** What a model cannot do must be off. */
function checkTechniques(c: TrainConfig): void {
  const { name, techniques } = modelFamily(c.model.name)
  const phases = phasesOf(c)
  const off = (field: string, value: number, is: number) =>
    must(field, value, value === is, `${is}: the model ${name} knows nothing of it`)
  if (!techniques.includes("dropout")) {
    const noLength = (field: string, length: number | null) =>
      must(field, length, length === null, `null: the model ${name} knows nothing of it`)
    off("keep", c.keep, 1)
    noLength("dropoutLength", c.dropoutLength)
    for (const { keep, dropoutLength } of phases) {
      off("settle.keep", keep, 1)
      noLength("settle.dropoutLength", dropoutLength)
    }
  }
  if (!techniques.includes("noise")) {
    off("noise", c.noise, 0)
    off("stateNoise", c.stateNoise, 0)
    for (const { noise, stateNoise } of phases) {
      off("settle.noise.most", noise.most, 0)
      off("settle.stateNoise", stateNoise, 0)
    }
  }
  if (!techniques.includes("saturation")) off("saturation.weight", c.saturation.weight, 0)
}

function check(c: TrainConfig): void {
  const { kind, minSize } = findTask(c.task.name, { base: c.task.base, output: c.task.output })
  must("seed", c.seed, whole(c.seed, 0) && c.seed < 2 ** 31, "a whole number from 0 to 2147483647")
  must("steps", c.steps, c.steps === null || whole(c.steps, 1), "a whole number of at least 1")
  checkPhase("", c)
  checkSettle(c)
  checkModel(c.model)
  const { name, learns } = modelFamily(c.model.name)
  must("model.name", name, learns.includes(kind), `one that learns ${kind}, as ${c.task.name} is`)
  if (kind !== "symbols") {
    must("replay.share", c.replay.share, c.replay.share === 0, `0: tasks on ${kind} cannot ask again`)
    must("batch.structured", c.batch.structured, c.batch.structured === 0, `0: tasks on ${kind} have no hard cases`)
    for (const { holdSteps: hold } of phasesOf(c))
      must("settle.holdSteps", hold, hold === 0, `0: tasks on ${kind} take no steps of their own`)
  }
  checkTechniques(c)
  const ordered = c.batch.groups.every(
    ([a, b], i) => whole(a, minSize) && whole(b, a) && (i === 0 || a > c.batch.groups[i - 1][1]),
  )
  must(
    "batch.groups",
    c.batch.groups,
    c.batch.groups.length > 0 && ordered,
    `rising [from, to] sizes of at least ${minSize}`,
  )
  must("batch.examples", c.batch.examples, whole(c.batch.examples, 1), "a whole number of at least 1")
  const share = (field: string, x: number) => must(field, x, x >= 0 && x <= 1, "a number from 0 to 1")
  share("batch.structured", c.batch.structured)
  share("replay.share", c.replay.share)
  must("replay.perSize", c.replay.perSize, whole(c.replay.perSize, 1), "a whole number of at least 1")
  must("replay.search", c.replay.search, whole(c.replay.search, 0), "a whole number of at least 0")
  must("replay.every", c.replay.every, whole(c.replay.every, 1), "a whole number of at least 1")
  share("recovery.below", c.recovery.below)
  must("recovery.over", c.recovery.over, whole(c.recovery.over, 1), "a whole number of at least 1")
  share("curriculum.threshold", c.curriculum.threshold)
  must(
    "curriculum.measure",
    c.curriculum.measure,
    ["symbol", "exact"].includes(c.curriculum.measure),
    '"symbol" or "exact"',
  )
  const { form, every, mixing } = c.curriculum
  must("curriculum.form", form, ["groups", "sizes"].includes(form), '"groups" or "sizes"')
  must("curriculum.every", every, whole(every, 1), "a whole number of at least 1")
  must("curriculum.mixing", mixing, ["paper", "code", "none"].includes(mixing), '"paper", "code" or "none"')
  const { pull, factor, most } = c.relaxation
  must("relaxation.pull", pull, pull >= 0, "a number of at least 0")
  must("relaxation.factor", factor, factor >= 1, "a number of at least 1")
  must("relaxation.most", most, most >= pull, "a number of at least relaxation.pull")
  must(
    "optimizer.name",
    c.optimizer.name,
    c.optimizer.name in optimizers,
    `one of ${Object.keys(optimizers).join(", ")}`,
  )
  const { rule } = c.rate
  must("rate.rule", rule, Object.hasOwn(rateRules, rule), `one of ${Object.keys(rateRules).join(", ")}`)
  must("rate.start", c.rate.start, c.rate.start > 0 && c.rate.start < 10, "a number above 0")
  must("noise", c.noise, c.noise >= 0, "a number of at least 0")
  must("clipElements", c.clipElements, c.clipElements === null || c.clipElements > 0, "a number above 0")
  must("clip", c.clip, c.clip === null || c.clip > 0, "a number above 0")
  must("gradientNoise", c.gradientNoise, c.gradientNoise >= 0, "a number of at least 0")
  must("shrinkage", c.shrinkage, c.shrinkage >= 0 && c.shrinkage < 1, "a number of at least 0, below 1")
  must("fit.every", c.fit.every, whole(c.fit.every, 1), "a whole number of at least 1")
  must("fit.samples", c.fit.samples, whole(c.fit.samples, 1), "a whole number of at least 1")
  must("fit.times", c.fit.times, whole(c.fit.times, 1), "a whole number of at least 1")
  share("fit.exact", c.fit.exact)
  must("goal.size", c.goal.size, whole(c.goal.size, minSize), `a whole number of at least ${minSize}`)
  must("goal.samples", c.goal.samples, whole(c.goal.samples, 1), "a whole number of at least 1")
  must("goal.structured", c.goal.structured, typeof c.goal.structured === "boolean", "true or false")
  must("goal.times", c.goal.times, whole(c.goal.times, 1), "a whole number of at least 1")
  must("goal.every", c.goal.every, whole(c.goal.every, 1), "a whole number of at least 1")
  must(
    "goal.bits",
    c.goal.bits,
    c.goal.bits === null || (kind === "vectors" && c.goal.bits > 0),
    "null, or a number above 0 for tasks on vectors",
  )
  const { confirm } = c.goal
  must(
    "goal.confirm",
    confirm,
    confirm === null || (whole(confirm.size, minSize) && whole(confirm.samples, 1)),
    "null, or a size and a number of samples",
  )
  must("restart.enabled", c.restart.enabled, typeof c.restart.enabled === "boolean", "true or false")
}

/** The longest size that a config trains on. */
export const longestSize = (config: TrainConfig): number => config.batch.groups[config.batch.groups.length - 1][1]
