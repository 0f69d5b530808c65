// What a technique is: one object in one file of techniques/, and one line in its index.ts. The trainer walks that list and
// knows none of them by name. A phase of a run holds a technique's options under its name, and so does the state of a run.

import type { Resident } from "../backends/resident.ts"
import type { Keys } from "../core/rng.ts"
import type { Settings } from "../core/settings.ts"
import type { Encoding, Score } from "../encoding/encoding.ts"
import type { Predictor } from "../inference/predictor.ts"
import type { BuildOptions, GraphTechnique } from "../models/index.ts"
import type { Copies } from "../plan/copies.ts"
import type { UpdateBuilder } from "../plan/update.ts"
import type { Fields } from "../schema/index.ts"
import type { Draw, Group } from "./batches.ts"
import type { TechniqueEvent, TrainState } from "./events.ts"
import type { Mutable } from "./mutable.ts"

/** Where a technique adds to the update of a step, in this order. */
export const updateOrder = ["cost", "clip", "noise", "spread", "optimizer", "weights", "average"] as const
export type UpdatePlace = (typeof updateOrder)[number]

/** What a technique adds to the update, by place. Methods, so that a list can hold techniques with all kinds of options. */
export interface UpdateParts<Options> {
  cost?(u: UpdateBuilder, phases: readonly Options[]): void
  clip?(u: UpdateBuilder, phases: readonly Options[]): void
  noise?(u: UpdateBuilder, phases: readonly Options[]): void
  spread?(u: UpdateBuilder, phases: readonly Options[]): void
  optimizer?(u: UpdateBuilder, phases: readonly Options[]): void
  weights?(u: UpdateBuilder, phases: readonly Options[]): void
  average?(u: UpdateBuilder, phases: readonly Options[]): void
}

/** A run as a technique sees it. */
export interface RunView {
  readonly state: Mutable<TrainState>
  readonly encoding: Encoding
  /** Weights, their average and the optimizer's arrays, where the program keeps them. */
  readonly arrays: Resident
  /** Names of the optimizer's arrays that carry the weights on from one step to the next: momentum. */
  readonly momentum: readonly string[]
  /** Names of all arrays. */
  readonly arrayNames: readonly string[]
  /** Parameters with copies. */
  readonly copies: readonly Copies[]
  /** The longest size that is trained on. */
  readonly longest: number
  /** Curriculum stages: groups of sizes, or sizes. */
  readonly stages: number
  /** The learning rate at the beginning. */
  readonly startRate: number
  /** Answers without dropout and noise, by the weights that it is given. */
  readonly predictor: Predictor
}

/** What a hook is called with: the phase's options, the technique's own state, and the run. */
export interface Hook<Options, State> {
  readonly options: Options
  readonly state: State
  readonly run: RunView
}

/** What a step did. */
export interface StepDone {
  /** Mean cross-entropy of the batch, and its saturation cost before the weight. */
  readonly error: number
  readonly cost: number
  /** Share of answers in the batch that were right as a whole. */
  readonly exact: number
  readonly groups: readonly Group[]
  readonly scores: readonly (Score & { readonly right: readonly boolean[] })[]
  /** The present stage of the curriculum is learned. */
  readonly stageLearned: boolean
}

export interface Technique<Options extends object = object, State extends object = object> {
  readonly name: string
  /** Its options in a phase. Their defaults switch it off. */
  readonly fields: Fields
  /** Refuses options that single fields cannot tell. Throws a UserError; `path` is where they stand in the config. */
  check(options: Options, path: string): void
  /** Whether it does anything with these options. */
  isOn(options: Options): boolean
  /** The part of the model's graph that it needs, if any: models without it refuse the technique. */
  readonly needs: GraphTechnique | null
  /** Whether it works on tasks on symbols only. */
  readonly symbolsOnly: boolean
  /** Its state when an attempt begins: plain JSON. */
  begin(): State
  /** What the model's graph must have for these options. */
  graph(options: Options): Partial<BuildOptions>
  /** Settings of the graph for the next step. */
  settings(hook: Hook<Options, State>): Settings
  /** What it adds to the update of every step, where any phase has it on. `phases`: its options in all of them. */
  readonly update: UpdateParts<Options>
  /** Numbers and random streams that its part of the update is told in the next step. */
  numbers(hook: Hook<Options, State>): Readonly<Record<string, number>>
  keys(hook: Hook<Options, State>): Readonly<Record<string, Keys>>
  draw(hook: Hook<Options, State>): Partial<Draw>
  /** When a phase begins. */
  beginPhase(hook: Hook<Options, State>): void
  /** Before the next step is drawn. */
  beforeStep(hook: Hook<Options, State>): Promise<void>
  afterStep(hook: Hook<Options, State>, done: StepDone): Promise<readonly TechniqueEvent[]>
  /** Whether the trained sizes may count as learned by now. */
  isReady(hook: Hook<Options, State>): boolean
  /** Why the attempt is hopeless, if it is: the run starts over with the next seed. */
  verdict(hook: Hook<Options, State>): string | undefined
  /** Numbers for the step's event, by name. `sums`: those of the update. */
  report(hook: Hook<Options, State>, sums: Readonly<Record<string, number>>): Readonly<Record<string, number>>
}

/** What a technique must say; the rest does nothing unless it is given. */
type Spec<Options extends object, State extends object, Name extends string, F extends Fields> = Partial<
  Technique<Options, State>
> &
  Pick<Technique<Options, State>, "isOn"> & { readonly name: Name; readonly fields: F }

/** A technique from what it does. */
export const technique = <Options extends object, const Name extends string, F extends Fields, State extends object>(
  spec: Spec<Options, State, Name, F> & { readonly begin: () => State },
): Technique<Options, State> & { readonly name: Name; readonly fields: F } => ({
  check: () => {},
  needs: null,
  symbolsOnly: false,
  graph: () => ({}),
  settings: () => ({}),
  update: {},
  numbers: () => ({}),
  keys: () => ({}),
  draw: () => ({}),
  beginPhase: () => {},
  beforeStep: async () => {},
  afterStep: async () => [],
  isReady: () => true,
  verdict: () => undefined,
  report: () => ({}),
  ...spec,
})

/** The state of a technique that has none. */
export const stateless = () => ({})
