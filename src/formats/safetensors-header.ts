// Parses the JSON header of a safetensors file. JSON.parse would hide duplicate keys, accept sizes such as
// 1e2, and lose a tensor named __proto__. The rules are those of the format's README and tensor.rs (2026-05),
// and one more: an entry has exactly the three known fields.

import { oneSentence } from "../core/errors.ts"

/**
 * The bytes are not a safetensors file, or the tensors cannot be stored in one. The message names the field
 * and the problem.
 */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError"

  constructor(message: string) {
    super(oneSentence(message))
  }
}

/** A tensor as declared in the header; the values are not yet checked. */
export interface HeaderEntry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

export interface Header {
  readonly entries: ReadonlyMap<string, HeaderEntry>
  readonly metadata: ReadonlyMap<string, string>
}

/** Quotes a name for an error message: on one line, truncated if long. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length <= 60 ? name : `${name.slice(0, 60)}…`)
}

/** Parses the header text. Throws a SafetensorsError for anything that the format does not allow. */
export function parseHeader(text: string): Header {
  const scanner = new Scanner(text)
  const entries = new Map<string, HeaderEntry>()
  const metadata = new Map<string, string>()
  if (text[0] !== "{") scanner.fail('"{" as the very first character')
  scanner.object("header", (name) => {
    if (name === "__metadata__") scanner.object("__metadata__", (key) => metadata.set(key, scanner.string()))
    else entries.set(name, entry(scanner, name))
  })
  scanner.end()
  return { entries, metadata }
}

function entry(scanner: Scanner, name: string): HeaderEntry {
  const tensor = `tensor ${quoteName(name)}`
  let dtype: string | undefined
  let shape: number[] | undefined
  let offsets: number[] | undefined
  scanner.object(tensor, (key) => {
    if (key === "dtype") dtype = scanner.string()
    else if (key === "shape") shape = scanner.wholes(`${tensor}, shape`)
    else if (key === "data_offsets") offsets = scanner.wholes(`${tensor}, data_offsets`)
    else
      throw new SafetensorsError(
        `${tensor}: got the field ${quoteName(key)}, expected dtype, shape and data_offsets only`,
      )
  })
  if (dtype === undefined) throw new SafetensorsError(`${tensor}: got no dtype, expected one`)
  if (shape === undefined) throw new SafetensorsError(`${tensor}: got no shape, expected one`)
  if (offsets?.length !== 2)
    throw new SafetensorsError(`${tensor}, data_offsets: got ${offsets?.length ?? "no"} numbers, expected [begin, end]`)
  return { dtype, shape, begin: offsets[0], end: offsets[1] }
}

/** A JSON parser that reads from left to right. */
class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  fail(expected: string): never {
    const got = this.#at < this.#text.length ? quoteName(this.#text[this.#at]) : "the end"
    throw new SafetensorsError(`header: got ${got} at character ${this.#at}, expected ${expected}`)
  }

  get #next(): string {
    return this.#text[this.#at]
  }

  #space(): void {
    while (this.#at < this.#text.length && " \t\n\r".includes(this.#next)) this.#at++
  }

  #expect(character: string): void {
    this.#space()
    if (this.#next !== character) this.fail(`"${character}"`)
    this.#at++
  }

  /** Reads comma-separated items up to the closing bracket. */
  #list(open: string, close: string, item: () => void): void {
    this.#expect(open)
    this.#space()
    if (this.#next === close) {
      this.#at++
      return
    }
    for (;;) {
      item()
      this.#space()
      if (this.#next === close) break
      if (this.#next !== ",") this.fail(`"," or "${close}"`)
      this.#at++
    }
    this.#at++
  }

  string(): string {
    this.#space()
    if (this.#next !== '"') this.fail("a string in quotes")
    const start = this.#at++
    while (this.#at < this.#text.length && this.#next !== '"') this.#at += this.#next === "\\" ? 2 : 1
    if (this.#at >= this.#text.length) {
      this.#at = this.#text.length
      this.fail("the end of a string")
    }
    this.#at++
    const literal = this.#text.slice(start, this.#at)
    let value = ""
    try {
      value = JSON.parse(literal)
    } catch {
      throw new SafetensorsError(`header: got ${quoteName(literal)} at character ${start}, expected a JSON string`)
    }
    if (!value.isWellFormed())
      throw new SafetensorsError(
        `header: got half a surrogate pair in the string at character ${start}, expected Unicode`,
      )
    return value
  }

  #whole(field: string): number {
    this.#space()
    const start = this.#at
    while (this.#at < this.#text.length && this.#next >= "0" && this.#next <= "9") this.#at++
    const digits = this.#text.slice(start, this.#at)
    if (digits === "") this.fail(`a whole number in ${field}`)
    const value = Number(digits)
    if ((digits.length > 1 && digits[0] === "0") || !Number.isSafeInteger(value))
      throw new SafetensorsError(`${field}: got ${quoteName(digits)}, expected a whole number below 2^53`)
    return value
  }

  wholes(field: string): number[] {
    const values: number[] = []
    this.#list("[", "]", () => values.push(this.#whole(field)))
    return values
  }

  /** Reads an object; `value(key)` reads the value after the colon. */
  object(where: string, value: (key: string) => void): void {
    const seen = new Set<string>()
    this.#list("{", "}", () => {
      const key = this.string()
      if (seen.has(key)) throw new SafetensorsError(`${where}: got the name ${quoteName(key)} twice, expected it once`)
      seen.add(key)
      this.#expect(":")
      value(key)
    })
  }

  /** Throws unless only spaces follow. */
  end(): void {
    for (; this.#at < this.#text.length; this.#at++)
      if (this.#next !== " ") this.fail("nothing but spaces after the header")
  }
}
