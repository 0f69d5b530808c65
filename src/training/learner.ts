// How weights learn from the gradient of a step: copies are pulled together, the gradient is clipped and gets its noise, the optimiser moves, weights
// shrink, the average follows. This is what a learner means, and what all backends use that have none of their own; those keep the weights where they run.

import type { Program } from "../backends/backend.ts"
import { type Arrays, arraysOf, inputsOf, type Learner, type LearningRule } from "../backends/learner.ts"
import { add, input, mul, sub } from "../core/expr.ts"
import { type Assignment, compileForArrays } from "../core/expr-arrays.ts"
import { initialValues, setValues } from "../core/params.ts"
import type { Plan } from "../plan/plan.ts"
import { assignmentsOf, type Optimizer } from "./optimizers/optimizer.ts"
import { clipElements, clipGlobalNorm } from "./techniques/clip.ts"
import { addNoise } from "./techniques/gradient-noise.ts"
import { addPull, averageCopies, foldGradient, relaxedTensors, spreadGradient } from "./techniques/relaxation.ts"
import { shrunk } from "./techniques/shrinkage.ts"

/** The rule of an optimiser for the tensors of a plan, of which some have copies. `shrinkage`: how much nearer to 0 each weight comes besides. */
export function ruleOf(optimizer: Optimizer, plan: Plan, shrinkage = 0): LearningRule {
  const { slots, numbers } = optimizer
  const rule = { slots, numbers, update: [], copies: relaxedTensors(plan.shared) }
  const names = inputsOf(rule)
  const of = (name: string) => input(names.indexOf(name))
  // average ← average · decay + weights · (1 − decay)
  const average: Assignment = {
    to: "average",
    value: add(mul(of("decay"), of("average")), mul(sub(1, of("decay")), of("weights"))),
  }
  const moved = assignmentsOf(optimizer, names).map(({ to, value }) => ({
    to,
    value: to === "weights" ? shrunk(value, shrinkage) : value,
  }))
  return { ...rule, update: [...moved, average] }
}

/** The program's own learner, or the one that all backends share. */
export const learnerOf = (program: Program, rule: LearningRule): Promise<Learner> =>
  program.learner?.(rule) ?? Promise.resolve(hostLearner(program, rule))

export function hostLearner(program: Program, rule: LearningRule): Learner {
  const { shared: tensors, trainableSize } = program.plan
  const shared = initialValues(tensors, 0)
  const names = arraysOf(rule)
  const fresh = () => Object.fromEntries(names.map((name) => [name, new Float32Array(trainableSize)]))
  const arrays: Arrays = { ...fresh(), weights: shared.subarray(0, trainableSize) }
  const { weights } = arrays
  const update = rule.update.map(({ to, value }) => ({ to, run: compileForArrays(value) }))
  const kept: [Arrays, Arrays] = [fresh(), fresh()]
  let keeps = 0
  return {
    async step(blocks, options, { settings, numbers, decay, averaged, pull, ...given }) {
      setValues(tensors, shared, settings)
      const { outputs, gradient } = await program.run(shared, blocks, options)
      // the cost of relaxation is a part of the loss: its gradient is clipped with the rest
      const distance = averaged ? 0 : addPull(gradient, weights, rule.copies, pull)
      if (averaged) foldGradient(gradient, rule.copies)
      if (given.clipElements !== Number.POSITIVE_INFINITY) clipElements(gradient, given.clipElements)
      const norm = clipGlobalNorm(gradient, given.clip)
      addNoise(gradient, given)
      if (averaged) spreadGradient(gradient, rule.copies)
      const values: Readonly<Record<string, Float32Array | number>> = { gradient, ...arrays, ...numbers, decay }
      const inputs = inputsOf(rule).map((name) => values[name])
      for (const { to, run } of update) run(inputs, arrays[to])
      return { outputs, norm, distance, finite: weights.every(Number.isFinite) }
    },
    keep() {
      const number = ++keeps
      const into = kept[number % 2]
      for (const name of names) into[name].set(arrays[name])
      return {
        async read() {
          if (keeps > number + 1)
            throw new Error("this state was kept too long ago: read it before the step after next")
          return Object.fromEntries(names.map((name) => [name, into[name].slice()]))
        },
      }
    },
    read: async (name) => arrays[name].slice(),
    write(given) {
      for (const [name, values] of Object.entries(given)) arrays[name].set(values)
    },
    averageCopies() {
      for (const name of names) averageCopies(arrays[name], rule.copies)
    },
    dispose: async () => {},
  }
}
