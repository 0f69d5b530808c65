// Wrong input ends with one sentence and exit code 2, and nothing is written.

import fs from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { newFolder } from "../runs/folders.ts"
import { refusal, run, runHere, single, tiny } from "./program.ts"

let trained: string
beforeAll(async () => {
  // not newFolder(), which is removed after each test
  trained = fs.mkdtempSync(join(fs.realpathSync("/tmp"), "neural-gpu-cli-"))
  const { code, stderr } = await run(["train", "add", ...tiny, ...single, "--steps", "3", "--out", "r"], {
    cwd: trained,
  })
  expect(code, stderr).toBe(0)
  const file = join(trained, "r", "checkpoint-00000003.safetensors")
  const bytes = fs.readFileSync(file)
  fs.mkdirSync(join(trained, "broken"))
  fs.copyFileSync(join(trained, "r", "config.json"), join(trained, "broken", "config.json"))
  fs.writeFileSync(join(trained, "broken", "checkpoint-00000003.safetensors"), bytes.subarray(0, bytes.length - 100))
  bytes[bytes.length - 50] ^= 1
  fs.mkdirSync(join(trained, "flipped"))
  fs.copyFileSync(join(trained, "r", "config.json"), join(trained, "flipped", "config.json"))
  fs.writeFileSync(join(trained, "flipped", "checkpoint-00000003.safetensors"), bytes)
  fs.writeFileSync(join(trained, "text.txt"), "hello")
  return () => fs.rmSync(trained, { recursive: true, force: true })
})

const train = ["train", "add"]
describe.each<[what: string, args: string[], says: RegExp, env?: Record<string, string>]>([
  ["an unknown command", ["trian", "add"], /trian.*train/],
  ["an unknown option", [...train, "--mpas", "6"], /--mpas.*--maps/],
  ["no task", ["train"], /got no task/],
  ["an unknown task", ["train", "ad"], /got the task "ad".*did you mean add/],
  ["an unknown recipe", [...train, "--recipe", "nosuch"], /--recipe: got "nosuch"/],
  ["a recipe of another task", [...train, "--recipe", "mul"], /mul has the task mul, got add; leave one of them out/],
  ["negative steps", [...train, "--steps", "-5"], /^--steps: got -5/],
  ["steps that are no number", [...train, "--steps", "many"], /--steps: got "many"/],
  ["half a step", [...train, "--steps", "1.5"], /^--steps: got 1.5/],
  ["no time", [...train, "--time", "0"], /--time: got "0"/],
  ["a strange time", [...train, "--time", "5 parsecs"], /--time: got "5 parsecs"/],
  ["a device that is not there", [...train, "--device", "webgpu2"], /device.*"webgpu2"/],
  [
    "native without a compiler",
    [...train, "--device", "native"],
    /native is not available.*compiler/,
    { PATH: "", CC: "" },
  ],
  ["no workers", [...train, "--workers", "0"], /--workers: got "0"/],
  ["a goal's size that does not fit", [...train, "--goal-size", "0"], /^--goal-size: got 0/],
  ["trained sizes that do not fit", [...train, "--train-sizes", "0-3"], /^--train-sizes: got \[\[0,3\]\]/],
  ["sizes that are none", [...train, "--train-sizes", "three"], /^--train-sizes: got "three"/],
  ["a base that does not fit", [...train, "--base", "11"], /got base 11/],
  ["an unknown form", [...train, "--form", "cubic"], /^--form: got "cubic"/],
  ["an unknown field", [...train, "--set", "learned.evry=3"], /did you mean learned.every/],
  [
    "an end of a phase that is none",
    [...train, "--set", "phases.0.until=soon"],
    /phases.0.until: got "soon", expected one of/,
  ],
  ["a phase of no steps", [...train, "--set", "phases.0.until=0"], /phases.0.until: got 0/],
  ["a field of another kind", [...train, "--set", "learned.every=often"], /--set learned.every: got "often"/],
  ["a folder that is a run", [...train, "--out", "r"], /r already holds a run/],
  ["a folder that is a file", [...train, "--out", "text.txt"], /there is a file of that name/],
  ["another config on resuming", [...train, "--resume", "r", "--maps", "7"], /model.maps is 6, got 7/],
  ["another task on resuming", ["train", "mul", "--resume", "r"], /task.name is "add", got "mul"/],
  ["resuming what is no run", ["train", "--resume", "."], /is not a run/],
  ["asking what is not there", ["run", "nosuch", "1+1"], /got "nosuch", expected a run's folder/],
  ["asking a text file", ["run", "text.txt", "1+1"], /text.txt cannot be used as a checkpoint/],
  [
    "asking a truncated checkpoint",
    ["run", "broken/checkpoint-00000003.safetensors", "1+1"],
    /cannot be used as a checkpoint/,
  ],
  ["asking a damaged checkpoint", ["run", "flipped", "1+1"], /damaged/],
  ["letters in a number", ["run", "r", "10a+1"], /got "a" in "10a\+1"/],
  ["a question without operator", ["run", "r", "101"], /without the operator/],
  ["an empty question", ["run", "r", ""], /empty question/],
  ["evaluating no size", ["eval", "r", "--sizes", "0"], /--sizes: got "0"/],
  ["evaluating half a size", ["eval", "r", "--sizes", "20,2.5"], /--sizes: got "2.5"/],
  ["evaluating a size beyond all memory", ["eval", "r", "--sizes", "1000000000"], /GB of memory/],
  ["evaluating nothing", ["eval", "r", "--samples", "0"], /--samples: got "0"/],
  ["evaluating what is broken", ["eval", "broken"], /cannot be used as a checkpoint/],
])("%s", (_, args, says, env) => {
  test("is refused with one sentence", async () => {
    const before = fs.readdirSync(trained, { recursive: true }).sort()
    expect(refusal(await runHere(args, { cwd: trained, ...(env ? { env } : {}) }))).toMatch(says)
    expect(fs.readdirSync(trained, { recursive: true }).sort()).toEqual(before)
  })
})

test("a broken checkpoint is not resumed, and its run not locked", async () => {
  const before = fs.readdirSync(trained, { recursive: true }).sort()
  // held by a process of its own, because a process releases its locks when it ends
  expect(refusal(await run(["train", "--resume", "broken"], { cwd: trained }))).toMatch(/cannot be resumed/)
  expect(fs.readdirSync(trained, { recursive: true }).sort()).toEqual(before)
})

test("a folder that cannot be written is one sentence", async () => {
  const cwd = newFolder()
  // root may write anywhere but here
  const out = process.getuid?.() === 0 ? "/proc/neural-gpu-run" : join(cwd, "closed", "run")
  fs.mkdirSync(join(cwd, "closed"), { mode: 0o500 })
  const ended = await run(["train", "add", ...tiny, ...single, "--steps", "3", "--out", out], { cwd })
  expect(refusal(ended)).toMatch(/cannot create the run/)
})
