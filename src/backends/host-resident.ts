// Resident state in the memory of the calling thread, for CPU backends.

import { inputsOf } from "../core/expr.ts"
import { compilePass, type Values } from "../core/expr-arrays.ts"
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
      const began = allFinite(gradient)
      const sums = run({ ...arrays, [GRADIENT]: gradient }, numbers, keys)
      return { outputs, sums, finite: began && allFinite(arrays[WEIGHTS]) }
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

/** Whether every number is finite. */
function allFinite(values: Float32Array): boolean {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] - values[i] // NaN where one is not
  return sum === 0
}

type Numbers = Readonly<Record<string, number>>
type AllKeys = Readonly<Record<string, Keys>>

/** Compiles an update to a function that changes the given arrays in place and returns the sums. */
export function hostUpdate(update: Update, size: number) {
  const scratch = Object.fromEntries(update.scratch.map((name) => [name, new Float64Array(size)]))
  const steps = passesOf(update).map((stages) => compileStages(stages, update, size))
  return (arrays: Arrays, numbers: Numbers, keys: AllKeys): Record<string, number> => {
    const missing = update.numbers.find((name) => numbers[name] === undefined)
    if (missing !== undefined) throw new Error(`update: the step got no value for ${missing}`)
    const values: Record<string, Values> = { ...arrays, ...scratch, ...numbers }
    for (const step of steps) step(values, keys)
    return Object.fromEntries(update.sums.map((name) => [name, values[name] as number]))
  }
}

/** Stages that go over the elements together: maps and sums, up to one that reads a sum of its own pass. */
function passesOf({ stages, operands }: Update): UpdateStage[][] {
  const passes: UpdateStage[][] = []
  for (const stage of stages) {
    const last = passes[passes.length - 1] ?? []
    const sums = last.filter(({ k }) => k === "sum").map(({ to }) => to)
    const reads = "value" in stage ? [...inputsOf(stage.value)].map((i) => operands[i].name) : []
    const joins = "value" in stage && last.every((one) => "value" in one) && !reads.some((name) => sums.includes(name))
    if (joins && last.length > 0) last.push(stage)
    else passes.push([stage])
  }
  return passes
}

type HostStep = (values: Record<string, Values>, keys: AllKeys) => void

function compileStages(stages: readonly UpdateStage[], update: Update, size: number): HostStep {
  const [stage] = stages
  switch (stage.k) {
    case "map":
    case "sum":
      return compileExpressions(
        stages.filter((one) => "value" in one),
        update,
        size,
      )
    case "copies":
      return (values) => {
        if (values[stage.when.number] !== stage.when.is) return
        const to = values[stage.to] as Float64Array
        to.set(values[stage.of] as Float32Array)
        overCopies(to, update.copies, stage.take)
      }
    case "normal":
      return (values, keys) => {
        const to = values[stage.to] as Float64Array
        const stream = streamOf(keys[stage.keys])
        for (let i = 0; i < size; i++) to[i] = stream.normal()
      }
  }
}

type Expression = Extract<UpdateStage, { value: unknown }>

function compileExpressions(stages: readonly Expression[], { operands }: Update, size: number): HostStep {
  const names = operands.map(({ name }) => name)
  for (const { k, to } of stages) if (k === "map" && !names.includes(to)) names.push(to)
  const run = compilePass(
    stages.map(({ k, to, value }) => ({ to: k === "sum" ? "sum" : names.indexOf(to), value })),
    (i) => operands[i]?.isArray ?? true,
  )
  const sums = stages.filter(({ k }) => k === "sum")
  return (values) => {
    const added = run(
      names.map((name) => values[name]),
      size,
    )
    for (const [i, { to }] of sums.entries()) values[to] = added[i]
  }
}
