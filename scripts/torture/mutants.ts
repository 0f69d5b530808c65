// Changes bytes and JSON values at random, as damage, mistakes and malice do.

import type { Random } from "../../src/core/rng.ts"
import { pick } from "./promise.ts"

const interesting = [
  "",
  "0",
  "-1",
  "1e308",
  "99999999999999999999",
  "null",
  "__proto__",
  "../../x",
  "\0",
  "💥",
  '"',
  "{",
  "]",
]

/** A changed copy of some bytes. */
export function mutant(bytes: Uint8Array, random: Random): Uint8Array {
  let out = Uint8Array.from(bytes)
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(out.length + 1)
    const to = Math.min(out.length, at + random.below(40))
    const joined = (...parts: ArrayLike<number>[]) => Uint8Array.from(parts.flatMap((part) => Array.from(part)))
    switch (random.below(7)) {
      case 0:
        if (at < out.length) out[at] ^= 1 << random.below(8)
        break
      case 1:
        if (at < out.length) out[at] = random.below(256)
        break
      case 2:
        out = out.slice(0, at)
        break
      case 3:
        out = joined(out.subarray(0, at), out.subarray(to))
        break
      case 4:
        out = joined(out.subarray(0, to), out.subarray(at))
        break
      case 5:
        out = joined(out.subarray(0, at), new TextEncoder().encode(pick(random, interesting)), out.subarray(at))
        break
      default:
        out.fill(random.below(2) * 255, at, to)
    }
  }
  return out
}

const values: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  Number.NaN,
  "",
  "x",
  "a\nb",
  "y".repeat(1000),
  [],
  [[]],
  {},
  { __proto__: 1 },
  { name: "add" },
  { name: { x: 1 } },
  [1e9, 1e9],
]

/** A changed copy of a JSON value. */
export function changed(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || random.below(12) === 0) return pick(random, values)
  if (Array.isArray(value)) {
    if (value.length === 0 || random.below(4) === 0) return [...value, pick(random, values)]
    const at = random.below(value.length)
    return random.below(4) === 0 ? value.toSpliced(at, 1) : value.with(at, changed(value[at], random))
  }
  const keys = Object.keys(value)
  const key = keys.length > 0 ? pick(random, keys) : "x"
  const { [key]: old, ...rest } = value as Record<string, unknown>
  switch (random.below(6)) {
    case 0:
      return rest
    case 1:
      return { ...value, [pick(random, ["__proto__", "constructor", "x", "name", "length"])]: pick(random, values) }
    default:
      return { ...value, [key]: changed(old, random) }
  }
}
