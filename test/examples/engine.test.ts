// The engine's public entry: its documented sample and its example do what they say, on every device here.

import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, it } from "vitest"
import { trainRing } from "../../examples/small-net.ts"
import {
  add,
  Graph,
  grad,
  type KernelOp,
  kernel,
  LANES,
  mul,
  type Node,
  optimizerUpdate,
  packLanes,
  plan,
  sum,
  unpackLane,
} from "../../src/engine.ts"
import { agree, candidates, randomBlock } from "../engine.ts"

const root = join(import.meta.dirname, "../..")

it("the sample of docs/engine.md prints what the page says", async () => {
  const page = readFileSync(join(root, "docs/engine.md"), "utf8")
  const [, code] = /```ts\n(.*?)```/su.exec(page) ?? []
  const [, printed] = /It prints:\s+```\n(.*?)```/su.exec(page) ?? []
  const args = ["--import", "./scripts/from-source.mjs", "--input-type=module-typescript", "--eval", code]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
  expect(stdout).toBe(printed)
})

const devices = ["reference", ...new Set(candidates.map(({ name }) => name.split(" ")[0]))]
it.each(devices)("the small net of one's own learns on %s", async (device) => {
  expect(await trainRing(device)).toBeGreaterThan(0.85)
})

it("refuses an optimizer and options that do not exist", () => {
  expect(() => optimizerUpdate("adamw" as "adam")).toThrow('optimizer: got "adamw", expected one of adamax, adam')
  expect(() => optimizerUpdate("adam", { beta3: 1 } as object)).toThrow('adam: there is no "beta3"')
  expect(() => optimizerUpdate("sgd", { momentum: 2 })).toThrow("sgd.momentum: got 2, expected a number")
})

it("packs examples into lanes and back, and refuses what does not fit", () => {
  const packed = packLanes([
    [1, 2],
    [3, 4],
  ])
  expect([0, 1, 2].map((lane) => [...unpackLane(packed, lane)])).toEqual([
    [1, 2],
    [3, 4],
    [0, 0],
  ])
  expect(() => packLanes([])).toThrow("got 0 examples, expected 1 to 16")
  expect(() => packLanes([[1], [1, 2]])).toThrow("example 1 has 2 numbers, expected 1")
  expect(() => unpackLane(packed, 16)).toThrow("got lane 16, expected 0 to 15")
})

/** An op of one's own, made with the public entry alone: the places of [L, 1, 1] in reverse order. */
const reverseOp: KernelOp<Record<never, never>> = {
  name: "reverse",
  shape: ([x]) => x.shape,
  gradient: (g, _, adjoint) => [g.create(reverseOp, [adjoint], {})],
  reference: (_, [x]) => x.slice().reverse(),
  kernel(k) {
    const [x, y] = [k.buffer("x"), k.buffer("y")]
    const L = kernel.context("L")
    k.loop(0, L, (i) =>
      k.lanes(() => k.store(k.pointer(y, i), k.load(k.pointer(x, kernel.isub(kernel.isub(L, 1), i))))),
    )
  },
}

it.each(candidates)("runs an op of one's own on $name as the reference does", async ({ create }) => {
  const g = new Graph()
  const place = g.parameter("scale", [1], { uniform: 1 })
  const reversed = g.create(reverseOp, [g.map([g.lane("x", ["L", 1, 1]), place], mul)], {})
  const squared = sum(g, g.map([reversed, g.lane("y", ["L", 1, 1])], mul), [1, 1, 1])
  const planned = plan(g, { outputs: { reversed }, loss: squared })
  const program = await create(1).compile(planned)
  await agree(planned, program, [randomBlock(planned, 5, 1)], 1e-5)
  await program.dispose()
})

it("gives the gradient of any node that depends on a parameter", async () => {
  const g = new Graph()
  const weight = g.parameter("w", [1], { constant: 3 })
  const y: Node = g.map([g.lane("x", [1, 1, 1]), weight], mul)
  const loss = g.map([y, y], (a, b) => add(mul(a, b), a)) // y² + y
  const slope = grad(g, loss).of(y)
  const planned = plan(g, { outputs: { slope: slope as Node } })
  const program = await candidates[0].create(1).compile(planned)
  const x = packLanes([[2]])
  const run = await program.run(Float32Array.of(3), [{ length: 1, steps: 1, firstExample: 0, inputs: { x } }], {
    seed: 1,
    trainStep: 0,
  })
  expect([x.length, unpackLane(run.outputs[0].slope, 0)[0]]).toEqual([LANES, 13]) // 2 y + 1
})
