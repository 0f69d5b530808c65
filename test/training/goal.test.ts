// When a run has succeeded: both state machines with made-up measurements, what a measurement accepts, and
// that the EMA is measured.

import { describe, expect, it } from "vitest"
import type { Backend } from "../../src/backends/backend.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { isSymbols } from "../../src/encoding/encoding.ts"
import { encodingOf, type Score } from "../../src/encoding/index.ts"
import type { Examples } from "../../src/inference/evaluate.ts"
import type { Predictor } from "../../src/inference/predictor.ts"
import type { Plan } from "../../src/plan/plan.ts"
import { createTask } from "../../src/tasks/index.ts"
import { defaultConfig, resolveConfig } from "../../src/training/config.ts"
import type { TrainEvent } from "../../src/training/events.ts"
import {
  type Found,
  type GoalConfig,
  goalMeasurements,
  isMet,
  LEARNED_TIMES,
  learnedAfter,
  measureGoal,
  type Wanted,
} from "../../src/training/goal.ts"
import { measure } from "../../src/training/measure.ts"
import { train } from "../../src/training/trainer.ts"
import { collect, learnedAt2, of } from "./runs.ts"

const goal: GoalConfig = {
  ...defaultConfig.goal,
  size: 100,
  samples: 8,
  times: 3,
  confirm: { size: 500, samples: 4 },
}
const from = { longest: 20, hasHard: true }
type Goal = Parameters<typeof measureGoal>[1]

/** Measures a goal once; `isRight` takes the place of a model. */
async function measured(before: Goal, isRight: (wanted: Wanted) => boolean, config = goal) {
  const asked: Wanted[] = []
  async function* measure(wanted: Wanted): AsyncGenerator<TrainEvent, Found> {
    asked.push(wanted)
    yield { type: "checking", step: 0, size: wanted.size, length: wanted.size, done: 0, of: wanted.samples }
    const right = isRight(wanted)
    return { right, exact: Number(right), symbol: right ? 1 : 0.5 + wanted.size / 1000 }
  }
  const steps = measureGoal(config, before, goalMeasurements(config, { ...from, streak: before.streak }), measure)
  let result = await steps.next()
  while (!result.done) result = await steps.next()
  return { goal: result.value, asked }
}
const begin: Goal = { streak: 0, symbol: 0 }
const all = () => true
const none = () => false

describe("the trained sizes", () => {
  const checked = (...shares: number[]) =>
    shares.reduce((state, exact, i) => learnedAfter(state, exact, 0.9, 10 * (i + 1)), {
      streak: 0,
      since: null,
    } as Parameters<typeof learnedAfter>[0])

  it("are learned after so many right checks in a row", () => {
    expect(LEARNED_TIMES).toBe(2)
    expect(checked(0.9)).toEqual({ streak: 1, since: null })
    expect(checked(1, 0.9)).toEqual({ streak: 2, since: 20 })
  })

  it("are not, where a check between them misses: it resets the streak", () => {
    expect(checked(1, 0.89, 1)).toEqual({ streak: 1, since: null })
    expect(checked(1, 0, 1, 1)).toEqual({ streak: 2, since: 40 })
  })

  it("stay learned since then", () => {
    expect(checked(1, 1, 0)).toEqual({ streak: 0, since: 20 })
    expect(checked(1, 1, 1).since).toBe(20)
  })
})

