// The interface of a technique: one object in one file of techniques/, and one line in its index.ts. The
// trainer loops over that list and names no technique. Phases hold a technique's options under its name, and
// so does the state of a run.

import * as v from "valibot"
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

/**
 * The parts that a technique adds to the update, by place, in the order of the update. They are methods, so
 * that one list can hold techniques with different options.
 */
export interface UpdateParts<Options> {
  /** Adds the gradient of a cost. */
  cost?(u: UpdateBuilder, phases: readonly Options[]): void
  clip?(u: UpdateBuilder, phases: readonly Options[]): void
  noise?(u: UpdateBuilder, phases: readonly Options[]): void
  /** The last change of the gradient before the optimizer. */
  spread?(u: UpdateBuilder, phases: readonly Options[]): void
  /** Changes the new weights (`u.weights`) before they are stored. */
  weights?(u: UpdateBuilder, phases: readonly Options[]): void
  /** After the new weights are stored. */
  average?(u: UpdateBuilder, phases: readonly Options[]): void
}

export type UpdatePlace = keyof UpdateParts<object>

/** The run, as a technique sees it. */
export interface RunView {
  readonly state: Mutable<TrainState>
  readonly encoding: Encoding
  /** The weights, their EMA and the optimizer's arrays, where the program keeps them. */
  readonly arrays: Resident
  /** Names of the optimizer's arrays that hold momentum. */
  readonly momentum: readonly string[]
  /** Names of all arrays. */
  readonly arrayNames: readonly string[]
  /** Parameters with copies. */
  readonly copies: readonly Copies[]
  /** The longest size that is trained on. */
  readonly longest: number
  /** Number of curriculum stages: groups, or sizes. */
  readonly stages: number
  /** Answers without dropout and noise, with the weights that it is given. */
  readonly predictor: Predictor
}

/** The argument of a hook: the phase's options, the technique's state, and the run. */
export interface Hook<Options, State> {
  readonly options: Options
  readonly state: State
  readonly run: RunView
}

/** The result of a step. */
export interface StepDone {
  /** Mean cross-entropy of the batch in nats, and its unweighted saturation cost. */
  readonly error: number
  readonly cost: number
  /** Share of answers in the batch that are right as a whole. */
  readonly exact: number
  readonly groups: readonly Group[]
  readonly scores: readonly (Score & { readonly right: readonly boolean[] })[]
  /** Whether the present stage of the curriculum is learned. */
  readonly stageLearned: boolean
}

export interface Technique<
  Options extends object = object,
  State extends object = object,
  Name extends string = string,
  F extends Fields = Fields,
> {
  readonly name: Name
  /** Its options in a phase. The defaults switch it off. */
  readonly fields: F
  /**
   * Checks conditions between several options.
   * @param path of the options in the config, for errors
   * @throws UserError if they are invalid
   */
  check(options: Options, path: string): void
  /** Whether these options have any effect. */
  isOn(options: Options): boolean
  /** The part of the model's graph that it needs, if any. Models without this part refuse the technique. */
  readonly needs: GraphTechnique | null
  /** The tasks that it supports: all, those on symbols, or those that define hard examples. */
  readonly tasks: "all" | "symbols" | "hard examples"
  /** Its initial state in an attempt: plain JSON. */
  begin(): State
  /** The schema of its state, which a file may hold. */
  readonly state: v.GenericSchema<State>
  /** What these options need in the model's graph. */
  graph(options: Options): Partial<BuildOptions>
  /** Settings of the graph for the next step. */
  settings(hook: Hook<Options, State>): Settings
  /** Its parts of the update, used if any phase switches it on. `phases`: its options in all of them. */
  readonly update: UpdateParts<Options>
  /** Scalars and random streams for its part of the update in the next step. */
  numbers(hook: Hook<Options, State>): Readonly<Record<string, number>>
  keys(hook: Hook<Options, State>): Readonly<Record<string, Keys>>
  draw(hook: Hook<Options, State>): Partial<Draw>
  /** Called when a phase begins. */
  beginPhase(hook: Hook<Options, State>): void
  /** Called before the examples of the next step are drawn. */
  beforeStep(hook: Hook<Options, State>): Promise<void>
  afterStep(hook: Hook<Options, State>, done: StepDone): Promise<readonly TechniqueEvent[]>
  /** Whether the trained sizes may already count as learned. */
  isReady(hook: Hook<Options, State>): boolean
  /** The reason to give up the attempt, if any. The run then restarts with the next seed. */
  verdict(hook: Hook<Options, State>): string | undefined
  /** Numbers for the step's event, by name. `sums` are those of the update. */
  report(hook: Hook<Options, State>, sums: Readonly<Record<string, number>>): Readonly<Record<string, number>>
}

/** The required parts of a technique. The others do nothing by default. */
type Spec<Options extends object, State extends object, Name extends string, F extends Fields> = Partial<
  Technique<Options, State>
> &
  Pick<Technique<Options, State>, "isOn"> & { readonly name: Name; readonly fields: F }

/** Completes a technique with the defaults of its optional parts. */
export const technique = <Options extends object, const Name extends string, F extends Fields, State extends object>(
  spec: Spec<Options, State, Name, F> & Pick<Technique<Options, State>, "begin" | "state">,
): Technique<Options, State, Name, F> => ({
  check: () => {},
  needs: null,
  tasks: "all",
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

/** The state of a technique or schedule without state. */
export const stateless = { begin: () => ({}), state: v.strictObject({}) }
