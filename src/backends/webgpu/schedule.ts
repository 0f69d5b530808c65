// The launches of a step: which pipelines run, how often, and over how many workgroups. It is free of side
// effects, so that tests and `npm run bench -- --plan` can count launches.

import { LANES } from "../../core/lanes.ts"
import { indices } from "../../kernel/segments.ts"
import type { Plan } from "../../plan/plan.ts"
import type { Stage } from "./program.ts"

export interface Dispatch {
  readonly stage: number
  /** The index of its step range in `ranges`. */
  readonly range: number
  readonly x: number
  readonly y: number
}

/** Alignment of dynamic uniform offsets that every device supports, in bytes. */
export const RANGE_BYTES = 256
/** The largest number of workgroups per dimension that every device supports. */
const MOST_WORKGROUPS = 65535

export interface ScheduleOptions {
  readonly mode: "deep" | "wide"
  readonly size: number
  readonly lanes: number
  /** The most nominal operations of one dispatch. */
  readonly operations: number
}

/** Splits a wave into dispatches. Blocks must be ordered by steps, most first. */
export function dispatchesOf(
  plan: Plan,
  stages: readonly Stage[],
  blocks: readonly { readonly L: number; readonly T: number }[],
  { mode, size, lanes, operations }: ScheduleOptions,
): { dispatches: Dispatch[]; ranges: Int32Array } {
  const ranges: (readonly [number, number])[] = [[0, 0]]
  const numbers = new Map<string, number>()
  const rangeOf = (from: number, to: number): number => {
    const key = `${from} ${to}`
    let number = numbers.get(key)
    if (number === undefined) {
      number = ranges.push([from, to]) - 1
      numbers.set(key, number)
    }
    return number
  }
  const parts = LANES / lanes
  const groups = (stage: Stage, active: number): number => {
    if (stage.single) return 1
    if (stage.groups !== undefined) return Math.min(MOST_WORKGROUPS, stage.groups)
    const context = { step: 0, seed: 0, trainStep: 0, firstExample: 0 }
    const wanted = blocks
      .slice(0, active)
      .map((b) => Math.max(1, ...stage.segments.map((s) => indices(s, { ...context, ...b }))))
    return Math.min(MOST_WORKGROUPS, Math.ceil((Math.max(...wanted) * lanes) / size))
  }
  const dispatches: Dispatch[] = []
  const steps = Math.max(...blocks.map((b) => b.T))
  const perStep = blocks.reduce((sum, b) => sum + operationsAStep(plan, b.L), 0)
  const chunk = mode === "wide" ? 1 : Math.max(1, Math.floor(operations / Math.max(1, perStep)))
  for (let i = 0; i < stages.length; ) {
    const stage = stages[i]
    if (stage.loop === "once") {
      dispatches.push({ stage: i, range: 0, x: groups(stage, blocks.length), y: blocks.length * parts })
      i++
      continue
    }
    let end = i
    while (end < stages.length && stages[end].scan === stage.scan) end++
    for (let from = 0; from < steps; from += chunk) {
      const active = blocks.filter((b) => b.T > from).length
      for (let s = i; s < end; s++)
        dispatches.push({
          stage: s,
          range: rangeOf(from, Math.min(steps, from + chunk)),
          x: groups(stages[s], active),
          y: active * parts,
        })
    }
    i = end
  }
  const words = new Int32Array((ranges.length * RANGE_BYTES) / 4)
  ranges.forEach((range, i) => words.set(range, (i * RANGE_BYTES) / 4))
  return { dispatches, ranges: words }
}

/**
 * An upper bound on the multiplications and additions of one scan step of one lane block at length L. It
 * counts all convolutions; the backward pass counts as two forward passes.
 */
function operationsAStep(plan: Plan, L: number): number {
  const kernels = plan.shared.filter((t) => t.shape.length >= 2).reduce((sum, t) => sum + t.size, 0)
  const widths = plan.buffers.map((b) => (b.shape.length === 3 && b.lane ? Number(b.shape[1]) || 1 : 1))
  return 2 * 3 * kernels * L * Math.max(1, ...widths) * LANES
}
