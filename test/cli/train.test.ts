// Training as a user sees it: its JSON, how it ends, and that a run resumes bit for bit however it ended.

import fs from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { latestCheckpoint } from "../../src/runs/checkpoint.ts"
import { readMetrics } from "../../src/runs/metrics.ts"
import { newFolder } from "../runs/folders.ts"
import { digest, jsonLines, refusal, run, single, start, tiny } from "./program.ts"

const train = ["train", "add", ...tiny, ...single, "--set", "learned.every=5"]
const stateFile = (kind: string, steps: number) => `${kind}-${String(steps).padStart(8, "0")}.safetensors`
const last = (steps: number) => stateFile("checkpoint", steps)

describe("what it says", () => {
  test("JSON lines, metrics and the default folders", async () => {
    const cwd = newFolder()
    const { code, stdout } = await run([...train, "--steps", "20", "--seed", "5", "--json"], { cwd })
    const events = jsonLines(stdout)
    expect(code).toBe(0)
    expect(events[0]).toMatchObject({ type: "start", step: 0, seed: 5, device: "wasm", run: "runs/add-5" })
    const steps = events.filter((e) => e.type === "step")
    expect(steps.map((e) => e.step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect(steps[0]).not.toHaveProperty("snapshot")
    expect(Object.keys(steps[0])).toEqual(
      expect.arrayContaining(["seed", "size", "error", "symbol", "exact", "learningRate"]),
    )
    expect(events.at(-2)).toMatchObject({ type: "done", step: 20, reason: "steps" })
    expect(events.at(-1)).toMatchObject({ type: "end", step: 20, reason: "steps", run: "runs/add-5" })
    const rows = readMetrics(join(cwd, "runs/add-5/metrics.jsonl"))
    expect(rows.filter((r) => r.type === "step").map((r) => r.step)).toEqual([10, 20])

    const again = await run([...train, "--steps", "1", "--seed", "5"], { cwd })
    expect(again.stdout).toBe("")
    expect(again.stderr).toContain("saving in runs/add-5-2")
    expect(fs.readdirSync(join(cwd, "runs")).sort()).toEqual(["add-5", "add-5-2"])
  })

  test("the time is a limit, and what was reached is saved", async () => {
    const cwd = newFolder()
    const { code, stderr } = await run([...train, "--time", "0.5s", "--out", "r"], { cwd })
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/time limit reached at step .* continue with: npx neural-gpu train --resume r/)
    expect(latestCheckpoint(join(cwd, "r")).latest?.checkpoint.step).toBeGreaterThan(0)
  })
})

test("states of every so many steps are kept for good, and are asked as one", async () => {
  const cwd = newFolder()
  const kept = [...train, "--steps", "7", "--out", "r", "--save-every", "0.001", "--keep-every", "2"]
  const { code, stderr } = await run(kept, { cwd })
  expect(code, stderr).toBe(0)
  const files = [2, 4, 6].map((step) => stateFile("kept", step))
  expect(fs.readdirSync(join(cwd, "r")).filter((name) => name.startsWith("kept"))).toEqual(files)
  const [first, second] = files.map((name) => `r/${name}`)
  const sizes = ["--sizes", "2", "--samples", "4"]
  const together = await run(["eval", first, "--ensemble", second, ...sizes, ...single], { cwd })
  expect(together, together.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining("ensemble of 2 models") })
  const wrong = refusal(await run([...train, "--keep-every", "often"], { cwd }))
  expect(wrong).toMatch(/--keep-every.*often.*a whole number of at least 1/)
})

describe("a run goes on bit for bit", () => {
  const steps = ["--steps", "60"]
  const straight = async (cwd: string) => {
    expect((await run([...train, ...steps, "--out", "straight"], { cwd })).code).toBe(0)
    return digest(cwd, "straight", last(60))
  }

  test("after it ended at fewer steps", async () => {
    const cwd = newFolder()
    const expected = await straight(cwd)
    await run([...train, "--steps", "23", "--out", "r"], { cwd })
    const { code, stderr } = await run(["train", "--resume", "r", ...single, ...steps], { cwd })
    expect(code, stderr).toBe(0)
    expect(digest(cwd, "r", last(60))).toBe(expected)
    const over = await run(["train", "--resume", "r", ...steps], { cwd })
    expect(over).toMatchObject({ code: 0, stderr: expect.stringContaining("is done: it is at step 60 of 60") })
  })

  test.each(["SIGKILL", "SIGINT"] as const)("after %s, and metrics name every row once", async (signal) => {
    const cwd = newFolder()
    const expected = await straight(cwd)
    const args = [...train, ...steps, "--out", "r", "--save-every", "0.001", "--json"]
    const { child, ended, until } = start(args, { cwd })
    await until(/"type":"step","step":2\d/)
    child.kill(signal)
    await ended
    const { code, stderr } = await run(["train", "--resume", "r", ...single, ...steps], { cwd })
    expect(code, stderr).toBe(0)
    expect(digest(cwd, "r", last(60))).toBe(expected)
    const rows = readMetrics(join(cwd, "r", "metrics.jsonl")).filter((r) => r.type === "step")
    expect(rows.map((r) => r.step)).toEqual([10, 20, 30, 40, 50, 60])
  })
})

