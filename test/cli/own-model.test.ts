// A model of one's own in a file: it is trained, asked, resumed, and its absence is told in one sentence.

import fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { refusal, run, single } from "./program.ts"

const examples = join(import.meta.dirname, "../../examples")
let folder = ""
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "neural-gpu-own-"))
  fs.writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n') // as npm init makes it
  fs.copyFileSync(join(examples, "custom-cell.ts"), join(folder, "my-cell.ts"))
  fs.writeFileSync(join(folder, "nothing.ts"), "export const model = 1\n")
  const recipe = '{ name: "a", about: "", config: { task: { name: "copy" }, model } }'
  fs.writeFileSync(join(folder, "recipe.mjs"), `import model from "./cell.mts"\nexport const recipe = ${recipe}\n`)
  fs.copyFileSync(join(examples, "custom-cell.ts"), join(folder, "cell.mts"))
  fs.writeFileSync(join(folder, "broken.ts"), "export default missing\n")
  const define = (text: string) => `import { defineModel } from "neural-gpu"\nexport default defineModel(${text})\n`
  fs.writeFileSync(join(folder, "unnamed.mjs"), define("{ name: 'My Cell', kind: 'image', step: () => {} }"))
  fs.writeFileSync(join(folder, "taken.mjs"), define("{ name: 'gru', kind: 'image', step: () => {} }"))
  fs.writeFileSync(
    join(folder, "wide.mjs"),
    define("{ name: 'wide', kind: 'image', step: (g) => g.zeros(['L', 1, 1]) }"),
  )
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const here = (args: readonly string[]) => run(args, { cwd: folder })
const device = ["--device", "wasm", ...single]
const small = ["--train-sizes", "1-2,3-4", "--goal-size", "8", "--goal-samples", "16", ...device]
const train = (file: string, ...more: string[]) => ["train", "copy", "--model", file, ...small, ...more]

describe("train --model ./my-cell.ts", () => {
  it("trains, is asked, measured, traced and resumed, and the run's config is plain JSON", async () => {
    const options = ["--maps", "8", "--set", "model.activation=hard-tanh"]
    const trained = await here(train("./my-cell.ts", ...options, "--steps", "30", "--out", "runs/a"))
    expect(trained.code, trained.stderr).toBe(0)
    expect(JSON.parse(fs.readFileSync(join(folder, "runs/a/config.json"), "utf8")).model).toEqual({
      name: "minimal-gated-conv",
      module: "./my-cell.ts",
      maps: 8,
      activation: "hard-tanh",
    })
    for (const args of [
      ["run", "runs/a", "101"],
      ["eval", "runs/a", "--sizes", "3", "--samples", "16"],
      ["trace", "runs/a", "101"],
      ["train", "--resume", "runs/a", "--steps", "40"],
      ["train", "--config", "runs/a/config.json", "--steps", "2", "--out", "runs/b"],
      ["sweep", "seeds", "--task", "copy", "--model", "./my-cell.ts", "--steps", "3", "--seeds", "1", "--sizes", "3"],
    ]) {
      const { code, stderr } = await here([...args, ...device])
      expect([args[0], code === 0 || (args[0] === "run" && code === 1)], stderr).toEqual([args[0], true])
    }
    fs.appendFileSync(join(folder, "my-cell.ts"), "// another word\n")
    const changed = "./my-cell.ts has changed since the run began, and its model may not be the one that was trained"
    expect((await here(["run", "runs/a", "101", ...device])).stderr).toContain(changed)
    expect((await here(["train", "--resume", "runs/a", "--steps", "41"])).stderr).toContain(changed)
    fs.renameSync(join(folder, "my-cell.ts"), join(folder, "moved.ts"))
    expect(refusal(await here(["run", "runs/a", "101", ...device]))).toBe(
      "the model minimal-gated-conv is defined in ./my-cell.ts, which does not exist; start this program in the folder where it is",
    )
    expect(refusal(await here(["train", "--resume", "runs/a"]))).toMatch(/which does not exist/)
    fs.renameSync(join(folder, "moved.ts"), join(folder, "my-cell.ts"))
  })

  it.each<[what: string, args: string[], sentence: RegExp]>([
    ["a file that is not there", train("./gone.ts"), /--model: there is no file \.\/gone\.ts/],
    [
      "a recipe with a model instead of its file",
      ["train", "--recipe", "./recipe.mjs", ...small],
      /a recipe names the file of its model, got the model minimal-gated-conv itself/,
    ],
    ["a file without a model", train("./nothing.ts"), /nothing\.ts does not define a model: expected a model as its/],
    ["a file that fails", train("./broken.ts"), /broken\.ts cannot be loaded: missing is not defined/],
    ["a name of other letters", train("./unnamed.mjs"), /name: got "My Cell", expected small letters/],
    ["a name that is taken", train("./taken.mjs"), /two models are called "gru"; give yours another name/],
    [
      "a state of another shape",
      train("./wide.mjs"),
      /wide cannot be built: its step returns \[L, 1, 1\], expected \[L, 1, 24\] as its state/,
    ],
    [
      "an option that it lacks",
      train("./my-cell.ts", "--set", "model.gates=2"),
      /got "model\.gates", expected a field/,
    ],
    [
      "a value that its field refuses",
      train("./my-cell.ts", "--set", "model.activation=relu"),
      /model\.activation: got "relu", expected one of tanh, hard-tanh/,
    ],
  ])("refuses %s in one sentence", async (_, args, sentence) => {
    expect(refusal(await here(args))).toMatch(sentence)
  })
})
