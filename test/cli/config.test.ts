// From the command line to a run's config: files, --set for every field, flags, and refused options of
// version 0.1.

import fs from "node:fs"
import { join } from "node:path"
import { Command } from "commander"
import { beforeAll, describe, expect, test } from "vitest"
import { recipes } from "../../recipes/index.ts"
import { addConfigOptions, withOptions } from "../../src/cli/config-options.ts"
import { newConfig } from "../../src/cli/train-config.ts"
import { encodeSafetensors } from "../../src/formats/safetensors.ts"
import { modelNames } from "../../src/models/index.ts"
import { defaultsFor, type TrainConfig } from "../../src/training/config.ts"
import { configFields } from "../../src/training/config-fields.ts"
import { settable, valueAt } from "../../src/training/settable.ts"
import { newFolder, sentence } from "../runs/folders.ts"
import { digest, jsonLines, refusal, run, runHere, single, tiny } from "./program.ts"

/** The options of a command line. */
function typed(...args: string[]): Record<string, unknown> {
  const command = new Command()
  addConfigOptions(command)
  return command.parse(args, { from: "user" }).opts()
}
const trained = (...args: string[]) => newConfig("copy", typed(...args))
const printed = async (args: string[], cwd = newFolder()) => {
  const { code, stdout, stderr } = await run(["train", ...args, "--print-config"], { cwd })
  expect({ code, stderr, left: fs.readdirSync(cwd).filter((name) => name === "runs") }).toEqual({
    code: 0,
    stderr: "",
    left: [],
  })
  return stdout
}

describe("--set", () => {
  const isPhase = (path: string) => !Object.hasOwn(configFields, path.split(".")[0])
  const set = (config: TrainConfig, path: string, value: unknown) =>
    withOptions(config, { set: [`${path}=${JSON.stringify(value)}`] })

  test.each(modelNames)("%s: every field takes the value that it has, and nothing changes", (model) => {
    const config = defaultsFor(model)
    const paths = [...settable.keys()].flatMap((path) =>
      isPhase(path) ? config.phases.map((_, i) => `phases.${i}.${path}`) : [path],
    )
    expect(paths.length).toBeGreaterThan(100)
    for (const path of paths) {
      const value = valueAt(config, path)
      if (value !== undefined) expect(set(config, path, value), path).toEqual(config)
      else expect(sentence(() => set(config, path, 1))).toMatch(/^--set .*: the (model|optimizer|schedule) .* has no /)
    }
  })

  test("every field takes its own default, or this model, optimizer or schedule has no such field", () => {
    for (const model of modelNames)
      for (const [path, field] of settable)
        try {
          const config = set(defaultsFor(model), path, field.default)
          for (const at of isPhase(path) ? config.phases : [config])
            expect(valueAt(at, path), path).toEqual(field.default)
        } catch (error) {
          expect((error as Error).message).toMatch(/^--set .*: the (model|optimizer|schedule) .* has no /)
        }
  })

  test("a phase's field without its phase is set in every phase, with it in that one", async () => {
    const rates = ({ phases }: TrainConfig) => phases.map(({ dropout }) => dropout.rate)
    expect(rates(await trained("--set", "dropout.rate=0.4"))).toEqual([0.4, 0.4])
    expect(rates(await trained("--dropout", "0.4"))).toEqual([0.4, 0.4])
    expect(rates(await trained("--set", "phases.1.dropout.rate=0.4"))).toEqual([0.25, 0.4])
    const { phases } = await trained("--set", "dropout.rate=0.4", "--set", "phases.0.dropout.rate=0.1", "--no-restart")
    expect(phases.map(({ dropout, restart }) => [dropout.rate, restart.enabled])).toEqual([
      [0.1, false],
      [0.4, false],
    ])
  })

  test("words, lists and none are written as they are", async () => {
    const config = await trained(
      ...["--set", "task.output=stripped", "--set", "sizes=1-3,4", "--set", "learningRate=none"],
      ...["--set", "clip.norm=0.5", "--set", "phases.0.clip.norm=none", "--set", 'goal.confirm={"size":9,"samples":2}'],
      ...["--set", "phases.0.until=300", "--set", "optimizer.name=sgd", "--set", "optimizer.momentum=0.5"],
    )
    expect(config).toMatchObject({
      task: { name: "copy", output: "stripped" },
      sizes: [
        [1, 3],
        [4, 4],
      ],
      learningRate: null,
      goal: { confirm: { size: 9, samples: 2 } },
      optimizer: { name: "sgd", momentum: 0.5 },
    })
    expect(config.phases.map(({ until, clip }) => [until, clip.norm])).toEqual([
      [300, null],
      ["goal", 0.5],
    ])
  })

  test.each([
    ["learned.every", /^--set: got "learned.every", expected a field and its value/],
    ["=5", /^--set: got "=5"/],
    ["phases.2.dropout.rate=0", /^--set phases.2.dropout.rate: got phases.2, expected phases.0 to phases.1$/],
    ["phases.0.dropout.rat=0", /did you mean phases.0.dropout.rate\?$/],
    ["model.units=5", /^--set model.units: the model neural-gpu has no units$/],
    ["schedule.factor=0.5", /^--set schedule.factor: the schedule plateau or constant has no factor$/],
    ["dropout=0.5", /expected a field of the config/],
    ["steps=many", /^--set steps: got "many", expected null, or a whole number of at least 1$/],
  ])("%s is refused", async (setting, says) => {
    await expect(trained("--set", setting)).rejects.toThrow(says)
  })
})

