// Tasks of the user's own: what follows from pairs, what a definition needs, and what is said about odd data.

import fc from "fast-check"
import { describe, expect, it, test } from "vitest"
import { UserError } from "../../src/core/errors.ts"
import { random } from "../../src/core/rng.ts"
import { defineTask, fromPairs, type Pair, type Task } from "../../src/tasks/index.ts"

const reversed = (text: string) => [...text].reverse().join("")
const word = (n: number, seed: number, symbols = "abc") => {
  const { below } = random(seed, n)
  return Array.from({ length: n }, () => symbols[below(symbols.length)]).join("")
}
/** Pairs of a word and its reversal, `each` of every length. */
const reversals = (lengths: readonly number[], each: number): Pair[] =>
  lengths.flatMap((n) =>
    Array.from({ length: each }, (_, i) => word(n, i, "abcdefgh")).map((question) => {
      return { question, answer: reversed(question) }
    }),
  )
const lengths = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
const pairsOf = ({ pairs }: Task) => {
  if (pairs === null) throw new Error("no pairs")
  return pairs
}

describe("pairs", () => {
  const own = fromPairs(reversals(lengths, 40))
  const { task, suggested } = own.found
  const pairs = pairsOf(task)

  it("keeps the longest questions for tests, and never trains on them", () => {
    expect([...pairs.testSizes.keys()]).toEqual([11, 12])
    const seen = new Set<string>()
    for (let step = 0; step < 400; step++)
      for (const { input } of pairs.batch([2, 10], 16, step, [1]).examples) seen.add(task.formatInput(input))
    const tests = [...pairs.testSizes.values()].flat().map(({ input }) => task.formatInput(input))
    expect(tests.filter((question) => seen.has(question))).toEqual([])
    expect(suggested.goal.size).toBe(12)
  })

  it("visits every training pair once in an epoch, in another order in the next one and for another seed", () => {
    const batches = 3 // of 16 for 40 pairs of a length
    const epoch = (from: number, seed: number) =>
      Array.from({ length: batches }, (_, i) => pairs.batch([9, 9], 16, from + i, [seed]).examples)
        .flat()
        .map(({ input }) => task.formatInput(input))
    const first = epoch(0, 1)
    expect(new Set(first).size).toBe(40)
    expect(epoch(0, 1)).toEqual(first)
    for (const other of [epoch(batches, 1), epoch(0, 2)]) {
      expect([...new Set(other)].sort()).toEqual([...new Set(first)].sort())
      expect(other).not.toEqual(first)
    }
  })

  it("draws batches of one length, from the lengths of a group only", () => {
    for (let step = 0; step < 60; step++) {
      const { size, examples } = pairs.batch([4, 6], 16, step, [7])
      expect(size).toBeGreaterThanOrEqual(4)
      expect(size).toBeLessThanOrEqual(6)
      expect(examples).toHaveLength(16)
      for (const { input } of examples) expect(input).toHaveLength(size)
    }
    expect(() => pairs.batch([13, 14], 16, 0, [7])).toThrow("expected lengths of questions that training pairs have")
  })

  it("suggests groups that hold all trained lengths, in order and without a gap", () => {
    const groups = suggested.sizes ?? []
    expect(groups[0][0]).toBe(2)
    expect(groups.at(-1)?.[1]).toBe(10)
    groups.slice(1).forEach(([from], i) => expect(from).toBe(groups[i][1] + 1))
  })

  it("knows the answers of its pairs, and of nothing else", () => {
    const [{ question, answer }] = reversals([5], 1)
    const known = task.oracle(task.parse(question))
    expect(known && task.formatAnswer(known)).toBe(answer)
    expect(task.oracle(task.parse("aaaaaaaaaaaaaaa"))).toBeUndefined()
  })

  it("says at once what will be learned", () => {
    const first = own.notes[0]
    expect(first).toMatch(
      /^440 pairs, 8 symbols, lengths 2 to 12; the \d+ longest \(lengths 11 to 12\) are kept for tests$/u,
    )
  })
})

