// A film: the verdict on its last frame, damage and recovery. The test takes the place of its worker.

import { beforeEach, describe, expect, it, vi } from "vitest"
import type { Role } from "../../src/core/role.ts"
import type { TracedTensor } from "../../src/inference/trace.ts"
import { createTask } from "../../src/tasks/index.ts"
import type { TraceListener } from "../../web/src/engine/client.ts"
import type { FilmRequest, LoadedModel, TraceRequest } from "../../web/src/engine/messages.ts"
import { createFilm, memoryOf } from "../../web/src/film.ts"

type Frame = NonNullable<FilmRequest["from"]>["frame"]
interface Asked {
  readonly request: TraceRequest
  readonly listener: TraceListener
}
const { asked } = vi.hoisted(() => ({ asked: [] as Asked[] }))
vi.mock("../../web/src/engine/client.ts", () => ({
  trace: (request: Asked["request"], listener: Asked["listener"]) => asked.push({ request, listener }),
}))
beforeEach(() => void asked.splice(0))

const modelOf = (name: string, base = 2): LoadedModel =>
  ({ key: name, config: { task: { name, base, output: "padded" }, model: {} }, weights: new Map() }) as never
const frame = (step: number, symbols: Uint8Array): Frame => ({ step, symbols, tensors: {}, logits: new Float32Array() })
const state = { name: "state", role: "memory", shape: [7, 1, 12], carried: true } as const
const about = (steps: number, tensors: readonly TracedTensor[]) => ({ k: "about", id: 0, steps, tensors }) as const

/** A film of a question whose frames all hold the right answer but the last, which holds `answer`. */
async function filmOf(question: string, answer: Uint8Array, task = "add", steps = 3) {
  const film = createFilm({ question })
  await film.load(Promise.resolve(modelOf(task)))
  const { listener } = asked[asked.length - 1]
  listener.about(about(steps, [state]))
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

describe("nothing of an old question is judged as an answer to a new one", () => {
  const add = createTask("add")
  const rightOf = (question: string) => add.oracle(add.parse(question))

  it("while the new one is computed", async () => {
    const film = await filmOf("1+1", rightOf("1+1"))
    film.typed.value = "0+1" // as long as the old one
    expect([film.verdict.value, film.frames.value]).toEqual([undefined, []])
    asked[asked.length - 1].listener.answer(rightOf("0+1"))
    expect(film.verdict.value).toMatchObject({ wrong: 0, got: rightOf("0+1") })
  })

  it("under an error, whether of the question, the model or the worker", async () => {
    const film = await filmOf("1+1", rightOf("1+1"))
    film.typed.value = "1+x"
    expect([film.error.value, film.verdict.value]).toEqual([expect.stringContaining('got "x"'), undefined])
    film.typed.value = "1+1"
    expect(film.error.value).toBeUndefined()
    await film.load(Promise.reject(new Error("Failed to fetch")))
    expect([film.error.value, film.verdict.value]).toEqual(["Failed to fetch", undefined])
  })

  it("when a file of the same task replaces the model", async () => {
    const film = await filmOf("1+1", rightOf("1+1"))
    await film.load(Promise.resolve({ ...modelOf("add"), key: "other" }))
    expect(film.verdict.value).toBeUndefined()
  })
})

it("the answer comes before the film; after damage it is that of the damaged film", async () => {
  const film = createFilm({ question: "1+1" })
  await film.load(Promise.resolve(modelOf("add")))
  const { listener } = asked[asked.length - 1]
  const right = createTask("add").oracle(createTask("add").parse("1+1")) as Uint8Array
  listener.about(about(2, [state]))
  listener.answer(right)
  expect(film.verdict.value?.wrong).toBe(0)
  listener.frames([0, 1, 2].map((step) => frame(step, right)))
  listener.done(1)
  film.go(1)
  film.damage({})
  const damaged = asked[asked.length - 1].listener
  damaged.frames([frame(1, right)])
  expect(film.verdict.value).toBeUndefined()
  damaged.frames([frame(2, right.with(0, 2))])
  expect(film.verdict.value?.wrong).toBe(1)
})

describe("what a step computes on the way", () => {
  const update = { name: "update", role: "gate", shape: [3, 1, 12], carried: false } as const
  const gates = (step: number) => ({ step, tensors: { update: Float32Array.of(step) } })
  const detailed = async (start: { tensor?: string; cell?: [number, number, number] }) => {
    const film = createFilm({ question: "1+1", ...start })
    await film.load(Promise.resolve(modelOf("add")))
    const { listener } = asked[asked.length - 1]
    listener.about(about(2, [{ ...state, shape: [3, 1, 12] }, update]))
    listener.frames([0, 1, 2].map((step) => frame(step, new Uint8Array(3))))
    expect(asked.filter(({ request }) => request.k === "details")).toEqual([])
    listener.done(1)
    return film
  }
  const parts = () => {
    const { request } = asked[asked.length - 1]
    return request.k === "details"
      ? request.parts.map(({ after, tensors }) => [after.map(({ step }) => step), tensors])
      : request.k
  }

  it("is asked for where it is looked at, of every step", async () => {
    const film = await detailed({ tensor: "update" })
    expect(parts()).toEqual([
      [[], ["update"]],
      [[0, 1], ["update"]],
    ])
    const { listener } = asked[asked.length - 1]
    listener.details([gates(1), gates(2)])
    listener.done(1)
    expect(film.frames.value.map(({ tensors }) => tensors.update?.[0])).toEqual([undefined, 1, 2])
    film.tensor.value = "state"
    expect(asked).toHaveLength(2)
  })

  it("is asked for of the step of a picked cell, and forgotten at the next", async () => {
    const film = await detailed({ cell: [0, 0, 0] })
    film.go(2)
    expect(parts()).toEqual([
      [[1], ["update"]],
      [[], ["state"]],
    ])
    asked[asked.length - 1].listener.details([gates(2)])
    asked[asked.length - 1].listener.done(1)
    film.go(1)
    expect(parts()).toEqual([
      [[0], ["update"]],
      [[], ["state"]],
    ])
    asked[asked.length - 1].listener.details([gates(1)])
    asked[asked.length - 1].listener.done(1)
    expect(film.frames.value.map(({ tensors }) => tensors.update?.[0])).toEqual([undefined, 1, undefined])
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
  expect(request).toMatchObject({ k: "film", from: { frame: { step: 1 }, changes } })
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
    asked[asked.length - 1].listener.about(about(2, tensors))
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
    asked[asked.length - 1].listener.about(about(3, [state]))
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
