// Configs: a complete config resolves to itself, and an invalid one is refused in one sentence.

import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { UserError } from "../../src/core/errors.ts"
import { modelFamily, modelNames } from "../../src/models/index.ts"
import { type Fields, fieldAt } from "../../src/schema/fields.ts"
import {
  configFields,
  defaultConfig,
  defaultsFor,
  type PartialConfig,
  resolveConfig,
} from "../../src/training/config.ts"
import { modelDefaults } from "../../src/training/model-defaults.ts"
import { phaseFields } from "../../src/training/phases.ts"
import { settable, valueAt, withField } from "../../src/training/settable.ts"

/** A task that a model learns. */
const taskOf = (model: string) => {
  const { learns } = modelFamily(model)
  return { name: learns.includes("symbols") ? "add" : learns.includes("vectors") ? "copy-vectors" : "shapes" }
}

/** The sentence of a refusal; undefined if there is none. Any other error fails the test. */
function refusal(given: unknown): string | undefined {
  try {
    resolveConfig(given as PartialConfig)
    return undefined
  } catch (error) {
    expect(error, `${JSON.stringify(given)}: ${(error as Error).stack}`).toBeInstanceOf(UserError)
    const { message } = error as Error
    expect(message).not.toContain("\n")
    return message
  }
}

describe("a config", () => {
  it.each(modelNames)("with %s is whole, and resolves to itself, as JSON too", (model) => {
    const given = { task: taskOf(model), model: { name: model } } as PartialConfig
    const config = resolveConfig(given)
    expect(resolveConfig(config)).toEqual(config)
    expect(resolveConfig(JSON.parse(JSON.stringify(config)))).toEqual(config)
    expect(Object.keys(config).sort()).toEqual([...Object.keys(configFields), "phases"].sort())
    const until = modelDefaults[model].phases?.map((phase) => phase.until ?? "goal")
    expect(config.phases.map((phase) => phase.until)).toEqual(until)
  })

  it("of nothing is the default", () => {
    expect(resolveConfig({})).toEqual(defaultConfig)
    expect(defaultsFor("neural-gpu")).toEqual(defaultConfig)
    const unsaid = { seed: undefined, phases: undefined, goal: undefined } as unknown as PartialConfig
    expect(resolveConfig(unsaid)).toEqual(defaultConfig)
  })

  it("brings what its task has: the sizes of vectors, and how their goal is measured", () => {
    const { sizes, goal, task } = resolveConfig({ task: { name: "copy-vectors" }, model: { name: "ntm" } })
    expect([sizes, goal.size, goal.bits, task]).toEqual([
      [[1, 20]],
      20,
      0.01,
      { name: "copy-vectors", base: 2, output: "padded", vocabulary: null },
    ])
    const own = { sizes: [[2, 3]], goal: { size: 9, bits: null } } as const
    expect(resolveConfig({ task: { name: "copy-vectors" }, model: { name: "ntm" }, ...own })).toMatchObject(own)
  })

  it("does not change what it is given", () => {
    const given = { model: { maps: 8 }, phases: [{ until: 5, clip: { norm: 1 } }, {}] } as const
    const before = structuredClone(given)
    resolveConfig(given)
    expect(given).toEqual(before)
  })
})

/** Values that some field may have. */
const values = [
  true,
  false,
  null,
  0,
  0.05,
  0.3,
  0.9,
  1,
  2,
  5,
  17,
  100,
  0.0001,
  [[1, 4]],
  [
    [2, 5],
    [6, 9],
  ],
]
const settings = [...settable].flatMap(([path, field]) => {
  const words = "options" in field.schema ? (field.schema.options as readonly unknown[]) : []
  const fitting = [...values, ...words].filter((value) => v.is(field.schema, value))
  return fitting.length > 0 ? [{ path, fitting }] : []
})
const anySetting = fc
  .constantFrom(...settings)
  .chain(({ path, fitting }) =>
    fc.record({ path: fc.constant(path), value: fc.constantFrom(...fitting), phase: fc.nat(1) }),
  )

