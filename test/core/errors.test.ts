// A message is one line that fits a terminal, whatever it quotes.

import fc from "fast-check"
import { expect, test } from "vitest"
import { MOST_CHARACTERS, UserError } from "../../src/core/errors.ts"
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.ts"
import { runHere } from "../cli/program.ts"
import { newFolder } from "../runs/folders.ts"

test("any text becomes one line of at most 300 characters, with its beginning and its end", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 1000 }), (text) => {
      const { message } = new UserError(text)
      expect(message.length).toBeLessThanOrEqual(MOST_CHARACTERS)
      expect(message).not.toMatch(/\p{Cc}/u)
      if (text.length <= MOST_CHARACTERS) expect(message).toBe(text.replace(/\p{Cc}+/gu, " "))
    }),
  )
  const { message } = new UserError(`got ${"x".repeat(5000)}, expected less; use fewer`)
  expect(message).toMatch(/^got x+ … x+, expected less; use fewer$/)
})

test("a tensor of a million dimensions is refused in one short sentence", () => {
  const header = JSON.stringify({ a: { dtype: "F32", shape: Array(1_000_000).fill(1), data_offsets: [0, 8] } })
  const bytes = new Uint8Array(8 + header.length + 8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
  bytes.set(new TextEncoder().encode(header), 8)
  expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ name: "SafetensorsError" }))
  try {
    decodeSafetensors(bytes)
  } catch (error) {
    expect((error as Error).message.length).toBeLessThanOrEqual(MOST_CHARACTERS)
  }
  expect(encodeSafetensors(new Map(), new Map()).length).toBeGreaterThan(8)
})

test.each([
  ["an option", ["train", "add", `--${"x".repeat(5000)}`]],
  ["a command", ["x\n".repeat(5000)]],
  ["a task", ["train", "y".repeat(5000)]],
  ["a run", ["eval", "z\n".repeat(2000)]],
  ["a question", ["run", "add", `${"\x1b[31m".repeat(900)}+1`]],
  ["a field", ["train", "add", "--set", `${"a.".repeat(900)}=1`]],
])("%s that is too long is refused in one short sentence", async (_, args) => {
  const { code, stdout, stderr } = await runHere(args, { cwd: newFolder() })
  expect([code, stdout]).toEqual([2, ""])
  expect(stderr.trimEnd()).not.toMatch(/\p{Cc}/u)
  expect(stderr.trimEnd().length).toBeLessThanOrEqual(MOST_CHARACTERS)
})
