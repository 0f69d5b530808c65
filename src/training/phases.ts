// A run is a list of phases. Each phase has an end, a learning-rate schedule, and the options of every
// technique.

import * as v from "valibot"
import type { GraphTechnique } from "../models/index.ts"
import {
  check,
  custom,
  defaultsOf,
  type Fields,
  merged,
  type PartialValues,
  type ValuesOf,
  type Variants,
} from "../schema/index.ts"
import type { FoundTask } from "../tasks/index.ts"
import { schedules } from "./schedules/index.ts"
import type { Technique } from "./technique.ts"
import { techniques } from "./techniques/index.ts"

type Techniques = typeof techniques
export type TechniqueName = keyof Techniques

/** All techniques, as the trainer sees them. */
export const allTechniques: readonly (Technique & { readonly name: string })[] = Object.values(techniques)

const ends = ["joined", "learned", "goal"] as const
export type Until = (typeof ends)[number] | number

type FieldsOf<Of extends { readonly [name: string]: { readonly fields: Fields } }> = {
  [N in keyof Of]: Of[N]["fields"]
}
/** The fields of each entry of a registry. */
export const fieldsOf = <Of extends { readonly [name: string]: { readonly fields: Fields } }>(of: Of): FieldsOf<Of> =>
  Object.fromEntries(Object.entries(of).map(([name, { fields }]) => [name, fields])) as FieldsOf<Of>

const schedule: Variants<FieldsOf<typeof schedules>> = {
  kind: "variants",
  of: fieldsOf(schedules),
  default: "constant",
  about: "How the learning rate moves.",
  flag: "--schedule <name>",
}

/** The fields of a phase. */
export const phaseFields = {
  until: custom<Until>(
    v.union([v.picklist(ends), v.pipe(v.number(), v.safeInteger(), v.minValue(1))]),
    `one of ${ends.join(", ")}, or a number of steps of at least 1`,
    "goal",
    "When the phase ends: once all sizes have joined, the trained sizes are learned, the goal is met, or after a number of steps.",
  ),
  schedule,
  ...fieldsOf(techniques),
}
export type Phase = ValuesOf<typeof phaseFields>
export type PartialPhase = PartialValues<Phase>

/** A phase with every technique switched off. */
export const plainPhase = (): Phase => defaultsOf(phaseFields)

/** Completes phases: the first one from `base`, each later one from the phase before it. */
export function resolvePhases(given: readonly PartialPhase[], base: Phase): Phase[] {
  let before = base
  return given.map((phase) => {
    before = merged(phaseFields, { ...before, until: phaseFields.until.default }, phase)
    return before
  })
}

/** Whether a technique supports a task. */
export const fitsTask = ({ tasks }: Technique, { kind, hasHard }: FoundTask): boolean =>
  tasks === "all" || (kind === "symbols" && (tasks === "symbols" || hasHard))

/** A phase with the techniques off that a model's graph does not have, or that do not support the task. */
export function withoutUnsupported(phase: Phase, supported: readonly GraphTechnique[], task?: FoundTask): Phase {
  const missing = allTechniques.filter(
    (technique) =>
      (technique.needs !== null && !supported.includes(technique.needs)) || (task && !fitsTask(technique, task)),
  )
  return { ...phase, ...Object.fromEntries(missing.map(({ name, fields }) => [name, defaultsOf(fields)])) }
}

/**
 * Checks a phase.
 * @param path of the phase in the config, for errors
 * @throws UserError that names the invalid field
 */
export function checkPhase(phase: unknown, path: string): asserts phase is Phase {
  check(phaseFields, phase, path)
  for (const technique of allTechniques)
    technique.check(optionsOf(phase as Phase, technique.name), `${path}.${technique.name}`)
}

/** The options of a technique in a phase. */
export const optionsOf = (phase: Phase, name: string): object => phase[name as TechniqueName]