describe("flags", () => {
  test("set the field that the help says", async () => {
    const config = await trained(
      ...["--model", "neural-gpu", "--form", "original", "--maps", "12", "--train-sizes", "1-4,5-9", "--steps", "none"],
      ...["--batch-size", "32", "--learning-rate", "0.003", "--optimizer", "adam", "--schedule", "exponential"],
      ...["--hard-examples", "0.5", "--clip", "none", "--gradient-noise", "0.01", "--l1", "1e-4", "--ema-decay", "0.9"],
    )
    expect(config).toMatchObject({
      // another form brings its own width and layers
      model: { form: "original", maps: 12, width: 4, layers: 2 },
      steps: null,
      batchSize: 32,
      learningRate: 0.003,
      optimizer: { name: "adam", beta1: 0.9 },
    })
    for (const phase of config.phases)
      expect(phase).toMatchObject({
        schedule: { name: "exponential" },
        hardExamples: { share: 0.5 },
        clip: { norm: null },
        gradientNoise: { scale: 0.01 },
        l1: { step: 1e-4 },
        ema: { decay: 0.9 },
      })
  })

  test.each([
    [["--maps", "0"], /^--maps: got 0, expected a whole number from 1 to 512$/],
    [["--maps", ""], /^--maps: got "", expected/],
    [["--dropout", "1"], /^--dropout: got 1, expected a number of at least 0, below 1$/],
    [["--optimizer", "adm"], /^--optimizer: got "adm", expected one of adamax, adam, sgd, rmsprop$/],
    [["--schedule", "linear"], /^--schedule: got "linear", expected one of constant, plateau, exponential, cosine$/],
    // what only the check of the whole config finds
    [["--train-sizes", "4-8,1-3"], /^--train-sizes: got \[\[4,8\],\[1,3\]\], expected rising ranges/],
    [["--model", "rnn", "--dropout", "0.5"], /^--dropout: .*the model rnn does not support it$/],
    [["--model", "rnn", "--maps", "7"], /^--maps: the model rnn has no maps$/],
    [["--model", "residual"], /^--model: got "residual", expected a model that learns symbols, as copy is$/],
  ] as const)("%j is refused by its name", async (args, says) => {
    await expect(trained(...args)).rejects.toThrow(says)
  })

  test.each([
    ["--groups", "--train-sizes"],
    ["--examples", "--batch-size"],
    ["--hard", "--hard-examples"],
    ["--rate", "--learning-rate"],
    ["--keep", "--dropout, the share that is dropped"],
    ["--shrinkage", "--l1"],
  ])("%s of version 0.1 is unknown, and the sentence says what it is now", async (old, now) => {
    const cwd = newFolder()
    for (const command of [
      ["train", "add"],
      ["sweep", "seeds"],
    ])
      expect(refusal(await run([...command, old, "1"], { cwd }))).toBe(`unknown option '${old}' (did you mean ${now}?)`)
  })
})

