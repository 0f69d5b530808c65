// The answer at every step, in words: what a visitor reads when he points at a cell.

import { describe, expect, it } from "vitest"
import { createTask } from "../../src/tasks/index.ts"
import { groupsOf } from "../../web/src/channel-groups.ts"
import { rightFrom, sureness, tell } from "../../web/src/story.ts"

const add = createTask("add")
/** A frame of two places that says these symbols; 90 % sure. */
const says = (...symbols: number[]) => ({
  symbols: Uint8Array.from(symbols),
  logits: Float32Array.from(symbols.flatMap((s) => [0, 1, 2, 3].map((v) => Math.log(v === s ? 0.9 : 0.1 / 3)))),
})
const truth = Uint8Array.of(1, 2)
const frames = [says(1, 1), says(1, 2), says(2, 1), says(1, 2), says(2, 2)]

it("how sure it is, is the probability of what it says", () => {
  expect([...sureness(says(1, 2))].map((p) => p.toFixed(3))).toEqual(["0.900", "0.900"])
})

it("a place is right for good from the step after its last mistake", () => {
  expect(rightFrom(frames, truth, 1)).toBe(3)
  expect(rightFrom(frames, truth, 0)).toBeUndefined()
  expect(rightFrom([says(1, 2)], truth, 0)).toBe(0)
})

describe("a cell tells", () => {
  it.each([
    [0, "Step 0, 2nd digit from the right: it would say 0, 90 % sure; right is 1. It is right for good in 3 steps."],
    [
      1,
      "Step 1, 2nd digit from the right: it would say 1, 90 % sure. That is right, but not for good: it is from step 3 on.",
    ],
    [2, "Step 2, 2nd digit from the right: it would say 0, 90 % sure; right is 1. It is right for good in 1 step."],
    [4, "Step 4, 2nd digit from the right: it would say 1, 90 % sure. That is right, and stays so from step 3 on."],
  ])("whether it is right, and for how long: step %i", (step, told) => {
    expect(tell(add, frames, truth, step, 1)).toBe(told)
  })

  it("that it ends wrong", () => {
    expect(tell(add, frames, truth, 0, 0)).toMatch(/1st digit from the right.*which is right\. It ends wrong\.$/)
    expect(tell(add, frames, truth, 2, 0)).toMatch(/right is 0\. It ends wrong\.$/)
  })

  it("nothing of right and wrong where nobody knows", () => {
    expect(tell(add, frames, undefined, 0, 1)).toBe("Step 0, 2nd digit from the right: it would say 0, 90 % sure.")
  })

  it("places of sequences from the left, as people read them", () => {
    expect(tell(createTask("sort"), frames, truth, 0, 0)).toMatch(/1st symbol/)
  })
})

describe("the memory's channels", () => {
  it("stand in three groups by where they move, as the picture is read", () => {
    const names = (backwards: boolean) => groupsOf(6, true, backwards).map(({ name, channels }) => [name, channels])
    // channels 0 and 1 read from the place before; numbers are shown with their lowest digit at the right
    expect(names(true)).toEqual([
      ["moves left", [0, 1]],
      ["stays", [4, 5]],
      ["moves right", [2, 3]],
    ])
    expect(names(false)[0]).toEqual(["moves left", [2, 3]])
  })

  it("are one group in a model that moves nothing by itself", () => {
    expect(groupsOf(3, false, true)).toEqual([{ name: "memory", channels: [0, 1, 2] }])
  })
})