describe("the goal", () => {
  it("asks the cheap probe first, then random examples of its size, then hard ones", async () => {
    const { goal: after, asked } = await measured(begin, all)
    expect(asked).toEqual([
      { size: 40, samples: 32, asked: "random" },
      { size: 100, samples: 8, asked: "random" },
      { size: 100, samples: 8, asked: "hard" },
    ])
    expect(after).toEqual({ streak: 1, symbol: 1 })
  })

  it("probes no further than its size, and asks no hard ones where there are none", () => {
    const list = goalMeasurements({ ...goal, size: 30 }, { longest: 20, streak: 0, hasHard: false })
    expect(list).toEqual([
      { size: 30, samples: 32, asked: "random" },
      { size: 30, samples: 8, asked: "random" },
    ])
  })

  it("asks families of worst cases near the trained sizes and at its size, if it is told to", () => {
    const list = goalMeasurements({ ...goal, families: 5 }, { longest: 20, streak: 2, hasHard: true })
    expect(list).toEqual([
      { size: 40, samples: 32, asked: "random" },
      { size: 40, samples: 5, asked: "families" },
      { size: 100, samples: 8, asked: "random" },
      { size: 100, samples: 8, asked: "hard" },
      { size: 100, samples: 5, asked: "families" },
      { size: 500, samples: 4, asked: "random" },
    ])
  })

  it("stops at the first that is not right", async () => {
    const { goal: after, asked } = await measured(begin, ({ asked, size }) => asked === "random" && size < 100)
    expect(asked.map(({ size }) => size)).toEqual([40, 100])
    expect(after).toEqual({ streak: 0, symbol: 0.6 })
  })

  it("is met after so many measurements in a row, and a miss between them resets the streak", async () => {
    let state = begin
    const streaks: number[] = []
    for (const right of [all, all, none, all, all, all]) {
      expect(isMet(state, goal)).toBe(false)
      state = (await measured(state, right)).goal
      streaks.push(state.streak)
    }
    expect(streaks).toEqual([1, 2, 0, 1, 2, 3])
    expect(isMet(state, goal)).toBe(true)
  })

  it("is not met where only hard examples are wrong, or only worst cases", async () => {
    expect((await measured({ streak: 2, symbol: 1 }, ({ asked }) => asked !== "hard")).goal.streak).toBe(0)
    const worst = { ...goal, families: 2 }
    const after = await measured({ streak: 2, symbol: 1 }, ({ asked }) => asked !== "families", worst)
    expect(after.goal.streak).toBe(0)
  })

  it("is confirmed further out only where the streak would be complete", async () => {
    const sizes = async (streak: number) => (await measured({ streak, symbol: 1 }, all)).asked.map(({ size }) => size)
    expect(await sizes(0)).toEqual([40, 100, 100])
    expect(await sizes(1)).toEqual([40, 100, 100])
    expect(await sizes(2)).toEqual([40, 100, 100, 500])
  })

  it("must be confirmed: a wrong answer there resets the streak, and does not count as one at the goal's size", async () => {
    const { goal: after } = await measured({ streak: 2, symbol: 0.7 }, ({ size }) => size < 500)
    expect(after).toEqual({ streak: 0, symbol: 1 })
    expect(isMet(after, goal)).toBe(false)
    expect((await measured({ streak: 2, symbol: 0.7 }, all)).goal).toEqual({ streak: 3, symbol: 1 })
  })

  it("needs no confirmation where none is wanted", async () => {
    const { asked, goal: after } = await measured({ streak: 2, symbol: 1 }, all, { ...goal, confirm: null })
    expect(asked.map(({ size }) => size)).toEqual([40, 100, 100])
    expect(after.streak).toBe(3)
  })
})

describe("a measurement", () => {
  const config = resolveConfig({})
  const encoding = encodingOf(config.task, config.model)
  const score: Score = { symbols: 100, symbolsRight: 100, answers: 10, answersRight: 10, bits: 0, bound: 0 }

  async function found(of: Partial<Score>, bits: number | null = null) {
    async function* waves() {
      yield { size: 3, length: 9, done: 0, of: 10 }
      return { ...score, ...of }
    }
    const predictor = { encoding, waves } as unknown as Predictor
    const measuring = { config: { ...config, goal: { ...goal, bits } }, predictor, state: { step: 7, seed: 1 } }
    const steps = measure(measuring, { size: 3, samples: 10, asked: "random" })
    const events: TrainEvent[] = []
    let result = await steps.next()
    for (; !result.done; result = await steps.next()) events.push(result.value)
    return { found: result.value, events }
  }

  it("is right where every answer is right as a whole: right symbols are not enough", async () => {
    expect((await found({})).found).toEqual({ right: true, exact: 1, symbol: 1 })
    const one = await found({ symbolsRight: 99, answersRight: 9 })
    expect(one.found).toEqual({ right: false, exact: 0.9, symbol: 0.99 })
    expect(one.events.map(({ type }) => type)).toEqual(["checking", "evaluation"])
  })

  it("of families asks as many of each", async () => {
    const asked: Examples[] = []
    // biome-ignore lint/correctness/useYield: nothing is asked
    async function* waves(examples: Examples) {
      asked.push(examples)
      return score
    }
    const predictor = { encoding, waves } as unknown as Predictor
    const measuring = { config, predictor, state: { step: 7, seed: 1 } }
    const wanted = { size: 12, samples: 3, asked: "families" } as const
    const event = await measure(measuring, wanted).next()
    expect(event.value).toMatchObject({ type: "evaluation", size: 12, hard: false, families: true })
    const [{ count, take }] = asked
    expect(count).toBe(3 * encoding.families.length)
    const taken = take(count).filter(isSymbols)
    expect(taken.map(({ target }) => String(target))).toEqual(
      taken.map(({ input }) => String(createTask("add").oracle(input))),
    )
    expect(new Set(taken.map(({ input }) => String(input))).size).toBeGreaterThan(count / 2)
    // the first family again and again, with the same random numbers
    await measure(measuring, { ...wanted, samples: 1 }).next()
    expect(asked[1].take(1)).toEqual(taken.slice(0, 1))
  })

  it("of families is refused where the task has none", () => {
    expect(() =>
      resolveConfig({ task: { name: "copy-vectors" }, model: { name: "ntm" }, goal: { families: 3 } }),
    ).toThrow("goal.families: got 3, expected 0: the task has no families of worst cases")
  })

  it("of vectors is right where an answer costs less than so many bits", async () => {
    expect((await found({ bits: 0.9, answersRight: 0 }, 0.1)).found.right).toBe(true)
    expect((await found({ bits: 1 }, 0.1)).found.right).toBe(false)
  })
})

