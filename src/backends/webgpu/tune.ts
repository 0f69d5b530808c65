// The autotuner: which tile, workgroup and mode is fastest for a plan on this adapter, and whether subgroups
// and matrices are worth it. A candidate is timed only after its results have been found equal to those of
// another backend; one that is wrong, or that the device refuses, is out. The clock is an argument.

import type { Plan } from "../../plan/plan.ts"
import type { Block, Program, RunResult } from "../backend.ts"
import type { AdapterInfo } from "./adapter.ts"
import { webgpu } from "./index.ts"
import type { Tuned } from "./settings.ts"

/**
 * What is tried. Tiles of 24, 12 and 6 sums; few or many invocations; few or many lanes a workgroup; launches
 * for all or for one call.
 */
export const candidates: readonly Tuned[] = [
  ...[32, 16, 8].flatMap((registers) =>
    [128, 256].flatMap((size) => [2, 4, 16].map((lanes) => ({ mode: "deep" as const, registers, size, lanes }))),
  ),
  ...[32, 16].map((registers) => ({ mode: "wide" as const, registers, size: 256, lanes: 16 })),
]

/** What is tried after the candidates, from the fastest of them on: what this adapter offers besides. */
export function furtherCandidates(best: Tuned, { subgroup, matrices }: AdapterInfo, half: boolean): Tuned[] {
  const withSums = subgroup > 1 && !best.subgroups ? [{ ...best, subgroups: true }] : []
  if (!half || !matrices) return withSums
  return [...withSums, ...[best, ...withSums].map((settings) => ({ ...settings, matrices: true }))]
}

export interface Trial {
  readonly settings: Tuned
  /** Median of the timed runs; absent where it was not timed. */
  readonly ms?: number
  /** Why it is out. */
  readonly out?: string
}

/** Those that were not timed come last. */
export const fastestFirst = (a: Trial, b: Trial): number =>
  (a.ms ?? Number.POSITIVE_INFINITY) - (b.ms ?? Number.POSITIVE_INFINITY)

export interface TuneOptions {
  readonly now: () => number
  /** Timed runs of each candidate. */
  readonly runs: number
  readonly among?: readonly Tuned[]
  /** For `webgpu-half`. */
  readonly half?: boolean
  /** Called after each candidate. */
  readonly progress?: (trial: Trial) => void
}

/**
 * Largest difference that counts as equal, in units of a tensor's largest number: float32 summed in different
 * orders; f16 has 11 bits.
 */
export const TOLERANCE = 1e-4
export const HALF_TOLERANCE = 2e-2
/** No tensor's largest number counts as less: where all is next to nothing, rounding is no error. */
const LEAST_SCALE = 1e-3

/** All trials, the fastest first. `truth` runs the same plan elsewhere. */
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

/** What is not equal, in words; undefined where all is. */
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
