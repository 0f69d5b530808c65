// A film: the verdict on its last frame, damage and recovery. The test takes the place of its worker.

import { beforeEach, describe, expect, it, vi } from "vitest"
import type { Role } from "../../src/core/role.ts"
import { createTask } from "../../src/tasks/index.ts"
import type { LoadedModel, TraceRequest } from "../../web/src/engine/messages.ts"
import { createFilm, memoryOf } from "../../web/src/film.ts"

type Frame = NonNullable<TraceRequest["from"]>["frame"]
interface Asked {
  readonly request: Omit<TraceRequest, "id">
  readonly listener: {
    about(about: object): void
    frames(frames: readonly Frame[]): void
    done(milliseconds: number): void
    failed(message: string): void
  }
}
const { asked } = vi.hoisted(() => ({ asked: [] as Asked[] }))
vi.mock("../../web/src/engine/client.ts", () => ({
  trace: (request: Asked["request"], listener: Asked["listener"]) => asked.push({ request, listener }),
}))
beforeEach(() => void asked.splice(0))

const modelOf = (name: string, base = 2): LoadedModel =>
  ({ key: name, config: { task: { name, base, output: "padded" }, model: {} }, weights: new Map() }) as never
const frame = (step: number, symbols: Uint8Array): Frame => ({ step, symbols, tensors: {}, logits: new Float32Array() })
const state = { name: "state", shape: [7, 1, 12], carried: true }

/** A film of a question whose frames all hold the right answer but the last, which holds `answer`. */
async function filmOf(question: string, answer: Uint8Array, task = "add", steps = 3) {
  const film = createFilm({ question })
  await film.load(Promise.resolve(modelOf(task)))
  const { listener } = asked[asked.length - 1]
  listener.about({ steps, tensors: [state] })
  const right = createTask(task).oracle(createTask(task).parse(question))
  listener.frames(Array.from({ length: steps }, (_, step) => frame(step, right)))
  expect(film.verdict.value, "before the last frame").toBeUndefined()
  listener.frames([frame(steps, answer)])
  listener.done(5)
  return film
}

describe("the verdict", () => {
  const task = createTask("add")
  const question = "110+101"
  const right = task.oracle(task.parse(question))

  it("is that of the last frame, against the oracle", async () => {
    const film = await filmOf(question, right)
    expect(film.verdict.value).toMatchObject({ wrong: 0, right, got: right })
    expect([film.busy.value, film.milliseconds.value]).toEqual([false, 5])
  })

  it("counts a wrong symbol at every place, the highest and the lowest too", async () => {
    for (const place of right.keys()) {
      const answer = right.with(place, right[place] === 1 ? 2 : 1)
      const film = await filmOf(question, answer)
      expect(film.verdict.value?.wrong, `wrong at place ${place}`).toBe(1)
      expect(film.verdict.value?.got).toEqual(answer)
    }
  })

  it("counts every wrong symbol, and PAD where a digit belongs", async () => {
    const film = await filmOf(question, new Uint8Array(right.length))
    expect(film.verdict.value?.wrong).toBe(right.length)
  })

  it("is of the task that the model learns", async () => {
    const sort = createTask("reverse")
    const film = await filmOf("0010", sort.parse("0010"), "reverse")
    expect(film.verdict.value?.wrong).toBe(2)
  })
})

it("steps stay within the film, and it ends at its end unless told otherwise", async () => {
  const film = await filmOf("1+1", new Uint8Array(3), "add", 4)
  expect(film.step.value).toBe(4)
  film.go(2)
  expect([film.step.value, film.frame.value?.step]).toEqual([2, 2])
  film.go(99)
  expect(film.step.value).toBe(4)
  film.go(-1)
  expect(film.step.value).toBe(0)
})

it("damage goes on from the step that is shown, and healing brings the undamaged film back", async () => {
  const task = createTask("add")
  const right = task.oracle(task.parse("1+1"))
  const film = await filmOf("1+1", right)
  film.go(1)
  const changes = { state: new Float32Array(84) }
  film.damage(changes)
  const { request, listener } = asked[asked.length - 1]
  expect(request.from).toMatchObject({ frame: { step: 1 }, changes })
  const wrong = right.with(0, 2)
  listener.frames([frame(1, right), frame(2, wrong), frame(3, wrong)])
  listener.done(1)
  expect(film.frames.value.map(({ step }) => step)).toEqual([0, 1, 2, 3])
  expect([film.damagedAt.value, film.verdict.value?.wrong]).toEqual([1, 1])
  film.heal()
  expect([film.damagedAt.value, film.verdict.value?.wrong]).toEqual([undefined, 0])
})