test("given tests are the goal, and pairs that training has too are left out of them", () => {
  const training = reversals([4, 5, 6], 20)
  const { found, notes } = fromPairs(training, { tests: [...reversals([20], 5), training[0]] })
  expect([...pairsOf(found.task).testSizes].map(([size, tests]) => [size, tests.length])).toEqual([[20, 5]])
  expect(notes[0]).toContain("5 test pairs, length 20")
  expect(notes.join("\n")).toContain("in training and tests")
  expect(() => fromPairs(training, { tests: training.slice(0, 3) })).toThrow("all test pairs are training pairs too")
})

test("where most questions have one length, tests are drawn at random, and that is said", () => {
  const { found, notes } = fromPairs(reversals([4], 100))
  const tests = [...pairsOf(found.task).testSizes.values()].flat().length
  expect(tests).toBeGreaterThan(1)
  expect(tests).toBeLessThan(40)
  expect(notes[0]).toContain("drawn at random")
})

describe("notes", () => {
  const usual = reversals(lengths, 20)
  const notes = (pairs: readonly Pair[], options = {}) => fromPairs(pairs, options).notes.slice(1).join("\n")
  const constant = (answer: string) => usual.map(({ question }) => ({ question, answer }))

  test.each<[what: string, pairs: readonly Pair[], says: RegExp]>([
    [
      "contradictions",
      [...usual, { question: usual[0].question, answer: "b" }],
      /1 question has different answers \(.+\)/u,
    ],
    ["repeated pairs", [...usual, usual[0], usual[1]], /\d+ pairs that appear twice/u],
    [
      "symbols that only tests have",
      [...usual, { question: "abcdefghabcz", answer: "a" }],
      /1 symbol \(z\) is in the tests only/u,
    ],
    ["longer answers", constant("abcabcabcabcabc"), /answers are longer than their questions/u],
    [
      "few pairs of a length",
      [...usual, { question: "a", answer: "a" }],
      /few training pairs of some lengths: 1 of length 1/u,
    ],
  ])("tell of %s", (_, pairs, says) => expect(notes(pairs)).toMatch(says))

  it("hint at --backwards for numbers, and only for them", () => {
    const numbers = usual.map((_, i) => ({ question: String(10 + i * i * i), answer: String(11 + i * i * i) }))
    expect(notes(numbers)).toContain("--backwards")
    expect(notes(numbers, { backwards: true })).not.toContain("--backwards")
    expect(notes(usual)).not.toContain("--backwards")
  })
})

describe("places", () => {
  const places = (pairs: readonly Pair[]) => fromPairs(pairs).spec.vocabulary.places
  const from = (answer: (question: string) => string) =>
    lengths
      .flatMap((n) => Array.from({ length: 3 }, (_, i) => word(n, i)))
      .map((q) => ({ question: q, answer: answer(q) }))

  test.each<[what: string, answer: (q: string) => string, places: object]>([
    ["as long as the question", reversed, { times: 1, plus: 0 }],
    ["shorter", (q) => q.slice(1), { times: 1, plus: 0 }],
    ["one symbol longer", (q) => `a${q}`, { times: 1, plus: 1 }],
    ["twice as long", (q) => q + q, { times: 2, plus: 0 }],
  ])("of an answer that is %s", (_, answer, expected) => expect(places(from(answer))).toEqual(expected))
})