describe("a config in a file", () => {
  test.each([
    ["the defaults", ["count"]],
    ["a recipe", ["--recipe", "mul"]],
    ["a recipe and options", ["sort", "--seed", "7", "--dropout", "0.2", "--set", "phases.1.until=goal"]],
    ["another model", ["copy-vectors", "--model", "ntm", "--steps", "5"]],
    ["images", ["shapes", "--model", "residual"]],
  ])("of %s is printed, whole, and gives the same config again", async (_, args) => {
    const cwd = newFolder()
    const text = await printed(args, cwd)
    fs.writeFileSync(join(cwd, "run.json"), JSON.stringify({ $schema: "./config.schema.json", ...JSON.parse(text) }))
    expect(await printed(["--config", "run.json"], cwd)).toBe(text)
    const changed = JSON.parse(await printed(["--config", "run.json", "--seed", "99"], cwd))
    expect(changed).toEqual({ ...JSON.parse(text), seed: 99 })
  })

  test.each(recipes.map(({ name }) => name))("the whole config of the recipe %s resolves to itself", async (name) => {
    const config = await newConfig(undefined, { recipe: name })
    const file = join(newFolder(), "c.json")
    fs.writeFileSync(file, JSON.stringify(config))
    expect(await newConfig(undefined, { config: file })).toEqual(config)
  })

  test("trains as the options did, and so does the config.json of that run", async () => {
    const cwd = newFolder()
    const options = [...tiny, "--steps", "3", "--seed", "4"]
    expect((await run(["train", "copy", ...options, ...single, "--out", "a"], { cwd })).code).toBe(0)
    const again = ["train", "--config", "a/config.json", "--device", "wasm", ...single, "--out", "b"]
    expect((await run(again, { cwd })).code).toBe(0)
    const last = "checkpoint-00000003.safetensors"
    expect(digest(cwd, "b", last)).toBe(digest(cwd, "a", last))
    expect(digest(cwd, "b", "config.json")).toBe(digest(cwd, "a", "config.json"))
  })

  test.each<[what: string, text: string, args: string[], says: RegExp]>([
    ["that is no JSON", "{", [], /^--config: c.json cannot be read as JSON: /],
    ["that is a list", "[]", [], /^--config: c.json is not a JSON object, expected one with fields of the config$/],
    ["without a task", "{}", [], /^train: got no task/],
    [
      "with an unknown field",
      '{"task":{"name":"add"},"stps":5}',
      [],
      /c.json .*there is no "stps".*did you mean steps/,
    ],
    ["with a wrong value", '{"task":{"name":"add"},"steps":0}', [], /c.json cannot be used: steps: got 0, expected/],
    [
      "with a word for a group",
      '{"task":"add"}',
      ["add"],
      /c.json cannot be used: task: got "add", expected an object/,
    ],
    [
      "with an unknown model",
      '{"task":{"name":"add"},"model":{"name":"rn"}}',
      [],
      /model.name: got "rn", expected one/,
    ],
    [
      "with no phase",
      '{"task":{"name":"add"},"phases":[]}',
      [],
      /phases: got \[\], expected a list of one phase or more/,
    ],
    ["of another task", '{"task":{"name":"add"}}', ["copy"], /^c.json has the task add, got copy; leave one/],
    ["of another model", '{"model":{"name":"rnn"}}', ["add", "--model", "gru"], /^c.json has the model rnn, got gru/],
    ["and a recipe", "{}", ["add", "--recipe", "add"], /^--config: got --recipe as well, expected only one of them$/],
    [
      "of version 0.1",
      '{"task":{"name":"add"},"settle":null}',
      [],
      /c.json cannot be used: version 0.1 wrote this config/,
    ],
  ])("%s is refused with one sentence", async (_, text, args, says) => {
    const cwd = newFolder()
    fs.writeFileSync(join(cwd, "c.json"), text)
    expect(refusal(await run(["train", ...args, "--config", "c.json"], { cwd }))).toMatch(says)
    expect(fs.readdirSync(cwd)).toEqual(["c.json"])
  })

  test("that is not there is refused with one sentence", async () => {
    const ended = await run(["train", "--config", "nosuch.json"], { cwd: newFolder() })
    expect(refusal(ended)).toMatch(/^--config: there is no file nosuch.json; --print-config prints/)
  })
})

