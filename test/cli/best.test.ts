// The weights of a run's best evaluation at the goal size are kept, can be evaluated, and survive an
// interruption.

import { join } from "node:path"
import { expect, test } from "vitest"
import { better } from "../../src/runs/best.ts"
import { loadCheckpoint } from "../../src/runs/checkpoint.ts"
import { newFolder } from "../runs/folders.ts"
import { digest, jsonLines, run, single, tiny } from "./program.ts"

// counts as learned at once, with a large learning rate, so that evaluations vary
const looking = [
  ...["learned.every=5", "learned.exact=0", "curriculum.threshold=0", "goal.every=10", "goal.times=99"],
  ...["ema.decay=0", "learningRate=0.3"],
].flatMap((field) => ["--set", field])
const train = ["train", "copy", ...tiny, ...single, ...looking]

test("the checkpoint of the best look is kept, also over a break", async () => {
  const cwd = newFolder()
  const { code, stdout, stderr } = await run([...train, "--steps", "80", "--out", "r", "--json"], { cwd })
  expect(code, stderr).toBe(0)
  const looks = Map.groupBy(
    jsonLines(stdout).filter(({ type, size }) => type === "evaluation" && size === 8),
    ({ step }) => Number(step),
  )
  const right = (step: number) =>
    looks.get(step)?.reduce((sum, { exact, samples }) => sum + Number(exact) * Number(samples), 0) ?? 0
  const best = Math.max(...[...looks.keys()].map(right))
  const [first] = [...looks.keys()].filter((step) => right(step) === best)
  expect(first).toBeLessThan(75) // so that evaluations come after it
  expect(loadCheckpoint(join(cwd, "r/best.safetensors")).step).toBe(first)
  expect(stderr).toContain(`${best} of ${best} correct at step ${first}, kept in r/best.safetensors`)

  await run([...train, "--steps", String(first + 5), "--out", "s"], { cwd })
  const resumed = await run(["train", "--resume", "s", ...single, "--steps", "80"], { cwd })
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(digest(cwd, "s", "best.safetensors")).toBe(digest(cwd, "r", "best.safetensors"))

  const asked = await run(["eval", "r/best.safetensors", "--sizes", "8", "--samples", "16"], { cwd })
  expect(asked.stdout).toMatch(/100 %/u)
})

test.each([
  ["all of more examples", { samples: 128, right: 128 }, { samples: 32, right: 32 }],
  ["more of as many", { samples: 32, right: 31 }, { samples: 32, right: 30 }],
  ["all of few, where many were nearly right", { samples: 32, right: 32 }, { samples: 128, right: 120 }],
  ["a first wrong one after more", { samples: 96, right: 95 }, { samples: 32, right: 31 }],
])("better: %s", (_, look, than) => {
  const [a, b] = [look, than].map((l) => ({ step: 1, symbol: 0.5, ...l }))
  expect([better(a, b), better(b, a), better(a, a)]).toEqual([true, false, false])
})

test("better: symbols decide where no answer is right, and bits where a task has them", () => {
  const none = { step: 1, samples: 32, right: 0 }
  expect(better({ ...none, symbol: 0.7 }, { ...none, symbol: 0.6 })).toBe(true)
  expect(better({ ...none, symbol: 0.6, bits: 0.1 }, { ...none, symbol: 0.9, bits: 2 })).toBe(true)
})
