// Declares a link as a table of parts. Each part has a key in the URL, a reader, a writer, and a description
// of valid values. An unreadable part gives one message, and the other parts still apply.

/** Reads one part of a link. */
export interface LinkReader<T = unknown> {
  readonly key: string
  /** The valid values, for messages: "a number from 3 to 128". */
  readonly expected: string
  /** Parses a text; undefined if it is invalid. */
  read(text: string): T | undefined
}
export interface LinkPart<T = unknown> extends LinkReader<T> {
  write(value: T): string
}
export type LinkReaders = Readonly<Record<string, LinkReader>>
/** The values of a table's parts; parts missing from the link are absent. */
export type LinkValues<P> = { readonly [K in keyof P]?: P[K] extends LinkReader<infer T> ? T : never }

/** A text that matches a pattern. */
export const textPart = (key: string, pattern: RegExp, expected: string): LinkPart<string> => ({
  key,
  expected,
  read: (text) => (pattern.test(text) ? text : undefined),
  write: (value) => value,
})

export const choicePart = <const T extends string>(
  key: string,
  words: readonly T[],
  expected = words.join(" or "),
): LinkPart<T> => ({
  key,
  expected,
  read: (text) => words.find((word) => word === text),
  write: (value) => value,
})

const wholeOf = (text: string, most: number) =>
  /^\d{1,5}$/u.test(text) && Number(text) <= most ? Number(text) : undefined

export const wholePart = (key: string, most: number, expected: string): LinkPart<number> => ({
  key,
  expected,
  read: (text) => wholeOf(text, most),
  write: String,
})

/** Three numbers, such as 0.1.2. */
export const triplePart = (key: string, expected: string): LinkPart<readonly [number, number, number]> => ({
  key,
  expected,
  read(text) {
    const [a, b, c, ...rest] = text.split(".").map((part) => wholeOf(part, 9999))
    return a === undefined || b === undefined || c === undefined || rest.length > 0 ? undefined : [a, b, c]
  },
  write: (value) => value.join("."),
})

export const flagPart = (key: string): LinkPart<boolean> => ({
  key,
  expected: "0 or 1",
  read: (text) => ({ 0: false, 1: true })[text],
  write: (value) => String(Number(value)),
})

/** A decimal number for which `fits` holds. */
export const numberPart = (key: string, expected: string, fits: (x: number) => boolean): LinkPart<number> => ({
  key,
  expected,
  read: (text) => (/^\d{1,9}(\.\d{1,8})?$/u.test(text) && fits(Number(text)) ? Number(text) : undefined),
  write: String,
})

/** Reads these parts from a link. Adds a message to `notes` for each unreadable part. */
export function readParts<P extends LinkReaders>(parts: P, link: URLSearchParams, notes: string[]): LinkValues<P> {
  const values: Record<string, unknown> = {}
  for (const [name, part] of Object.entries(parts)) {
    const text = link.get(part.key)
    if (text === null) continue
    const value = part.read(text)
    if (value === undefined) notes.push(`The link's ${part.key} is ${clip(text)}, expected ${part.expected}.`)
    else values[name] = value
  }
  return values as LinkValues<P>
}

/** Adds to a link the values that differ from `normal`. */
export function writeParts<P extends Readonly<Record<string, LinkPart>>>(
  parts: P,
  values: LinkValues<P>,
  normal: LinkValues<P>,
  link: URLSearchParams,
): void {
  for (const [name, part] of Object.entries(parts)) {
    const [value, usual] = [values[name], normal[name]]
    if (value === undefined) continue
    const text = part.write(value)
    if (usual === undefined || text !== part.write(usual)) link.set(part.key, text)
  }
}

/** Quotes and truncates foreign text for a message. */
export const clip = (text: string): string => JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}…` : text)

/** Messages about keys that no part has. */
export const strangers = (keys: readonly string[]): string[] =>
  keys.length === 0
    ? []
    : [`The link says ${keys.slice(0, 3).map(clip).join(", ")}, which this page does not know; the rest of it counts.`]