describe("symbols", () => {
  const some = (question: string, answer: string) => [...reversals(lengths, 4), { question, answer }]

  it("are code points, whatever the script", () => {
    const { spec, found } = fromPairs(some("𝄞日é", "é日𝄞"))
    expect(spec.vocabulary.symbols).toEqual(expect.arrayContaining(["𝄞", "日", "é"]))
    expect(found.task.parse("𝄞日")).toHaveLength(2)
  })

  it("are words, if wanted", () => {
    const words = lengths.flatMap((n) =>
      Array.from({ length: 4 }, (_, i) => [...word(n, i)].map((c) => `${c}${c}`).join(" ")).map((question) => {
        return { question, answer: question.split(" ").reverse().join(" ") }
      }),
    )
    const { spec, found } = fromPairs(words, { tokens: "words" })
    expect(spec.vocabulary.symbols).toEqual(["aa", "bb", "cc"])
    const input = found.task.parse("  aa bb   cc ")
    expect(input).toHaveLength(3)
    expect(found.task.formatInput(input)).toBe("aa bb cc")
  })

  it("are read from the last one, if wanted, and shown as written", () => {
    const { found } = fromPairs(reversals(lengths, 4), { backwards: true })
    const { task } = found
    expect(Array.from(task.parse("abc"))).toEqual(Array.from(task.parse("cba")).reverse())
    expect(task.formatInput(task.parse("abc"))).toBe("abc")
    const target = task.oracle(task.parse(reversals(lengths, 4)[7].question))
    expect(target && task.formatAnswer(target)).toBe(reversals(lengths, 4)[7].answer)
  })

  it("include the one that usually stands for an empty place, which then has another", () => {
    const { found } = fromPairs(some("a_b", "b_a"))
    expect(new Set(found.task.symbols).size).toBe(found.task.symbols.length)
    expect(found.task.formatInput(found.task.parse("a_b"))).toBe("a_b")
  })

  it("any pair of known symbols is read and shown unchanged", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "_", " ", "·", "é", "𝄞"), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 12 }), fc.boolean(), (list, backwards) => {
        const pairs = list.map(([question, answer], i) => ({ question: question.padEnd(1 + (i % 12), "a"), answer }))
        const first = new Map(pairs.toReversed().map(({ question, answer }) => [question, answer]))
        const { task } = fromPairs(pairs, { backwards }).found
        for (const [question, answer] of first) {
          const input = task.parse(question)
          expect(task.formatInput(input)).toBe(question)
          const target = task.oracle(input)
          expect(pairs.filter((pair) => pair.question === question).map((pair) => pair.answer)).toContain(
            target && task.formatAnswer(target),
          )
          expect(answer).toBeDefined()
        }
      }),
    )
  })
})

test.each<[what: string, make: () => unknown, says: string]>([
  ["too few pairs", () => fromPairs(reversals([3], 2)), "got 2 pairs, expected at least 10"],
  [
    "an empty question",
    () => fromPairs([...reversals(lengths, 2), { question: "", answer: "a", line: 23 }], { name: "my" }),
    "my: line 23: got an empty question",
  ],
  [
    "too many symbols",
    () => fromPairs(Array.from({ length: 300 }, (_, i) => ({ question: String.fromCodePoint(200 + i), answer: "" }))),
    "got 300 different characters",
  ],
  ["a task without a name", () => defineTask({ ...swap, name: "" }), "letters, digits and hyphens"],
  ["a task without symbols", () => defineTask({ ...swap, symbols: "" }), "1 to 255 symbols"],
  ["an answer with another symbol", () => defineTask({ ...swap, answer: () => "x" }), 'got "x"'],
  ["an empty generated question", () => defineTask({ ...swap, question: () => "" }), "got an empty question"],
  ["no function", () => defineTask({ ...swap, answer: "x" } as never), "functions for question and answer"],
])("%s is refused with a sentence", (_, make, says) => {
  expect(make).toThrow(UserError)
  expect(make).toThrow(says)
})

const swap = {
  name: "swap",
  symbols: "ab",
  question: (size: number, { below }: { below(n: number): number }) =>
    Array.from({ length: size }, () => "ab"[below(2)]).join(""),
  answer: (question: string) => [...question].map((c) => (c === "a" ? "b" : "a")).join(""),
}

describe("a defined task", () => {
  const { task } = defineTask(swap).found

  it("draws questions by its own function, the same from the same stream", () => {
    const { input, target } = task.random(9, random(3))
    expect(input).toHaveLength(9)
    expect(task.formatAnswer(target)).toBe(swap.answer(task.formatInput(input)))
    expect(task.random(9, random(3))).toEqual({ input, target })
  })

  it("knows every answer", () => {
    const target = task.oracle(task.parse("aab"))
    expect(target && task.formatAnswer(target)).toBe("bba")
  })

  it("has hard cases only if it defines some", () => {
    expect(task.hardCases(5, random(1))).toEqual([])
    const hard = defineTask({ ...swap, hard: (size) => "a".repeat(size) }).found.task
    expect(hard.hardCases(5, random(1)).map(({ input }) => hard.formatInput(input))).toContain("aaaaa")
  })

  it("finds the size that fills a length, where questions are longer than their size", () => {
    const twice = defineTask({ ...swap, question: (size) => "ab".repeat(size) }).found.task
    expect(twice.length(7)).toBe(14)
    expect([0, 1, 2, 13, 14, 15].map((length) => twice.sizeOf(length))).toEqual([0, 0, 1, 6, 7, 7])
  })
})
