// The JSON header of a safetensors file, read by its own scanner: JSON.parse would hide duplicate keys, take numbers such as
// 1e2 for sizes, and lose the tensor that is named __proto__. Rules after the format's README and tensor.rs (2026-05);
// stricter in one thing: an entry has exactly the three known fields.

/** Bytes that are not a safetensors file, or tensors that cannot be one; the message says which field is wrong and how. */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError"
}

/** One tensor as the header declares it, values still unchecked. */
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

/** A name for an error sentence: quoted, on one line, cut short when it is long. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length <= 60 ? name : `${name.slice(0, 60)}…`)
}

/** Reads the header text; throws a SafetensorsError for anything that the format does not allow. */
export function parseHeader(text: string): Header {
  let at = 0
  const fail = (expected: string): never => {
    const got = at < text.length ? quoteName(text[at]) : "the end"
    throw new SafetensorsError(`header: got ${got} at character ${at}, expected ${expected}`)
  }
  const space = () => {
    while (at < text.length && " \t\n\r".includes(text[at])) at++
  }
  const expect = (character: string) => {
    space()
    if (text[at] !== character) fail(`"${character}"`)
    at++
  }
  /** Reads items up to the closing bracket, with a comma between each two. */
  const list = (open: string, close: string, item: () => void) => {
    expect(open)
    space()
    if (text[at] === close) {
      at++
      return
    }
    for (;;) {
      item()
      space()
      if (text[at] === close) break
      if (text[at] !== ",") fail(`"," or "${close}"`)
      at++
    }
    at++
  }
  const string = (): string => {
    space()
    if (text[at] !== '"') fail("a string in quotes")
    const start = at++
    while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1
    if (at >= text.length) {
      at = text.length
      fail("the end of a string")
    }
    at++
    const literal = text.slice(start, at)
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
  const whole = (field: string): number => {
    space()
    const start = at
    while (at < text.length && text[at] >= "0" && text[at] <= "9") at++
    const digits = text.slice(start, at)
    if (digits === "") fail(`a whole number in ${field}`)
    const value = Number(digits)
    if ((digits.length > 1 && digits[0] === "0") || !Number.isSafeInteger(value))
      throw new SafetensorsError(`${field}: got ${quoteName(digits)}, expected a whole number below 2^53`)
    return value
  }
  const wholes = (field: string): number[] => {
    const values: number[] = []
    list("[", "]", () => values.push(whole(field)))
    return values
  }
  /** Reads an object; `value(key)` reads what follows the colon. */
  const object = (where: string, value: (key: string) => void) => {
    const seen = new Set<string>()
    list("{", "}", () => {
      const key = string()
      if (seen.has(key)) throw new SafetensorsError(`${where}: got the name ${quoteName(key)} twice, expected it once`)
      seen.add(key)
      expect(":")
      value(key)
    })
  }
  const entry = (name: string): HeaderEntry => {
    const tensor = `tensor ${quoteName(name)}`
    let dtype: string | undefined
    let shape: number[] | undefined
    let offsets: number[] | undefined
    object(tensor, (key) => {
      if (key === "dtype") dtype = string()
      else if (key === "shape") shape = wholes(`${tensor}, shape`)
      else if (key === "data_offsets") offsets = wholes(`${tensor}, data_offsets`)
      else
        throw new SafetensorsError(
          `${tensor}: got the field ${quoteName(key)}, expected dtype, shape and data_offsets only`,
        )
    })
    if (dtype === undefined) throw new SafetensorsError(`${tensor}: got no dtype, expected one`)
    if (shape === undefined) throw new SafetensorsError(`${tensor}: got no shape, expected one`)
    if (offsets?.length !== 2)
      throw new SafetensorsError(
        `${tensor}, data_offsets: got ${offsets?.length ?? "no"} numbers, expected [begin, end]`,
      )
    return { dtype, shape, begin: offsets[0], end: offsets[1] }
  }

  const entries = new Map<string, HeaderEntry>()
  const metadata = new Map<string, string>()
  if (text[0] !== "{") fail('"{" as the very first character')
  object("header", (name) => {
    if (name === "__metadata__") object("__metadata__", (key) => metadata.set(key, string()))
    else entries.set(name, entry(name))
  })
  while (at < text.length) {
    if (text[at] !== " ") fail("nothing but spaces after the header")
    at++
  }
  return { entries, metadata }
}
