// The page's training session, in Node: it trains on the device, reports its checks, and can be stopped
// meanwhile.

import { expect, test } from "vitest"
import type { Backend, Program } from "../../src/backends/backend.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { type PartialConfig, resolveConfig } from "../../src/training/config.ts"
import type { TrainReply } from "../../web/src/engine/messages.ts"
import { TrainingSession } from "../../web/src/engine/training-session.ts"

const small = {
  task: { name: "add" },
  model: { maps: 6 },
  sizes: [[1, 3]],
  curriculum: { threshold: 0 },
  learned: { every: 2, exact: 0 },
} as const satisfies PartialConfig

function session(given: PartialConfig, backend: Backend, hear: (reply: TrainReply) => void = () => {}) {
  const replies: TrainReply[] = []
  const opened = new TrainingSession(backend, { config: resolveConfig(given) }, (reply) => {
    replies.push(reply)
    hear(reply)
  })
  return { opened, replies, kinds: () => replies.map(({ k }) => k) }
}

test("trains where the device keeps the weights", async () => {
  const inner = wasm(1)
  let kept = 0
  const backend: Backend = {
    ...inner,
    async compile(plan): Promise<Program> {
      const program = await inner.compile(plan)
      const resident: Program["resident"] = (update) => {
        kept++
        return program.resident(update)
      }
      const { run, peakBytes, dispose } = program
      return { plan, peakBytes, run: run.bind(program), dispose: dispose.bind(program), resident }
    },
  }
  const { opened, kinds, replies } = session({ ...small, steps: 3 }, backend)
  await opened.run()
  expect(kept).toBe(1)
  expect(kinds().slice(0, 3)).toEqual(["started", "checking", "checking"])
  expect(kinds().slice(-1)).toEqual(["ended"])
  expect(replies.flatMap((r) => (r.k === "steps" ? r.rows.map(({ step }) => step) : []))).toEqual([1, 2, 3])
  const sizes = replies.findLast((r) => r.k === "sizes")
  expect(sizes).toMatchObject({ step: 3 })
})

test("a stop is heard in the middle of a check: the run stands at its last whole step", async () => {
  // with a goal in bits, a check evaluates all of its examples
  const goal = { size: 12, samples: 400, every: 2, times: 3, bits: 1e6 }
  const model = { name: "lstm", units: 6 } as const
  const checking = { ...small, task: { name: "copy-vectors" }, model, goal }
  let asked = false
  const { opened, replies } = session(checking, wasm(1), (reply) => {
    if (asked || reply.k !== "checking" || !reply.text?.includes("of 400 done")) return
    asked = true
    setTimeout(() => void opened.stop(false)) // as a message does
  })
  await opened.run()
  expect(asked).toBe(true)
  expect(replies.at(-1)).toMatchObject({ k: "ended", reason: "stopped" })
  const told = replies.flatMap((r) => (r.k === "steps" ? r.rows.map(({ step }) => step) : []))
  expect(told.length).toBeGreaterThan(0)
  expect(replies.findLast((r) => r.k === "saved")?.saved.step).toBe(told.at(-1))
  expect(replies.filter((r) => r.k === "checking" && r.text?.includes("of 400 done")).length).toBeLessThan(5)
})

test("tells how it would answer one and the same question, twice as long as what it is taught", async () => {
  const { opened, replies } = session({ ...small, steps: 3 }, wasm(1))
  await opened.run()
  const films = replies.flatMap((r) => (r.k === "film" ? [r.film] : []))
  expect(films.length).toBeGreaterThan(0)
  const last = films[films.length - 1]
  expect(last.step).toBe(3)
  expect(last.input).toHaveLength(2 * 6 + 1) // two numbers of twice three digits
  for (const { input, frames } of films) {
    expect(input).toEqual(last.input)
    for (const { symbols, logits } of frames) expect(logits).toHaveLength(symbols.length * 4)
  }
})
