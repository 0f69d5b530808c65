// The autotuner: finds the fastest tile, workgroup and mode of a plan on this adapter, and whether subgroups
// and matrices pay off. A candidate is timed only after its results match those of another backend. One that
// is wrong, or that the device refuses, is rejected. The clock is an argument, for tests.

import type { Plan } from "../../plan/plan.ts"
import type { Block, Program, RunResult } from "../backend.ts"
import type { AdapterInfo } from "./adapter.ts"
import { webgpu } from "./index.ts"
import type { Tuned } from "./settings.ts"

/**
 * The first candidates: tiles of 24, 12 and 6 sums; few or many invocations; few or many lanes per workgroup;
 * both modes.
 */
export const candidates: readonly Tuned[] = [
  ...[32, 16, 8].flatMap((registers) =>
    [128, 256].flatMap((size) => [2, 4, 16].map((lanes) => ({ mode: "deep" as const, registers, size, lanes }))),
  ),
  ...[32, 16].map((registers) => ({ mode: "wide" as const, registers, size: 256, lanes: 16 })),
]

/** Later candidates: the fastest so far, with the further features of this adapter. */
export function furtherCandidates(best: Tuned, { subgroup, matrices }: AdapterInfo, half: boolean): Tuned[] {
  const withSums = subgroup > 1 && !best.subgroups ? [{ ...best, subgroups: true }] : []
  if (!half || !matrices) return withSums
  return [...withSums, ...[best, ...withSums].map((settings) => ({ ...settings, matrices: true }))]
}

export interface Trial {
  readonly settings: Tuned
  /** Median of the timed runs, in milliseconds; undefined if not timed. */
  readonly ms?: number
  /** Why it was rejected. */
  readonly out?: string
}

/** Sorts trials by time; those not timed come last. */
export const fastestFirst = (a: Trial, b: Trial): number =>
  (a.ms ?? Number.POSITIVE_INFINITY) - (b.ms ?? Number.POSITIVE_INFINITY)

export interface TuneOptions {
  readonly now: () => number
  /** Timed runs per candidate. */
  readonly runs: number
  readonly among?: readonly Tuned[]
  /** For `webgpu-half`. */
  readonly half?: boolean
  /** Called after each candidate. */
  readonly progress?: (trial: Trial) => void
}

/**
 * The largest difference that counts as equal, relative to the largest number of a tensor. f32 sums depend on
 * their order; f16 has 11 bits.
 */
export const TOLERANCE = 1e-4
export const HALF_TOLERANCE = 2e-2
/** Lower bound on the scale of a tensor: where all numbers are tiny, rounding is no error. */
const LEAST_SCALE = 1e-3

/**
 * Tries all candidates and returns the trials, fastest first. `truth` runs the same plan on another backend.
 */
export async function tune(
  plan: Plan,
  truth: Program,
  shared: Float32Array,
  blocks: readonly Block[],
  { now, runs, among = candidates, half = false, progress }: TuneOptions,
): Promise<Trial[]> {
  const options = { seed: 1, trainStep: 0 }
  const { outputs, gradient } = await truth.run(shared, blocks, options)
  const want = { outputs: outputs.map((o) => structuredClone(o)), gradient: gradient.slice() }
  const trials: Trial[] = []
  for (const settings of among) {
    const trial = await attempt(settings)
    trials.push(trial)
    progress?.(trial)
  }
  return trials.sort(fastestFirst)

  async function attempt(settings: Tuned): Promise<Trial> {
    let program: Program | undefined
    try {
      program = await webgpu({ ...settings, half }).compile(plan)
      const wrong = differs(await program.run(shared, blocks, options), want, half ? HALF_TOLERANCE : TOLERANCE)
      if (wrong !== undefined) return { settings, out: wrong }
      const times: number[] = []
      for (let i = 0; i < runs; i++) {
        const begin = now()
        await program.run(shared, blocks, options)
        times.push(now() - begin)
      }
      return { settings, ms: times.sort((a, b) => a - b)[runs >> 1] }
    } catch (error) {
      return { settings, out: (error as Error).message.split("\n")[0] }
    } finally {
      await program?.dispose()
    }
  }
}

/** Describes the first difference between two results; undefined if they match. */
export function differs(got: RunResult, want: RunResult, tolerance = TOLERANCE): string | undefined {
  const apart = (a: Float32Array, b: Float32Array) => {
    const scale = b.reduce((most, x) => Math.max(most, Math.abs(x)), LEAST_SCALE)
    const worst = b.reduce((most, x, i) => Math.max(most, Math.abs(a[i] - x)), 0) / scale
    return a.length !== b.length || !(worst <= tolerance)
  }
  for (const [i, block] of want.outputs.entries())
    for (const [name, values] of Object.entries(block))
      if (apart(got.outputs[i][name], values)) return `its ${name} is wrong`
  return apart(got.gradient, want.gradient) ? "its gradient is wrong" : undefined
}
