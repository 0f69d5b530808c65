// A state with the right digest may still make no sense. It is refused with the name of the field, and never
// trained on.

import { expect, test } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { UserError } from "../../src/core/errors.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { Snapshot } from "../../src/training/events.ts"
import { checkState } from "../../src/training/state.ts"
import { train } from "../../src/training/trainer.ts"
import { collect } from "./runs.ts"

const everything = {
  task: { name: "add" },
  model: { name: "neural-gpu", maps: 6 },
  sizes: [
    [1, 2],
    [3, 4],
  ],
  curriculum: { threshold: 0 },
  learned: { every: 2, exact: 0 },
  goal: { size: 12, samples: 8, every: 5 },
  phases: [
    { until: 2, schedule: { name: "plateau" }, hardBuffer: { share: 0.5, search: 20 }, gradientNoise: { scale: 0.01 } },
    { until: "goal", schedule: { name: "cosine" }, hardBuffer: { share: 0.5 }, noise: { start: 0.1, max: 0.5 } },
  ],
  steps: 12,
} as const satisfies PartialConfig
const config = resolveConfig(everything)
const { snapshots } = await collect(everything)
const last = snapshots.get(12) as Snapshot

/** Paths of all values in a JSON value, its own included. */
const pathsOf = (value: unknown, path: string[] = []): string[][] => [
  path,
  ...(typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))
    : []),
]

function withValue(state: unknown, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value
  const [key, ...rest] = path
  const copy = structuredClone(state) as Record<string, unknown>
  copy[key] = withValue(copy[key], rest, value)
  return copy
}

test("states of every step are accepted", () => {
  for (const [step, { state }] of snapshots) expect(() => checkState(config, step, state)).not.toThrow()
})

test("whatever stands in a field instead, the field is named", () => {
  for (const path of pathsOf(last.state))
    for (const wrong of [undefined, "x", {}, Number.NaN, -1e308, [[0.5]], { __proto__: null, a: 1 }]) {
      const state = withValue(last.state, path, wrong)
      try {
        checkState(config, 12, state)
        // some fields may be any finite number, or are lists or records that may be empty
        expect([-1e308, undefined, {}], path.join(".")).toContainEqual(wrong)
      } catch (error) {
        expect(error, path.join(".")).toBeInstanceOf(UserError)
        expect((error as Error).message).toMatch(/^state(\.[\w ]+)*: got .*, expected /)
      }
    }
})

test.each([
  [["step"], 99],
  [["begin"], 13],
  [["begin"], 1e308],
  [["seed"], -1],
  [["phase", "index"], 2],
  [["phase", "began"], 0.5],
  [["rate"], -0.1],
  [["curriculum", "stage"], 0],
  [["curriculum", "stage"], 3],
  [["learned", "since"], 13],
  [["goal"], null],
  [["techniques", "hardBuffer", "wrong"], { "3": [[1, 2, 999]] }],
])("%j: %j is refused", (path, wrong) => {
  expect(() => checkState(config, 12, withValue(last.state, path, wrong))).toThrow(`state.${path.join(".")}`)
})

test("a snapshot that does not fit is refused at the start, and nothing is trained", async () => {
  const first = async (from: Snapshot) => (await train(config, wasm(1), from).next()).value
  const [name, tensor] = [...last.tensors][0]
  const changed = (data: object | undefined) => {
    const tensors = new Map(last.tensors)
    if (data === undefined) tensors.delete(name)
    else tensors.set(name, { ...tensor, ...data })
    return { ...last, tensors }
  }
  expect(await first(last)).toMatchObject({ type: "start", step: 12 })
  const fits = /does not fit its config: expected the tensor .* with F32 numbers of shape \[/
  const doubles = Float64Array.from(tensor.data)
  for (const data of [undefined, { data: doubles }, { shape: [tensor.data.length, 1] }, { data: tensor.data.slice(1) }])
    await expect(first(changed(data))).rejects.toThrow(fits)
  await expect(first({ ...last, state: {} as Snapshot["state"] })).rejects.toThrow(UserError)
})
