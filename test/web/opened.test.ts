// Files that are dropped on the page come from anybody.

import fs from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { encodeSafetensors } from "../../src/formats/safetensors.ts"
import { saveCheckpoint, saveKept } from "../../src/runs/checkpoint.ts"
import { createRun } from "../../src/runs/run-folder.ts"
import { resolveConfig } from "../../src/training/config.ts"
import type { Snapshot } from "../../src/training/events.ts"
import { openFiles } from "../../web/src/engine/opened.ts"
import { newFolder } from "../runs/folders.ts"
import { collect } from "../training/runs.ts"

const small = { model: { name: "neural-gpu", maps: 6 }, sizes: [[1, 2]], goal: { size: 3 }, steps: 3 } as const
const { snapshots } = await collect(small)
const snapshot = (step: number) => snapshots.get(step) as Snapshot

function runFolder(...states: Snapshot[]): string {
  const dir = newFolder()
  createRun(dir, { config: resolveConfig(small), device: "wasm", seed: 1 })
  for (const state of states) saveCheckpoint(dir, state)
  return dir
}
const filesIn = (dir: string) => fs.readdirSync(dir).map((name) => new File([fs.readFileSync(join(dir, name))], name))

test("of a run's folder the newest checkpoint is opened, not one that was kept", async () => {
  const dir = runFolder(snapshot(2), snapshot(3))
  saveKept(dir, snapshot(2))
  const { run } = await openFiles(filesIn(dir))
  expect(run?.saved.step).toBe(3)
})

test("a state that makes no sense is refused with the name of its field", async () => {
  const dir = runFolder({ ...snapshot(3), state: { ...snapshot(3).state, begin: 99 } })
  await expect(openFiles(filesIn(dir))).rejects.toThrow(/checkpoint-00000003.* cannot be used: state\.begin: /)
})

test.each([{ task: { name: ["add"] } }, { task: { name: { includes: 1 } } }, { task: 5 }, { model: { name: 7 } }])(
  "a config with %j is refused with one sentence",
  async (part) => {
    const dir = runFolder(snapshot(3))
    fs.writeFileSync(join(dir, "config.json"), JSON.stringify({ ...resolveConfig(small), ...part }))
    await expect(openFiles(filesIn(dir))).rejects.toMatchObject({ name: "UserError" })
  },
)

const modelFile = (name: string) => {
  const file = join(import.meta.dirname, "../../models", name, "model.safetensors")
  return new File([fs.readFileSync(file)], "model.safetensors")
}

test("a weight file of this package, opened alone, is of the task that it has learned", async () => {
  for (const name of ["reverse", "mul", "add"]) {
    const { model } = await openFiles([modelFile(name)])
    expect(model.config.task.name).toBe(name)
  }
})

test("a weight file that does not say its task is refused with what to do, not taken for another task", async () => {
  const { weights } = (await openFiles([modelFile("reverse")])).model
  const foreign = new File([encodeSafetensors(weights, new Map()) as BlobPart], "foreign.safetensors")
  await expect(openFiles([foreign])).rejects.toThrow(
    "foreign.safetensors cannot be used: it does not say which task it has learned; open its config.json with it",
  )
})