it("a question that cannot be one is told, and the film goes on with the next", async () => {
  const film = await filmOf("1+1", new Uint8Array(3))
  film.typed.value = "1+x"
  expect(film.error.value).toMatch(/add: got "x"/)
  film.typed.value = "10+1"
  expect(film.error.value).toBeUndefined()
  expect(asked[asked.length - 1].request.input).toEqual(createTask("add").parse("10+1"))
})

it("what the worker or the model's file says is told", async () => {
  const film = createFilm({ question: "1+1" })
  await film.load(Promise.reject(new Error("no such model")))
  expect(film.error.value).toBe("no such model")
  await film.load(Promise.resolve(modelOf("add")))
  asked[0].listener.failed("out of memory")
  expect([film.error.value, film.busy.value]).toEqual(["out of memory", false])
})

describe("what is looked at first", () => {
  const tensor = (name: string, shape: readonly number[], role: Role = "memory", carried = true) => ({
    ...{ name, role, shape, carried },
  })
  /** A film of a model with these tensors. */
  async function showing(tensors: readonly ReturnType<typeof tensor>[], start: { tensor?: string } = {}) {
    const film = createFilm({ question: "1+1", ...start })
    await film.load(Promise.resolve(modelOf("add")))
    asked[asked.length - 1].listener.about({ steps: 2, tensors })
    return film
  }
  const turing = [
    tensor("memory", [8, 1, 6]),
    tensor("read0/weights", [8, 1, 1], "weighting"),
    tensor("controller", [1, 1, 4], "value"),
  ]

  it.each([
    ["a Neural GPU's memory", [tensor("gates", [3, 1, 6], "gate", false), tensor("state", [3, 1, 6])], "state"],
    ["where a Turing machine reads", turing, "read0/weights"],
    ["a net's stacks", [tensor("hidden", [1, 1, 4], "value"), tensor("stacks", [3, 1, 2])], "stacks"],
    [
      "where an answer looks back",
      [tensor("h", [1, 1, 4]), tensor("attention/weights", [3, 1, 1], "weighting")],
      "attention/weights",
    ],
    ["whatever there is", [tensor("hidden", [1, 1, 4])], "hidden"],
  ])("%s", async (_, tensors, first) => {
    const film = await showing(tensors)
    expect(film.tensor.value).toBe(first)
    expect(film.shape.value).toEqual(tensors.find(({ name }) => name === first)?.shape)
  })

  it("is what the link says, where the model has it", async () => {
    expect((await showing(turing, { tensor: "memory" })).tensor.value).toBe("memory")
    expect((await showing(turing, { tensor: "state" })).tensor.value).toBe("read0/weights")
  })

  it("channels are those that there are", async () => {
    expect((await showing([tensor("state", [3, 1, 12])])).channels.value).toEqual([0, 1, 2])
    expect((await showing([tensor("state", [3, 1, 2])])).channels.value).toEqual([0, 1, 1])
    expect((await showing([tensor("state", [3, 1, 1])])).channels.value).toEqual([0, 0, 0])
  })

  it("only a memory with places can be painted over", () => {
    expect(memoryOf(turing)?.name).toBe("memory")
    expect(memoryOf([tensor("state", [1, 1, 24])])).toBeUndefined()
    expect(memoryOf([tensor("state", [5, 1, 24], "memory", false)])).toBeUndefined()
  })
})

describe("the cell that a link names", () => {
  const at = async (...cell: [number, number, number]) => {
    const film = createFilm({ question: "110+101", cell })
    await film.load(Promise.resolve(modelOf("add")))
    asked[asked.length - 1].listener.about({ steps: 3, tensors: [state] })
    return film.cell.value
  }

  it("is shown if there is one, and otherwise none is", async () => {
    expect(await at(6, 0, 11)).toEqual({ l: 6, w: 0, m: 11 })
    for (const [l, w, m] of [
      [7, 0, 0],
      [0, 1, 0],
      [0, 0, 12],
      [9999, 9999, 9999],
    ])
      expect(await at(l, w, m)).toBeUndefined()
  })
})
