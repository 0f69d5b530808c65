// The hard sequences of one size: long runs, where a model that counts loses count, and single symbols out at the ends,
// where a model that looks only nearby loses them. Symbols are 1 .. base.

export interface NamedSequence {
  readonly name: string
  readonly sequence: Uint8Array // [size] symbols
}

/** All hard sequences of this size, none twice; `randomSymbols(n)` draws n symbols. */
export function sequenceCases(size: number, base: number, randomSymbols: (n: number) => Uint8Array): NamedSequence[] {
  const found = new Map<string, NamedSequence>()
  const put = (name: string, symbol: (i: number) => number) => {
    const sequence = Uint8Array.from({ length: size }, (_, i) => symbol(i))
    if (!found.has(String(sequence))) found.set(String(sequence), { name, sequence })
  }
  const shown = (symbol: number) => symbol - 1 // as a person reads it

  for (let s = 1; s <= base; s++) put(`all ${shown(s)}`, () => s)
  put("alternating, lowest first", (i) => (i % 2 === 0 ? 1 : base))
  put("alternating, highest first", (i) => (i % 2 === 0 ? base : 1))
  put("ascending in blocks", (i) => 1 + Math.floor((i * base) / size))
  put("descending in blocks", (i) => base - Math.floor((i * base) / size))
  put("ascending again and again", (i) => 1 + (i % base))
  put("descending again and again", (i) => base - (i % base))
  const half = Math.ceil(size / 2)
  put("two blocks, lowest first", (i) => (i < half ? 1 : base))
  put("two blocks, highest first", (i) => (i < half ? base : 1))
  const places = [
    ["first", 0],
    ["second", 1],
    ["middle", size >> 1],
    ["last but one", size - 2],
    ["last", size - 1],
  ] as const
  for (const [place, at] of places) {
    put(`all ${shown(1)}, the ${place} symbol out`, (i) => (i === at ? base : 1))
    put(`all ${shown(base)}, the ${place} symbol out`, (i) => (i === at ? 1 : base))
  }
  const drawn = randomSymbols(size)
  put("a palindrome", (i) => drawn[Math.min(i, size - 1 - i)])
  put("the same half twice", (i) => drawn[i % half])
  const sorted = randomSymbols(size).sort()
  put("random, in order already", (i) => sorted[i])
  put("random, in the opposite order", (i) => sorted[size - 1 - i])
  return [...found.values()]
}