interface Setting {
  readonly path: string
  readonly value: unknown
  readonly phase: number
}
/** A config with settings that its model supports, and their values by path. */
function configWith(model: string, some: readonly Setting[]) {
  let config = resolveConfig({ task: taskOf(model), model: { name: model } } as PartialConfig)
  const set = new Map<string, unknown>()
  for (const { path, value, phase } of some) {
    if (path === "model.name" || path === "task.name" || path === "until") continue
    // tasks on vectors and images have no base and no output to choose
    if (path.startsWith("task.") && config.task.name !== "add") continue
    const isPhase = !Object.hasOwn(configFields, path.split(".")[0])
    const at = isPhase ? `phases.${phase}.${path}` : path
    const fields: Fields = isPhase ? phaseFields : configFields
    const known = fieldAt(fields, isPhase ? config.phases[phase] : config, path.split("."))
    if (known === undefined) continue // of another model, optimizer or schedule
    config = withField(config, at, value)
    // another variant starts from its own defaults
    const group = at.replace(/name$/u, "")
    if (group !== at) for (const other of set.keys()) if (other.startsWith(group)) set.delete(other)
    set.set(at, value)
  }
  return { config, set }
}

it("resolves to itself, whatever valid settings it has: all that is given stands in it", () => {
  let whole = 0
  const some = fc.array(anySetting, { maxLength: 8 })
  const property = fc.property(fc.constantFrom(...modelNames), some, (model, settings) => {
    const { config, set } = configWith(model, settings)
    if (refusal(config) !== undefined) return // two settings may contradict each other
    whole++
    const resolved = resolveConfig(config)
    expect(resolved).toEqual(config)
    expect(resolveConfig(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved)
    for (const [path, value] of set) expect(valueAt(resolved, path), path).toEqual(value)
  })
  fc.assert(property, { numRuns: 300, seed: 1 })
  expect(whole).toBeGreaterThan(100)
})

it.each([
  ["copy", "neural-gpu"],
  ["copy-vectors", "ntm"],
  ["shapes", "residual"],
])("the task %s gets a model that learns it: %s", (task, model) =>
  expect(resolveConfig({ task: { name: task } }).model.name).toBe(model),
)

describe("a refusal is one sentence", () => {
  it.each<[unknown, string | RegExp]>([
    [null, "config: got null, expected an object"],
    [[], "config: got [], expected an object"],
    [{ task: "copy" }, 'task: got "copy", expected an object with name, base, output, vocabulary'],
    [{ task: null }, "task: got null, expected an object with name, base, output, vocabulary"],
    [{ task: { name: "addd" } }, /^got the task "addd", expected one of add, .*\(did you mean add\?\)$/],
    [{ task: { name: 5 } }, "task.name: got 5, expected a name"],
    [{ task: { name: "copy", base: 1 } }, "copy: got base 1, expected a whole number from 2 to 10"],
    [{ task: { base: "2" } }, /got base "?2"?, expected/],
    [{ model: "gru" }, /^model: got "gru", expected an object with a name: neural-gpu, rnn/],
    [{ model: { name: "gpu" } }, /^model\.name: got "gpu", expected one of neural-gpu, rnn/],
    [{ model: { maps: "24" } }, 'model.maps: got "24", expected a whole number from 1 to 512'],
    [{ model: { map: 24 } }, /^model: there is no "map", .*\(did you mean maps\?\); model is neural-gpu$/],
    [{ optimizer: "adam" }, 'optimizer: got "adam", expected an object with a name: adamax, adam, sgd, rmsprop'],
    [{ optimizer: { name: "sgd", beta1: 0.9 } }, /^optimizer: there is no "beta1", .*; optimizer is sgd$/],
    [{ seed: Number.NaN }, "seed: got NaN, expected a whole number from 0 to 2147483647"],
    [{ seed: -1 }, "seed: got -1, expected a whole number from 0 to 2147483647"],
    [{ steps: "5" }, 'steps: got "5", expected null, or a whole number of at least 1'],
    [{ learningRate: Number.POSITIVE_INFINITY }, /^learningRate: got Infinity, expected null, or a number above 0/],
    [{ learningrate: 0.1 }, /^config: there is no "learningrate", .*\(did you mean learningRate\?\)$/],
    [{ goal: null }, /^goal: got null, expected an object with size, samples/],
    [{ goal: { confirm: { size: 5 } } }, /^goal\.confirm: got {"size":5}, expected null, or a size and a number/],
    [{ goal: { bits: 0.1 } }, "goal.bits: got 0.1, expected null: only tasks on vectors are measured in bits"],
    [{ sizes: [[3, 1]] }, /^sizes: got \[\[3,1\]\], expected rising ranges of sizes from 1 to/],
    [
      {
        sizes: [
          [1, 5],
          [5, 6],
        ],
      },
      /^sizes: got .* expected rising ranges/,
    ],
    [{ sizes: [] }, /^sizes: got \[\], expected rising ranges/],
    [{ phases: [] }, "phases: got [], expected a list of one phase or more"],
    [{ phases: {} }, "phases: got {}, expected a list of one phase or more"],
    [{ phases: [null] }, "phases: got [null], expected a list of one phase or more"],
    [
      { phases: [{ dropout: { rate: "0.5" } }] },
      /^phases\.0\.dropout\.rate: got "0\.5", expected a number of at least 0/,
    ],
    [{ phases: [{ dropout: 0.5 }] }, "phases.0.dropout: got 0.5, expected an object with rate, length"],
    [{ phases: [{}, { dropuot: {} }] }, /^phases\.1: there is no "dropuot", .*\(did you mean dropout\?\)$/],
    [{ phases: [{ dropout: { rat: 1 } }] }, /^phases\.0\.dropout: there is no "rat", .*\(did you mean rate\?\)$/],
    [
      { phases: [{ noise: { start: 1, max: 0.5 } }] },
      /^phases\.0\.noise\.max: got 0\.5, expected a number of at least/,
    ],
    [{ phases: [{ schedule: { factor: 2 } }] }, /^phases\.0\.schedule\.factor: got 2, expected a number above 0/],
    [{ phases: [{ until: "fitted" }, {}] }, /^phases\.0\.until: got "fitted", expected one of joined, learned, goal/],
    [{ phases: [{ until: "learned" }] }, 'phases.0.until: got "learned", expected "goal" for the last phase'],
    [{ phases: [{}, { until: 5 }] }, 'phases.1.until: got 5, expected "goal" for the last phase'],
    [{ model: { cutoff: 1.5 } }, /^model\.cutoff: got 1\.5, expected 1\.2: the diagonal form has no cutoff$/],
    [
      { model: { name: "gru" }, phases: [{ dropout: { rate: 0.5 } }] },
      /^phases\.0\.dropout: .* the model gru does not/,
    ],
  ])("%j", (given, sentence) => {
    if (typeof sentence === "string") expect(refusal(given)).toBe(sentence)
    else expect(refusal(given)).toMatch(sentence)
  })

  it.each([
    [{ dropout: { rate: 0.1 } }, "config: dropout belongs to a phase, expected phases: [{ dropout: … }]"],
    [
      { phases: [{ relaxation: { pull: 0.5, end: 0.1 } }] },
      "phases.0.relaxation.end: got 0.1, expected a number of at least phases.0.relaxation.pull, 0.5",
    ],
    [
      { model: { form: "original" }, phases: [{ saturation: { weight: 0.1 } }] },
      'phases.0.saturation: got {"weight":0.1,"limit":0.9}, expected it off: the model neural-gpu does not support it',
    ],
    [
      { task: { name: "copy-vectors", base: 3 }, model: { name: "ntm" } },
      "task.base: got 3, expected nothing: copy-vectors is a task on vectors",
    ],
  ])("for what would otherwise be ignored: %j", (given, sentence) => {
    expect(refusal(given)).toBe(sentence)
  })

  it("for a config of version 0.1", () => {
    const sentence = "version 0.1 wrote this config; train anew, or use that version"
    for (const settle of [null, { keep: 1 }]) expect(refusal({ task: { name: "add" }, keep: 1, settle })).toBe(sentence)
  })

  const wrong = [
    null,
    "x",
    "",
    0,
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [],
    {},
    true,
    [1],
    [[2, 1]],
    { name: "x" },
  ]
  it.each(modelNames)("or the config is right, whatever stands at any place of one with %s", (model) => {
    const config = resolveConfig({ task: taskOf(model), model: { name: model } } as PartialConfig)
    let refused = 0
    for (const path of pathsOf(config))
      for (const value of wrong) if (refusal(replaced(config, path, value)) !== undefined) refused++
    for (const key of Object.keys(config))
      for (const value of wrong) refusal({ task: config.task, model: { name: model }, [key]: value })
    expect(refused).toBeGreaterThan(500)
  })
})

type Keyed = Record<string, unknown>
const pathsOf = (of: object, path: readonly string[] = []): string[][] =>
  Object.entries(of).flatMap(([key, value]) => {
    const own = [...path, key]
    return [own, ...(typeof value === "object" && value !== null ? pathsOf(value, own) : [])]
  })
function replaced(of: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  const copy = (Array.isArray(of) ? [...of] : { ...(of as Keyed) }) as Keyed
  copy[key] = rest.length > 0 ? replaced(copy[key], rest, value) : value
  return copy
}
