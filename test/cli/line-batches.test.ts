// Lines come in batches: as many as there are, at once, numbered, and none is lost.

import { PassThrough, Readable } from "node:stream"
import fc from "fast-check"
import { expect, test } from "vitest"
import { lineBatches } from "../../src/cli/line-batches.ts"

async function collect(input: Readable, most = 4) {
  const batches: string[][] = []
  const numbers: number[] = []
  for await (const batch of lineBatches(input, most)) {
    batches.push(batch.map(({ text }) => text))
    numbers.push(...batch.map(({ number }) => number))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { batches, numbers }
}

test("a file comes in full batches", async () => {
  const { batches, numbers } = await collect(Readable.from(["a\nb\nc\nd\ne\n"]))
  expect(batches).toEqual([["a", "b", "c", "d"], ["e"]])
  expect(numbers).toEqual([1, 2, 3, 4, 5])
})

test("a line that is typed comes at once, and the next one later", async () => {
  const input = new PassThrough()
  const batches = lineBatches(input, 4)
  for (const text of ["1+1", "", "10+1"]) {
    input.write(`${text}\n`)
    expect((await batches.next()).value?.map((line: { text: string }) => line.text)).toEqual([text])
  }
  input.end()
  expect((await batches.next()).done).toBe(true)
})

test("a carriage return and a line feed in two reads end one line", async () => {
  const input = new PassThrough()
  const batches = lineBatches(input, 4)
  input.write("a\r")
  expect((await batches.next()).value).toEqual([{ number: 1, text: "a" }])
  setTimeout(() => input.end("\nb"), 150)
  expect((await batches.next()).value).toEqual([{ number: 2, text: "b" }])
})

test("however the input is cut, every line comes once, in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme-ascii", maxLength: 5 })),
      fc.array(fc.nat(9)),
      async (lines, cuts) => {
        const text = lines.map((line) => `${line}\n`).join("")
        const parts: string[] = []
        let at = 0
        for (const cut of cuts) {
          parts.push(text.slice(at, at + cut))
          at += cut
        }
        parts.push(text.slice(at))
        const input = Readable.from(parts.filter((part) => part !== ""))
        const { batches, numbers } = await collect(input, 3)
        expect(batches.flat()).toEqual(lines)
        expect(numbers).toEqual(lines.map((_, i) => i + 1))
        for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(3)
      },
    ),
    { numRuns: 60 },
  )
})
