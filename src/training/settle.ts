// What holds while it trains, and what changes once the trained sizes are learnt: it settles, in one phase or in several.

import { isObject, must, whole } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import type { TrainConfig } from "./config.ts"
import type { TrainState } from "./events.ts"

/** What may be otherwise in each phase. */
export interface SettlePhase {
  readonly keep: number
  /** These three as the config's fields of their names, which hold where they are left out. */
  readonly dropoutLength?: number | null
  readonly stateNoise?: number
  readonly average?: number
  /** Training takes a random number of steps, up to so many beyond those of an answer: what is right must stay so. Left out: none. */
  readonly holdSteps?: number
  /** Noise on pre-activations: from `start` by `step` up after each batch with at least the share `exact` of right answers, else down; at most `most`. */
  readonly noise: { readonly start: number; readonly most: number; readonly step: number; readonly exact: number }
  /** Share of structured examples, and the saturation limit, from then on. */
  readonly structured: number
  readonly limit: number
  /** Factor on the learning rate at every step from then on, and its floor as a share of `rate.start`. */
  readonly decay: number
  readonly floor: number
}

/** Begins so many steps after the trained sizes were learnt; what it leaves out stays as it was. */
export interface LaterPhase extends Partial<SettlePhase> {
  readonly after: number
}

export interface SettleConfig extends SettlePhase {
  readonly later?: readonly LaterPhase[]
}

/** Up to this length dropout is as strong as `keep` says, where nothing says otherwise: longer than any example. */
const EVERY_LENGTH = 1e9

type Moment = Pick<TrainState, "step" | "fit" | "noise">

/** What holds in the step after this state. */
export function phaseOf(config: TrainConfig, state: Moment) {
  const { keep, noise, batch, saturation } = config
  const settling = settlingOf(config, state)
  const phase = settling
    ? { ...settling, noise: state.noise }
    : { ...inherited(config), keep, noise, structured: batch.structured, limit: saturation.limit }
  return { ...phase, dropoutLength: phase.dropoutLength ?? EVERY_LENGTH }
}

/** What a phase has that does not say it. */
const inherited = ({ dropoutLength, stateNoise, average }: TrainConfig) => ({
  dropoutLength,
  stateNoise,
  average,
  holdSteps: 0,
})

type WholePhase = Required<SettlePhase>

/** The phase in which it settles, if it does. */
export const settlingOf = (config: TrainConfig, { step, fit: { since } }: Moment): WholePhase | undefined =>
  config.settle === null || since === null ? undefined : phaseAfter(config, config.settle, step - since)

function phaseAfter(config: TrainConfig, { later = [], ...first }: SettleConfig, steps: number): WholePhase {
  const begun = later.filter(({ after }) => after <= steps)
  return Object.assign(inherited(config), first, ...begun.map(({ after, ...changes }) => changes))
}

/** All phases in which it settles, one after the other. */
export function phasesOf(config: TrainConfig): readonly WholePhase[] {
  const { settle } = config
  if (settle === null) return []
  return [0, ...(settle.later ?? []).map(({ after }) => after)].map((after) => phaseAfter(config, settle, after))
}

/** What a phase can say; some of it may be left out. */
export const phaseFields: readonly string[] = Object.keys({
  keep: 0,
  dropoutLength: 0,
  stateNoise: 0,
  average: 0,
  holdSteps: 0,
  noise: 0,
  structured: 0,
  limit: 0,
  decay: 0,
  floor: 0,
} satisfies Record<keyof SettlePhase, 0>)

/** After the config's own fields are checked, which stand where a phase leaves them out. */
export function checkSettle(config: TrainConfig): void {
  const later = config.settle?.later ?? []
  const known = ["after", ...phaseFields]
  must("settle.later", later, Array.isArray(later) && later.every(isObject), "a list of phases")
  for (const field of later.flatMap(Object.keys))
    if (!known.includes(field))
      throw new UserError(`settle.later: there is no "${field}"; expected some of ${known.join(", ")}`)
  const begins = later.map(({ after }) => after)
  const rising = begins.every((after, i) => whole(after, 1) && (i === 0 || after > begins[i - 1]))
  must("settle.later", begins, rising, "phases with rising numbers of steps `after`, of at least 1")
  for (const phase of phasesOf(config)) {
    checkPhase("settle.", phase)
    const { holdSteps, noise, structured, limit, decay, floor } = phase
    must("settle.holdSteps", holdSteps, whole(holdSteps, 0), "a whole number of at least 0")
    const { start, most, step, exact } = noise ?? {}
    must(
      "settle.noise",
      noise,
      start >= 0 && most >= start && step >= 0 && exact >= 0,
      "start, most, step and exact of at least 0",
    )
    must("settle.structured", structured, structured >= 0 && structured <= 1, "a number from 0 to 1")
    must("settle.limit", limit, limit > 0, "a number above 0")
    must("settle.decay", decay, decay > 0 && decay <= 1, "a number above 0, at most 1")
    must("settle.floor", floor, floor >= 0 && floor <= 1, "a number from 0 to 1")
  }
}

/** What the config itself (prefix "") and each phase ("settle.") say alike. */
export function checkPhase(
  prefix: string,
  { keep, dropoutLength, stateNoise, average }: Pick<TrainConfig, "keep" | "dropoutLength" | "stateNoise" | "average">,
): void {
  must(`${prefix}keep`, keep, keep > 0 && keep <= 1, "a number above 0, at most 1")
  must(
    `${prefix}dropoutLength`,
    dropoutLength,
    dropoutLength === null || dropoutLength > 0,
    "a number above 0, or null",
  )
  must(`${prefix}stateNoise`, stateNoise, stateNoise >= 0 && stateNoise <= 1, "a share of the noise, from 0 to 1")
  must(`${prefix}average`, average, average >= 0 && average < 1, "a number of at least 0, below 1")
}