describe("interrupted", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s saves and ends with %i", async (signal, code) => {
    const cwd = newFolder()
    const { child, ended, until } = start([...train, "--out", "r", "--json"], { cwd })
    await until(/"type":"step"/)
    child.kill(signal)
    const { code: got, stdout, stderr } = await ended
    expect(got, stderr).toBe(code)
    expect(stderr).toContain("continue with: npx neural-gpu train --resume r")
    const { step } = jsonLines(stdout).findLast((e) => e.type === "step") as { step: number }
    expect(latestCheckpoint(join(cwd, "r")).latest?.checkpoint.step).toBe(step)
    expect(fs.existsSync(join(cwd, "r", "lock"))).toBe(false)
  })

  test("a second signal ends it at once, in the middle of a long step", async () => {
    const cwd = newFolder()
    // the first step takes a millisecond, the second one seconds
    const long = [
      "--maps",
      "64",
      "--train-sizes",
      "1-1,80-80",
      "--set",
      "curriculum.threshold=0",
      "--device",
      "wasm",
      ...single,
    ]
    const { child, ended, until } = start(["train", "add", ...long, "--out", "r", "--json"], { cwd })
    await until(/"type":"step"/)
    child.kill("SIGTERM")
    await until(/a second signal ends at once/)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const at = performance.now()
    child.kill("SIGTERM")
    expect((await ended).code).toBe(143)
    expect(performance.now() - at).toBeLessThan(1500)
    expect((await run(["train", "--resume", "r", "--steps", "1"], { cwd })).code).toBe(0)
  })

  test("a reader that goes away ends it quietly, with the state saved", async () => {
    const cwd = newFolder()
    const { child, ended, until } = start([...train, "--out", "r", "--json"], { cwd })
    await until(/"type":"step"/)
    child.stdout.destroy()
    const { code, stderr } = await ended
    expect({ code, lines: stderr.trim().split("\n").length }, stderr).toEqual({ code: 0, lines: 1 })
    expect(latestCheckpoint(join(cwd, "r")).latest).toBeDefined()
  })
})

test("one run, one process", async () => {
  const cwd = newFolder()
  const { child, ended, until } = start([...train, "--out", "r"], { cwd })
  await until(/starting/)
  expect(refusal(await run(["train", "--resume", "r"], { cwd }))).toMatch(/in use by process/)
  const asJson = await run(["train", "--resume", "r", "--json"], { cwd })
  expect(asJson.code).toBe(2)
  expect(jsonLines(asJson.stdout)).toMatchObject([{ type: "error", code: "in-use", run: "r" }])
  child.kill("SIGTERM")
  expect((await ended).code).toBe(143)
})

test("a full disk is told and does not end the training; what could not be saved is a failure", async () => {
  const cwd = newFolder()
  const after = "ulimit -f 8" // no file beyond 4 or 8 KiB, by shell: config and metrics fit, a checkpoint does not
  const { code, stderr } = await run([...train, "--maps", "12", "--steps", "20", "--out", "r"], { cwd, after })
  expect(code, stderr).toBe(1)
  expect(stderr).toMatch(/cannot save checkpoint-00000020.safetensors in r/)
  expect(stderr).toContain("step 20 could not be saved")
})

// NEURAL_GPU_KILLS=200 for a long run
test("kill -9 at any moment leaves a run that loads", { timeout: 600_000 }, async () => {
  const kills = Number(process.env.NEURAL_GPU_KILLS ?? 8)
  const cwd = newFolder()
  const common = [...single, "--save-every", "0.001", "--json", "--steps", "1000000"]
  for (let i = 0; i < kills; i++) {
    const args = fs.existsSync(join(cwd, "r", "config.json")) ? ["train", "--resume", "r"] : [...train, "--out", "r"]
    const { child, ended, until } = start([...args, ...common], { cwd })
    // some are killed while they start, most while they train and save
    if (i % 5 > 0) await until(/"type":"step"/)
    await new Promise((resolve) => setTimeout(resolve, (i * 37) % (i % 5 > 0 ? 100 : 500)))
    child.kill("SIGKILL")
    expect((await ended).signal).toBe("SIGKILL")
    if (!fs.existsSync(join(cwd, "r", "config.json"))) continue
    const { latest, skipped } = latestCheckpoint(join(cwd, "r"))
    expect(skipped).toEqual([])
    if (i > 0) expect(latest).toBeDefined()
    readMetrics(join(cwd, "r", "metrics.jsonl"))
  }
})
