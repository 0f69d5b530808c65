// The hard sequences of one size. In long runs, models that count lose count; single symbols at the ends
// defeat models that see only nearby places. Symbols are 1 .. base.

/** The lowest or the highest symbol. */
type End = "lowest" | "highest"
/** Positions of pairs of key and value. */
export type Pairs = "none" | "all" | "first" | "last" | "first and last" | "middle"

export type SequenceCase =
  /** The same symbol everywhere. */
  | { readonly family: "all"; readonly symbol: number }
  | { readonly family: "alternating"; readonly first: End }
  /** All symbols, each in one block. */
  | { readonly family: "blocks"; readonly order: "ascending" | "descending" }
  | { readonly family: "again-and-again"; readonly order: "ascending" | "descending" }
  | { readonly family: "two-blocks"; readonly first: End }
  /** One end symbol everywhere, except for the opposite one at a single place. */
  | { readonly family: "one-out"; readonly most: End; readonly place: number }
  | { readonly family: "palindrome" }
  | { readonly family: "half-twice" }
  | { readonly family: "in-order"; readonly order: "ascending" | "descending" }
  /** For pairs of key and value: the sequence of keys; values are random. */
  | { readonly family: "keys"; readonly keys: SequenceCase }
  /** For pairs followed by a query key: the positions of that key. */
  | { readonly family: "key-at"; readonly pairs: Pairs }

export interface NamedSequence {
  readonly name: string
  readonly hard: SequenceCase
  readonly sequence: Uint8Array // [size] symbols
}

/** All distinct hard sequences of this size; `randomSymbols(n)` draws n symbols. */
export function sequenceCases(size: number, base: number, randomSymbols: (n: number) => Uint8Array): NamedSequence[] {
  const found = new Map<string, NamedSequence>()
  const put = (name: string, hard: SequenceCase, symbol: (i: number) => number) => {
    const sequence = Uint8Array.from({ length: size }, (_, i) => symbol(i))
    if (!found.has(String(sequence))) found.set(String(sequence), { name, hard, sequence })
  }
  const shown = (symbol: number) => symbol - 1 // as displayed

  for (let s = 1; s <= base; s++) put(`all ${shown(s)}`, { family: "all", symbol: s }, () => s)
  put("alternating, lowest first", { family: "alternating", first: "lowest" }, (i) => (i % 2 === 0 ? 1 : base))
  put("alternating, highest first", { family: "alternating", first: "highest" }, (i) => (i % 2 === 0 ? base : 1))
  put("ascending in blocks", { family: "blocks", order: "ascending" }, (i) => 1 + Math.floor((i * base) / size))
  put("descending in blocks", { family: "blocks", order: "descending" }, (i) => base - Math.floor((i * base) / size))
  put("ascending again and again", { family: "again-and-again", order: "ascending" }, (i) => 1 + (i % base))
  put("descending again and again", { family: "again-and-again", order: "descending" }, (i) => base - (i % base))
  const half = Math.ceil(size / 2)
  put("two blocks, lowest first", { family: "two-blocks", first: "lowest" }, (i) => (i < half ? 1 : base))
  put("two blocks, highest first", { family: "two-blocks", first: "highest" }, (i) => (i < half ? base : 1))
  const places = [
    ["first", 0],
    ["second", 1],
    ["middle", size >> 1],
    ["last but one", size - 2],
    ["last", size - 1],
  ] as const
  for (const [place, at] of places) {
    const out = (symbol: number) => `all ${shown(symbol)}, the ${place} symbol out`
    put(out(1), { family: "one-out", most: "lowest", place: at }, (i) => (i === at ? base : 1))
    put(out(base), { family: "one-out", most: "highest", place: at }, (i) => (i === at ? 1 : base))
  }
  const drawn = randomSymbols(size)
  put("a palindrome", { family: "palindrome" }, (i) => drawn[Math.min(i, size - 1 - i)])
  put("the same half twice", { family: "half-twice" }, (i) => drawn[i % half])
  const sorted = randomSymbols(size).sort()
  put("random, in order already", { family: "in-order", order: "ascending" }, (i) => sorted[i])
  put("random, in the opposite order", { family: "in-order", order: "descending" }, (i) => sorted[size - 1 - i])
  return [...found.values()]
}
