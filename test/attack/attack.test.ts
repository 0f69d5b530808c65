// The attack finds planted faults that random questions do not show, shrinks them to what matters, and raises
// no false alarm.

import { describe, expect, it } from "vitest"
import { changed } from "../../src/attack/breed.ts"
import { type AttackEvent, attack } from "../../src/attack/search.ts"
import { placesThatMatter, shrink } from "../../src/attack/shrink.ts"
import { Tally } from "../../src/attack/tally.ts"
import { askedText, type Target } from "../../src/attack/target.ts"
import { random } from "../../src/core/rng.ts"
import { createTask, taskFamilies } from "../../src/tasks/index.ts"
import { faulty, losesCarries, losesLoneOnes, oracle, wrongEntry } from "./faulty.ts"

/** Attacks until so many questions were asked, or until the tally satisfies `enough`. */
async function attacked(
  target: Target,
  { sizes = [20, 40], seed = 1, most = 400_000, enough = (_: Tally) => false },
): Promise<{ tally: Tally; events: AttackEvent[] }> {
  const tally = new Tally()
  const events: AttackEvent[] = []
  for await (const event of attack(target, { sizes, seed })) {
    tally.add(event)
    events.push(event)
    if (tally.asked >= most || enough(tally)) break
  }
  return { tally, events }
}

async function randomWrong(target: Target, size: number): Promise<number> {
  const from = random(7)
  let wrong = 0
  for (let i = 0; i < 10_000; i++) {
    const [reply] = await target.ask(size, [target.task.random(size, from)])
    if (!reply.right) wrong++
  }
  return wrong
}

describe("a planted fault is found, where 10,000 random questions find none", () => {
  it.each<[string, () => Target, number, number]>([
    ["carries of more than 15 places are lost", losesCarries, 17, 5000],
    ["a lone one 40 places from the next", losesLoneOnes, 64, 10_000],
    ["one pattern of 9 digits", wrongEntry, 40, 100_000],
  ])("%s", async (_, open, size, most) => {
    expect(await randomWrong(open(), size)).toBe(0)
    for (const seed of [1, 2, 3]) {
      const { tally } = await attacked(open(), { sizes: [size], seed, most, enough: ({ wrong }) => wrong > 0 })
      expect(tally.wrong, `seed ${seed}`).toBeGreaterThan(0)
    }
  })
})

describe("no false alarm", () => {
  it.each(taskFamilies.map(({ name }) => name))("%s: nothing is wrong with right answers", async (name) => {
    const target = oracle(name)
    const { tally } = await attacked(target, { sizes: [1, 2, 7, 20], most: 8000 })
    expect(tally.wrong).toBe(0)
    expect(tally.smallest).toBeUndefined()
  })
})

it("a search that finds everything wrong keeps a bounded number of questions", async () => {
  const { tally } = await attacked(
    faulty(createTask("copy"), () => -1),
    { sizes: [30], most: 25_000 },
  )
  const families = tally.rates.length
  expect(tally.wrong).toBeGreaterThan(20_000)
  expect(tally.kept.length).toBeLessThanOrEqual(1000 * families)
  expect(tally.kept.filter(({ family }) => family === "random").length).toBe(1000)
})

describe("what was found", () => {
  it("shrinks to what matters", async () => {
    const smallest = async (open: () => Target, sizes: number[]) =>
      (await attacked(open(), { sizes, most: 30_000 })).tally.smallest
    expect(await smallest(wrongEntry, [40])).toMatchObject({ size: 9, question: "271828459", expected: "271828459" })
    expect(await smallest(losesLoneOnes, [64])).toMatchObject({ size: 41, question: `1${"0".repeat(39)}1` })
    expect((await smallest(losesCarries, [30]))?.size).toBe(16)
  })

  it("is shrunk only as long as it stays wrong", async () => {
    let last = ""
    for await (const { question } of shrink(losesLoneOnes(), `0110${"1".padEnd(40, "0")}101101`, "?")) last = question
    expect(last).toBe(`1${"0".repeat(39)}1`)
  })

  it("tells the places at which another digit mends the answer", async () => {
    expect(await placesThatMatter(losesLoneOnes(), `0${"1".padEnd(40, "0")}10`)).toEqual(
      Array.from({ length: 41 }, (_, i) => i + 1),
    )
    const target = faulty(createTask("add", { base: 10 }), (question) => (question.startsWith("7") ? -1 : 1))
    expect(await placesThatMatter(target, "75+12")).toEqual([0])
  })

  it("depends on the seed alone, and a longer search only goes on", async () => {
    const options = { sizes: [12, 64], most: 6000 }
    const { events } = await attacked(losesLoneOnes(), options)
    const longer = await attacked(losesLoneOnes(), { ...options, most: 9000 })
    const other = await attacked(losesLoneOnes(), { ...options, seed: 2 })
    expect(longer.events.slice(0, events.length)).toEqual(events)
    expect(other.events).not.toEqual(events)
  })

  it("is told by family and size, with intervals only where questions were drawn at random", async () => {
    const isShort = (question: string) => question.length <= 12
    const target = faulty(createTask("copy"), (question) => (isShort(question) && /^1*$/u.test(question) ? -1 : 1))
    const { tally } = await attacked(target, { sizes: [12, 20], most: 4000 })
    const runs = tally.rates.find(({ family, size }) => family === "runs" && size === 12)
    expect(runs?.wrong).toBeGreaterThan(0)
    const [low, high] = runs?.interval ?? []
    const share = (runs?.wrong ?? 0) / (runs?.asked ?? 1)
    expect(low).toBeLessThan(share)
    expect(high).toBeGreaterThan(share)
    expect(tally.rates.find(({ family }) => family === "bred")?.interval).toBeNull()
    expect(tally.families.find(({ family }) => family === "runs")?.wrongAt).toEqual([12])
    expect(tally.worst?.size).toBe(12)
    const told = tally.kept.filter(({ family }) => family === "runs")
    expect(told.length).toBeLessThanOrEqual(runs?.wrong ?? 0)
    const questions = told.map(({ question }) => question)
    expect(questions).toEqual([...new Set(questions)])
  })
})

it("a task that does not know right answers is refused in one sentence", async () => {
  const task = createTask("copy")
  const search = attack(oracle("copy"), { sizes: [5], seed: 1 })
  expect((await search.next()).done).toBe(false)
  const silent = { ...oracle("copy"), task: { ...task, oracle: () => undefined as never } }
  await expect(attack(silent, { sizes: [5], seed: 1 }).next()).rejects.toThrow(
    "attack: copy does not know the right answer",
  )
})

it("without families, random questions and breeding remain", async () => {
  const { task, ask } = wrongEntry("2718")
  const { tally } = await attacked({ task: { ...task, families: [] }, ask }, { sizes: [20], most: 20_000 })
  expect([...new Set(tally.rates.map(({ family }) => family))]).toEqual(["random", "bred"])
  expect(tally.smallest?.question).toBe("2718")
})

it("questions are bred from questions: each child can be asked", () => {
  for (const { name } of taskFamilies) {
    const task = createTask(name)
    const from = random(5)
    for (let i = 0; i < 100; i++) {
      const [a, b] = [task.random(6, from).input, task.hard(6, from).input].map((input) => task.formatInput(input))
      const child = askedText(task, changed(a, b, from))
      expect(child?.input.length, `${name}: ${a}, ${b}`).toBe(task.length(6))
    }
  }
})
