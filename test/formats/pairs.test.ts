// Files of pairs: what can be read, and the sentence with the line for what cannot.

import fc from "fast-check"
import { describe, expect, it, test } from "vitest"
import { UserError } from "../../src/core/errors.ts"
import {
  decodeText,
  formatOf,
  formatPairs,
  guessedFormat,
  type PairFormat,
  pairFormats,
  parsePairs,
} from "../../src/formats/pairs.ts"

const read = (text: string, format: PairFormat) =>
  parsePairs(text, format, "f").map(({ question, answer }) => [question, answer])

describe("tsv", () => {
  it("reads any text without tabs and line breaks, with any line ends and with or without a last one", () => {
    const field = fc.string({ unit: "grapheme" }).filter((text) => !/[\t\r\n]/u.test(text))
    const pair = fc.tuple(field, field).filter(([question, answer]) => `${question}${answer}`.trim() !== "")
    const ends = fc.constantFrom("\n", "\r\n")
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1 }), ends, fc.boolean(), (pairs, end, last) => {
        fc.pre(!["input", "prompt", "question"].includes(pairs[0][0].toLowerCase()))
        const text = pairs.map((fields) => fields.join("\t")).join(end) + (last ? end : "")
        expect(read(text, "tsv")).toEqual(pairs)
      }),
    )
  })

  it("keeps quotes and spaces, which are symbols like others", () => {
    expect(read('"a"\t b \n', "tsv")).toEqual([['"a"', " b "]])
  })
})

describe("csv", () => {
  it("reads quoted fields with commas, quotes and line breaks, and tells the line where a row ends", () => {
    const text = 'a,b\r\n"c,d","say ""e"""\n"two\nlines",f'
    expect(parsePairs(text, "csv", "f")).toEqual([
      { question: "a", answer: "b", line: 1 },
      { question: "c,d", answer: 'say "e"', line: 2 },
      { question: "two\nlines", answer: "f", line: 4 },
    ])
  })
})

describe("jsonl", () => {
  it("reads what it writes, whatever the text", () => {
    const pair = fc.record({ question: fc.string({ unit: "binary" }), answer: fc.string({ unit: "binary" }) })
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1 }), (pairs) => {
        expect(read(formatPairs(pairs), "jsonl")).toEqual(pairs.map(({ question, answer }) => [question, answer]))
      }),
    )
  })

  it.each([
    ['{"prompt":"a","completion":"b"}', ["a", "b"]],
    ['{"question":"a","answer":"b","more":1}', ["a", "b"]],
    ['{"input":12,"output":144}', ["12", "144"]],
  ])("reads %s", (line, pair) => expect(read(line, "jsonl")).toEqual([pair]))
})

test.each([
  ["input\toutput\na\tb", "tsv"],
  ["Prompt,Completion\na,b", "csv"],
  ["question\tanswer\r\na\tb\r\n", "tsv"],
] as const)("a first line that names the columns is left out: %j", (text, format) =>
  expect(read(text, format)).toEqual([["a", "b"]]),
)

test.each<[text: string, format: PairFormat, says: string]>([
  ["a\tb\nc", "tsv", 'f, line 2: got one column ("c"), expected two: a question and its answer'],
  ["a\tb\n\nc\td\te", "tsv", "f, line 3: got 3 columns, expected two"],
  ["a,b\nc,d,e", "csv", "f, line 2: got 3 columns, expected two"],
  ['a,b\n"c,d', "csv", "got an unpaired quote, expected CSV"],
  ['{"input":"a","output":"b"}\nc d', "jsonl", 'f, line 2: got "c d", expected {"input"'],
  ['{"in":"a","out":"b"}', "jsonl", "f, line 1: got the fields in, out, expected"],
  ['{"input":["a"],"output":"b"}', "jsonl", "f, line 1: got input"],
  ["[1,2]", "jsonl", "f, line 1: got"],
  ["", "tsv", "f: got no pairs"],
  ["input\toutput\n", "tsv", "f: got no pairs"],
])("%j as %s is refused with the line", (text, format, says) => {
  expect(() => parsePairs(text, format, "f")).toThrow(UserError)
  expect(() => parsePairs(text, format, "f")).toThrow(says)
})

test("any text is read or refused with a sentence that names the file", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom(...pairFormats), (text, format) => {
      try {
        expect(parsePairs(text, format, "the-file").length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(UserError)
        expect((error as Error).message).toMatch(/^the-file/u)
      }
    }),
    { numRuns: 500 },
  )
})

describe("bytes", () => {
  const bytes = (text: string) => new TextEncoder().encode(text)

  it("are UTF-8, with or without a byte order mark", () => {
    expect(decodeText(bytes("\u{feff}é\t𝄞"), "f")).toBe("é\t𝄞")
  })

  it.each([
    ["a zero byte", Uint8Array.of(65, 0, 66), "f: got a zero byte at byte 1, expected text in UTF-8"],
    ["another encoding", Uint8Array.of(0xe9, 0x09, 0x61), "f: got bytes that are not UTF-8"],
  ])("refuses %s", (_, junk, says) => {
    expect(() => decodeText(junk, "f")).toThrow(says)
  })
})

test("the format follows from the name, and else from the first line", () => {
  expect(["a.tsv", "b.CSV", "c.jsonl", "d.ndjson", "e.txt"].map(formatOf)).toEqual([
    "tsv",
    "csv",
    "jsonl",
    "jsonl",
    undefined,
  ])
  expect(['{"input":1}', "a\tb", "a,b"].map(guessedFormat)).toEqual(["jsonl", "tsv", "csv"])
})