it("measurements ask the average of the weights, not the weights", async () => {
  const inner = wasm(1)
  const asked: { readonly plan: Plan; readonly shared: Float32Array }[] = []
  const listening: Backend = {
    ...inner,
    compile: async (plan) => {
      const program = await inner.compile(plan)
      if (plan.gradient) return program
      return {
        ...program,
        run: (shared, ...rest) => {
          asked.push({ plan, shared: shared.slice() })
          return program.run(shared, ...rest)
        },
      }
    },
  }
  const given = { ...learnedAt2({}), goal: { size: 12, samples: 1, times: 9, every: 1 }, steps: 4 }
  const phases = [{ until: "learned", ema: { decay: 0.9 } }, {}] as const
  const { events, snapshots } = await collect({ ...given, phases }, undefined, listening)
  // trained sizes are checked after steps 1 and 2, the goal's probe after 2, 3 and 4; each takes one wave or
  // more
  expect(of(events, "evaluation").map(({ step, size }) => [step, size])).toEqual([
    [1, 3],
    [2, 3],
    [2, 6],
    [3, 6],
    [4, 6],
  ])
  const waves = of(events, "checking").map(({ step }) => step)
  expect(asked).toHaveLength(waves.length)
  for (const [i, { plan, shared }] of asked.entries()) {
    const tensors = snapshots.get(waves[i])?.tensors
    for (const { name, offset, size, trainable } of plan.shared) {
      if (!trainable) continue
      const own = shared.subarray(offset, offset + size)
      expect(own, `${name}, step ${waves[i]}`).toEqual(tensors?.get(`ema/${name}`)?.data)
      if (name.endsWith("kernel")) expect(own, name).not.toEqual(tensors?.get(name)?.data)
    }
  }
})

it("a goal that is met is confirmed, and the run ends", async () => {
  const config = resolveConfig({
    task: { name: "copy" },
    model: { name: "neural-gpu", maps: 12 },
    learningRate: 0.02,
    sizes: [[1, 2]],
    phases: [{ until: "learned", dropout: { rate: 0 }, ema: { decay: 0.5 }, restart: { enabled: false } }, {}],
    learned: { every: 10 },
    goal: { size: 2, samples: 8, times: 2, every: 5, confirm: { size: 3, samples: 4 } },
    steps: 600,
  })
  const events: TrainEvent[] = []
  for await (const event of train(config, wasm(1))) events.push(event)
  expect(events.at(-1)).toMatchObject({ type: "done", reason: "generalizes" })
  const goals = of(events, "goal")
  expect(goals.at(-1)).toMatchObject({ streak: 2, times: 2 })
  const confirmed = of(events, "evaluation").filter(({ size }) => size === 3)
  expect(confirmed.at(-1)).toMatchObject({ step: goals.at(-1)?.step, samples: 4, exact: 1 })
})
