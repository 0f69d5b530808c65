// Training on tasks of the user's own: from pairs and from a definition, resumed bit for bit.

import { expect, test } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { UserError } from "../../src/core/errors.ts"
import { random } from "../../src/core/rng.ts"
import { defineTask, fromPairs, predictorOf, train, fit as trained } from "../../src/index.ts"
import type { Snapshot } from "../../src/training/events.ts"

const reversal = fromPairs(
  Array.from({ length: 300 }, (_, i) => {
    const { below } = random(i)
    const question = Array.from({ length: 1 + (i % 8) }, () => "abcd"[below(4)]).join("")
    return { question, answer: [...question].reverse().join("") }
  }),
  { name: "reversal" },
)
const model = { name: "neural-gpu", maps: 12 } as const
const backend = wasm(1)

test("a run on pairs resumes bit for bit", async () => {
  const config = { task: reversal, model, steps: 40 }
  const whole = await trained(config, { backend })
  let half: Snapshot | undefined
  for await (const event of train({ ...config, steps: 20 }, { backend }))
    if (event.type === "done") half = await event.snapshot()
  const resumed = await trained(config, { backend, from: half })
  expect(resumed.step).toBe(40)
  for (const [name, { data }] of whole.weights) expect(resumed.weights.get(name)?.data, name).toEqual(data)
})

test("it learns from pairs what longer questions need, and its goal is the longest pairs", async () => {
  const sizes: number[] = []
  const found = await trained(
    { task: reversal, model, goal: { times: 8 } },
    { backend, onEvent: (event) => void (event.type === "evaluation" && sizes.push(event.size)) },
  )
  expect(found.reason).toBe("generalizes")
  expect(Math.max(...sizes)).toBe(8)
  const predictor = await predictorOf(found, { backend })
  const question = "abcdabcddcaabbcadbcabcdd"
  const answer = await predictor.predict(question)
  expect(answer).toMatchObject({ answer: [...question].reverse().join(""), expected: null, right: null })
  expect(await predictor.predict(reversal.pairs?.training[0].question ?? "")).toMatchObject({ right: true })
  await predictor.dispose()
})

test("a task without hard cases trains in the phase that mixes hard examples into others", async () => {
  const task = defineTask({
    name: "swap",
    symbols: "ab",
    question: (size, { below }) => Array.from({ length: size }, () => "ab"[below(2)]).join(""),
    answer: (question) => question.replace(/./gu, (c) => (c === "a" ? "b" : "a")),
    sizes: [[1, 4]],
    goal: 12,
  })
  const found = await trained({ task, model, learned: { every: 1, exact: 0 }, steps: 30 }, { backend })
  expect(found.step).toBeGreaterThan(5)
  expect(found.config.phases.map((phase) => phase.hardExamples.share)).toEqual([0, 0])
  const wanted = { task, phases: [{ hardExamples: { share: 0.5 } }] }
  await expect(trained(wanted, { backend })).rejects.toThrow("swap defines no hard examples")
})

test("an aborted signal ends training with its reason, between two steps", async () => {
  const stop = new AbortController()
  const steps: number[] = []
  const training = trained(
    { task: reversal, model },
    {
      backend,
      signal: stop.signal,
      onEvent(event) {
        if (event.type === "step" && steps.push(event.step) === 3) stop.abort(new Error("enough"))
      },
    },
  )
  await expect(training).rejects.toThrow("enough")
  expect(steps).toEqual([1, 2, 3])
})

test("a named task begins with its recipe, and what is given goes before it", async () => {
  const seen: number[] = []
  const config = { task: { name: "copy" }, model, steps: 1, sizes: [[1, 2]] } as const
  const found = await trained(config, { backend, onEvent: (event) => void seen.push(event.step) })
  expect(found.config.goal).toMatchObject({ size: 410, confirm: { size: 1000 } })
  expect(found.config.sizes).toEqual([[1, 2]])
})

test.each<[what: string, args: [never, never?], says: string]>([
  ["a task's name alone", [{ task: "copy" } as never], 'task: got "copy", expected an object'],
  ["text for a number", [{ batchSize: "16" } as never], 'batchSize: got "16"'],
  ["nothing", [null as never], "config: got null"],
  ["a backend for the options", [{ task: reversal } as never, backend as never], "got a backend, expected { backend }"],
  ["an unknown option", [{ task: reversal } as never, { workers: 2 } as never], 'there is no "workers"'],
  ["a task of a run without its examples", [{ task: reversal.spec } as never], "got no examples"],
])("%s is refused with a sentence", async (_, args, says) => {
  await expect(trained(...(args as [never]))).rejects.toThrow(UserError)
  await expect(trained(...(args as [never]))).rejects.toThrow(says)
})