test("a run that is continued keeps its config: every other path is named", async () => {
  const cwd = newFolder()
  expect((await run(["train", "add", ...tiny, ...single, "--steps", "2", "--out", "r"], { cwd })).code).toBe(0)
  const more = ["--set", "phases.1.ema.decay=0.9", "--learning-rate", "0.5", "--batch-size", "32"]
  const said = refusal(await run(["train", "--resume", "r", ...more], { cwd }))
  expect(said).toContain("r cannot be resumed with another config: ")
  expect(said).toContain("batchSize is 16, got 32")
  expect(said).toContain("learningRate is null, got 0.5")
  expect(said).toContain("phases.1.ema.decay is 0.995, got 0.9")
  const same = ["--batch-size", "16", "--steps", "3", "--json", ...single]
  const { code, stdout, stderr } = await run(["train", "--resume", "r", ...same], { cwd })
  expect(code, stderr).toBe(0)
  expect(jsonLines(stdout).at(-1)).toMatchObject({ type: "end", step: 3 })
})

test("numbers that are not finite again and again are a failed training: one sentence, exit code 1", async () => {
  const cwd = newFolder()
  const wild = ["--optimizer", "sgd", "--learning-rate", "9", "--clip", "none", "--set", "saturation.weight=1e30"]
  const { code, stderr } = await run(["train", "add", ...tiny, ...single, ...wild, "--out", "r"], { cwd })
  expect(code, stderr).toBe(1)
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^training failed: /)
})

describe("version 0.1", () => {
  /** A run of version 0.1, as far as anything reads it. */
  let old: string
  beforeAll(() => {
    old = fs.mkdtempSync(join(fs.realpathSync("/tmp"), "neural-gpu-old-"))
    const config = {
      task: { name: "add", base: 2, output: "padded" },
      model: { name: "neural-gpu", form: "diagonal", maps: 6, width: 1, layers: 1, cutoff: 1.2, initScale: 1 },
      seed: 1,
      steps: 3,
      batch: { groups: [[1, 2]], examples: 16, hard: 0 },
      rate: { start: 0.02, factor: 0.7, every: 200, floor: 0.016 },
      keep: 0.75,
      settle: null,
    }
    const metadata = { format: "neural-gpu checkpoint", version: "1", step: "3", state: "{}", sha256: "0".repeat(64) }
    const tensors = new Map([["output/bias", { shape: [4], data: new Float32Array(4) }]])
    for (const [folder, files] of [
      ["run", { "config.json": JSON.stringify(config) }],
      ["checkpoint", { "config.json": JSON.stringify(defaultsFor()) }],
    ] as const) {
      fs.mkdirSync(join(old, folder))
      for (const [name, text] of Object.entries(files)) fs.writeFileSync(join(old, folder, name), text)
      const bytes = encodeSafetensors(tensors, new Map(Object.entries(metadata)))
      fs.writeFileSync(join(old, folder, "checkpoint-00000003.safetensors"), bytes)
    }
    return () => fs.rmSync(old, { recursive: true, force: true })
  })

  test.each([
    [["train", "--resume", "run"], /^the config of run cannot be used: version 0.1 wrote this config; train anew/],
    [["eval", "run"], /version: got "1", expected 2; use the release that wrote it, or train anew$/],
    [["run", "run", "1+1"], /version: got "1", expected 2/],
    [["eval", "run/checkpoint-00000003.safetensors"], /version: got "1", expected 2/],
    [["train", "--resume", "checkpoint"], /^checkpoint cannot be resumed: .*version: got "1"/],
    [["run", "checkpoint", "1+1"], /version: got "1", expected 2/],
  ])("%j is refused with one sentence", async (args, says) => {
    expect(refusal(await run(args, { cwd: old }))).toMatch(says)
  })
})

test("a recipe in a file is read as an ES module, also in a folder that is CommonJS", async () => {
  const cwd = newFolder()
  fs.writeFileSync(join(cwd, "package.json"), '{"type":"commonjs"}')
  fs.writeFileSync(
    join(cwd, "mine.ts"),
    'export const recipe = { name: "mine", about: "", config: { task: { name: "copy" } } }',
  )
  const { code, stdout, stderr } = await runHere(["train", "--recipe", "mine.ts", "--print-config"], { cwd })
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout).task.name).toBe("copy")
})
