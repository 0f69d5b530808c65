// Describes training events: one sentence, or short fields for a line that is redrawn.

import type { StepEvent, TrainEvent } from "../training/events.ts"
import { bitsText } from "./eval.ts"
import { grouped, percent } from "./output.ts"
import type { Status } from "./session.ts"
import { clock } from "./values.ts"

/**
 * The fields of a step with their importance. Where a line is short, fields with larger numbers are dropped
 * first.
 */
export function stepFields(
  event: StepEvent,
  { seconds, size, stepsPerSecond, left }: Status,
  at?: { size: number; symbol: number },
) {
  const fields: [importance: number, text: string][] = [
    [1, `step ${grouped(event.step)}`],
    [2, `size ${size}`],
    [4, event.bits === undefined ? `error ${event.error.toPrecision(3)}` : `${event.bits.toPrecision(3)} bits`],
    [3, `right ${percent(event.symbol, 1)}`],
  ]
  if (at) fields.push([5, `at ${at.size} ${percent(at.symbol, 1)}`])
  if (stepsPerSecond > 0) fields.push([7, `${speed(stepsPerSecond)} steps/s`])
  fields.push([8, `seed ${event.seed}`])
  fields.push(left === undefined ? [6, clock(seconds)] : [6, `${clock(left)} left`])
  return fields
}

/** The most important fields that fit, in their order. */
export function fitting(fields: readonly (readonly [importance: number, text: string])[], columns: number): string {
  const join = (most: number) =>
    fields
      .filter(([importance]) => importance <= most)
      .map(([, text]) => text)
      .join("  ")
  let most = fields.length + 1
  while (most > 1 && join(most).length > columns) most--
  return join(most).slice(0, Math.max(0, columns))
}

export const stepLine = (event: StepEvent, status: Status): string =>
  fitting(stepFields(event, status), Number.POSITIVE_INFINITY)

const speed = (perSecond: number): string => (perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1))

/** Describes any other event in one sentence; undefined if there is nothing to say. */
export function sentence(event: Exclude<TrainEvent, StepEvent>): string | undefined {
  const step = `step ${grouped(event.step)}`
  switch (event.type) {
    case "start":
      return `${event.step > 0 ? `resuming at ${step}` : "starting"}: ${grouped(event.parameters)} parameters on ${event.device}, seed ${event.seed}`
    case "evaluation":
      return `${step}: ${event.task === undefined ? "" : `${event.task}, `}size ${event.size}${event.families ? " (worst cases)" : event.hard ? " (hard cases)" : ""}: ${percent(event.exact)} of ${event.samples} answers correct, ${percent(event.symbol)} of ${event.bits === undefined ? "symbols" : `bits, ${bitsText(event.bits, event.bound)}`}`
    case "goal":
      return event.streak > 0
        ? `${step}: all correct at the goal size (${event.streak} of ${event.times} in a row)`
        : undefined
    case "learned":
      return `${step}: the trained sizes are learned; from now on the goal is measured at larger sizes`
    case "phase":
      return `${step}: phase ${event.phase + 1} of ${event.phases} begins`
    case "restart":
      return `${step}, seed ${event.seed - 1}: ${event.reason}; restarting with seed ${event.seed}`
    case "recovery":
      return `${step}: ${event.reason}; the weights are replaced by their EMA`
    case "rollback":
      return `${step}: ${event.reason}; rolled back to step ${grouped(event.to)}`
    case "checking":
    case "done":
      return undefined
    default:
      return event satisfies never
  }
}
