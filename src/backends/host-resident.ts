// Resident state in the memory of the calling thread, for CPU backends.

import { compileForArrays, type Values } from "../core/expr-arrays.ts"
import { initialValues, setValues } from "../core/params.ts"
import { type Keys, streamOf } from "../core/rng.ts"
import { overCopies } from "../plan/copies.ts"
import { GRADIENT, type Update, type UpdateStage, WEIGHTS } from "../plan/update.ts"
import type { Program } from "./backend.ts"
import type { Arrays, Resident } from "./resident.ts"

/**
 * Keeps weights and arrays in this thread's memory. Updates are computed in float64 and stored as float32.
 */
export function hostResident(program: Program, update: Update): Resident {
  const { shared: tensors, trainableSize } = program.plan
  const shared = initialValues(tensors, 0)
  const fresh = () => Object.fromEntries(update.arrays.map((name) => [name, new Float32Array(trainableSize)]))
  const arrays: Record<string, Float32Array> = { ...fresh(), [WEIGHTS]: shared.subarray(0, trainableSize) }
  const run = hostUpdate(update, trainableSize)
  const remembered = [fresh(), fresh()]
  let moments = 0
  return {
    async step(blocks, options, { settings, numbers, keys }) {
      setValues(tensors, shared, settings)
      const { outputs, gradient } = await program.run(shared, blocks, options)
      const began = gradient.every(Number.isFinite)
      const sums = run({ ...arrays, [GRADIENT]: gradient }, numbers, keys)
      return { outputs, sums, finite: began && arrays[WEIGHTS].every(Number.isFinite) }
    },
    remember() {
      const number = ++moments
      const into = remembered[number % 2]
      for (const name of update.arrays) into[name].set(arrays[name])
      return {
        async read() {
          if (moments > number + 1) throw new Error("this snapshot is too old: read it before two later ones are taken")
          return Object.fromEntries(update.arrays.map((name) => [name, into[name].slice()]))
        },
      }
    },
    read: async (name) => arrays[name].slice(),
    write(given) {
      for (const [name, values] of Object.entries(given)) arrays[name].set(values)
    },
    dispose: async () => {},
  }
}

type Numbers = Readonly<Record<string, number>>

/** Compiles an update to a function that changes the given arrays in place and returns the sums. */
export function hostUpdate(update: Update, size: number) {
  const scratch = Object.fromEntries(update.scratch.map((name) => [name, new Float64Array(size)]))
  const steps = update.stages.map((stage) => compileStage(stage, update, size))
  return (arrays: Arrays, numbers: Numbers, keys: Readonly<Record<string, Keys>>): Record<string, number> => {
    const missing = update.numbers.find((name) => numbers[name] === undefined)
    if (missing !== undefined) throw new Error(`update: the step got no value for ${missing}`)
    const sums: Record<string, number> = {}
    const values: Record<string, Values> = { ...arrays, ...scratch, ...numbers }
    for (const step of steps) step(values, keys, sums)
    return sums
  }
}

type HostStage = (
  values: Record<string, Values>,
  keys: Readonly<Record<string, Keys>>,
  sums: Record<string, number>,
) => void

function compileStage(stage: UpdateStage, { operands, copies }: Update, size: number): HostStage {
  switch (stage.k) {
    case "map": {
      const run = compileForArrays(stage.value)
      return (values) =>
        run(
          operands.map(({ name }) => values[name]),
          values[stage.to] as Float32Array,
        )
    }
    case "sum": {
      const run = compileForArrays(stage.value)
      const each = new Float64Array(size)
      return (values, _, sums) => {
        run(
          operands.map(({ name }) => values[name]),
          each,
        )
        let sum = 0
        for (let i = 0; i < size; i++) sum += each[i]
        values[stage.to] = sums[stage.to] = sum
      }
    }
    case "copies":
      return (values) => {
        const to = values[stage.to] as Float64Array
        to.set(values[stage.of] as Float32Array)
        overCopies(to, copies, stage.take)
      }
    case "normal":
      return (values, keys) => {
        const to = values[stage.to] as Float64Array
        const stream = streamOf(keys[stage.keys])
        for (let i = 0; i < size; i++) to[i] = stream.normal()
      }
  }
}
