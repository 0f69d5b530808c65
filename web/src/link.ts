// A link as a table: each part has a key in the URL, is read from a text and written as one, and says what it
// expects. What cannot be read gets one sentence, and the rest of the link counts.

/** Reads one part of a link. */
export interface LinkReader<T = unknown> {
  readonly key: string
  /** What a value must be, for messages: "a number from 3 to 128". */
  readonly expected: string
  /** undefined: the text cannot be one. */
  read(text: string): T | undefined
}
export interface LinkPart<T = unknown> extends LinkReader<T> {
  write(value: T): string
}
export type LinkReaders = Readonly<Record<string, LinkReader>>
/** The values of a table's parts; what the link does not say is not there. */
export type LinkValues<P> = { readonly [K in keyof P]?: P[K] extends LinkReader<infer T> ? T : never }

/** A text that a pattern allows. */
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

/** A number that `fits`, in decimal digits. */
export const numberPart = (key: string, expected: string, fits: (x: number) => boolean): LinkPart<number> => ({
  key,
  expected,
  read: (text) => (/^\d{1,9}(\.\d{1,8})?$/u.test(text) && fits(Number(text)) ? Number(text) : undefined),
  write: String,
})

/** What a link says of these parts; a sentence in `notes` for each that cannot be read. */
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

/** Adds to a link what is not as in `normal`. */
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

/** A text from outside, short enough for a sentence. */
export const clip = (text: string): string => JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}…` : text)
