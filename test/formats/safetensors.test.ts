// Round trips, damaged files, and the upstream project's list of attacks.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  decodeSafetensors,
  encodeSafetensors,
  SafetensorsError,
  type Tensor,
  type TensorData,
} from "../../src/formats/safetensors.ts"

const bytesOf = (data: TensorData) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
const makers: ((bytes: Uint8Array<ArrayBuffer>) => TensorData)[] = [
  (bytes) => new Float32Array(bytes.buffer),
  (bytes) => new Float64Array(bytes.buffer),
  (bytes) => new Int32Array(bytes.buffer),
  (bytes) => new Uint32Array(bytes.buffer),
  (bytes) => new BigInt64Array(bytes.buffer),
  (bytes) => bytes,
]

/** A file made by hand: a header as text, then data. */
function file(header: string, data: Uint8Array | number = 0): Uint8Array {
  const text = new TextEncoder().encode(header)
  const body = typeof data === "number" ? new Uint8Array(data) : data
  const bytes = new Uint8Array(8 + text.length + body.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(body, 8 + text.length)
  return bytes
}
const entry = (dtype: string, shape: (number | string)[], begin: number | string, end: number | string) =>
  `{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`

/** Decodes, where anything but success or a one-sentence SafetensorsError fails the test. */
function decodeOrError(bytes: Uint8Array) {
  try {
    return decodeSafetensors(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(SafetensorsError)
    expect((error as SafetensorsError).message).not.toContain("\n")
    return undefined
  }
}

const shapes = fc.array(fc.nat({ max: 4 }), { maxLength: 3 })
const tensor = fc.tuple(shapes, fc.nat({ max: 5 })).chain(([shape, kind]) => {
  const elements = shape.reduce((product, size) => product * size, 1)
  const width = makers[kind](new Uint8Array(0)).BYTES_PER_ELEMENT
  return fc
    .uint8Array({ minLength: elements * width, maxLength: elements * width })
    .map((bytes): Tensor => ({ shape, data: makers[kind](bytes.slice()) }))
})
const text = fc.string({ unit: "grapheme" })
const name = fc
  .oneof(text, fc.constantFrom("__proto__", "constructor", "", '"', "\n"))
  .filter((n) => n !== "__metadata__")
const content = fc.tuple(
  fc.array(fc.tuple(name, tensor), { maxLength: 6 }),
  fc.array(fc.tuple(fc.oneof(text, fc.constant("__proto__")), text), { maxLength: 4 }),
)

describe("round trip", () => {
  it("gives back every tensor and all metadata, bit for bit, wherever the bytes lie in memory", () => {
    fc.assert(
      fc.property(content, fc.nat({ max: 7 }), ([pairs, metadata], offset) => {
        const tensors = new Map(pairs)
        const encoded = encodeSafetensors(tensors, new Map(metadata))
        const shifted = new Uint8Array(encoded.length + offset).subarray(offset)
        shifted.set(encoded)
        const decoded = decodeSafetensors(shifted)
        expect(decoded.metadata).toEqual(new Map(metadata))
        expect([...decoded.tensors.keys()].sort()).toEqual([...tensors.keys()].sort())
        for (const [key, { shape, data }] of tensors) {
          const read = decoded.tensors.get(key) as Tensor
          expect(read.shape).toEqual(shape)
          expect(read.data.constructor).toBe(data.constructor)
          expect(bytesOf(read.data)).toEqual(bytesOf(data))
        }
      }),
    )
  })

  it("writes the same bytes whatever the order of the maps, so that equal checkpoints are equal files", () => {
    fc.assert(
      fc.property(content, ([pairs, metadata]) => {
        const forward = encodeSafetensors(new Map(pairs), new Map(metadata))
        const backward = encodeSafetensors(
          new Map([...new Map(pairs)].reverse()),
          new Map([...new Map(metadata)].reverse()),
        )
        expect(backward).toEqual(forward)
      }),
    )
  })

  it("copies, so that changing the bytes later does not change a loaded model, also when they are a Buffer", () => {
    const encoded = encodeSafetensors(new Map([["a", { shape: [1], data: new Float32Array([1]) }]]))
    for (const bytes of [encoded, Buffer.from(encoded)]) {
      const { tensors } = decodeSafetensors(bytes)
      bytes.fill(0)
      expect(tensors.get("a")?.data).toEqual(new Float32Array([1]))
    }
  })

  it("reads a file as the Python library writes it: aligned arrays, header padded with spaces", () => {
    const header = '{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8)
    const { tensors, metadata } = decodeSafetensors(file(padded, bytesOf(new Float32Array([1.5, -2]))))
    expect(tensors.get("w")).toEqual({ shape: [2], data: new Float32Array([1.5, -2]) })
    expect([...metadata]).toEqual([["format", "pt"]])
  })
})

describe("damage", () => {
  const small = encodeSafetensors(
    new Map<string, Tensor>([
      ["weight", { shape: [2, 2], data: new Float32Array([1, 2, 3, 4]) }],
      ["count", { shape: [], data: new BigInt64Array([7n]) }],
      ["none", { shape: [0, 3], data: new Uint8Array(0) }],
    ]),
    new Map([["task", "ädd"]]),
  )

  it("never gives a foreign exception for a file with one byte changed to any other", () => {
    for (let at = 0; at < small.length; at++)
      for (let flip = 1; flip < 256; flip++) {
        const damaged = small.slice()
        damaged[at] ^= flip
        decodeOrError(damaged)
      }
  }, 60_000)

  it("refuses every truncation and everything appended", () => {
    for (let length = 0; length < small.length; length++)
      expect(decodeOrError(small.subarray(0, length)), `${length} bytes`).toBeUndefined()
    for (const extra of [1, 8, 1000]) {
      const longer = new Uint8Array(small.length + extra)
      longer.set(small)
      expect(decodeOrError(longer)).toBeUndefined()
    }
  })

  it("never gives a foreign exception for random bytes or a random header", () => {
    const token = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"a"',
      '"dtype"',
      '"F32"',
      '"shape"',
      "0",
      "4",
      '"\\',
      " ",
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(token).map((t) => t.join("")),
        ),
        fc.nat(20),
        (header, n) => {
          decodeOrError(file(header, n))
          decodeOrError(file(`{${header}`, n))
        },
      ),
      { numRuns: 2000 },
    )
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeOrError(bytes)))
  })
})

describe("what the format forbids", () => {
  const one = entry("F32", [1], 0, 4)
  const deep = "[".repeat(100_000)
  it.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "file length"],
    ["a file shorter than its first field", new Uint8Array(7), "file length"],
    ["a header of 100 MB and a byte", Uint8Array.of(1, 0xe1, 0xf5, 5, 0, 0, 0, 0), "header length"],
    ["a header length of 2^64 - 1", new Uint8Array(16).fill(255), "header length"],
    ["a header longer than the file", Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d), "header length"],
    ["no header at all", file(""), "header"],
    ["a header that is not UTF-8", Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d), "UTF-8"],
    ["a byte order mark", file("\ufeff{}"), "very first"],
    ["a space before the header", file(" {}"), "very first"],
    ["a line break after the header", file("{}\n"), "nothing but spaces"],
    ["a second value after the header", file("{}{}"), "nothing but spaces"],
    ["a zero byte after the header", file("{}\0"), "nothing but spaces"],
    ["a header that is a list", file("[]"), "very first"],
    ["a header that is not JSON", file("{a:1}"), "string in quotes"],
    ["a comma too many", file(`{"a":${one},}`, 4), "string in quotes"],
    ["deep nesting instead of an entry", file(`{"a":${deep}`), '"{"'],
    ["deep nesting instead of a number", file(`{"a":{"shape":${deep}`), "whole number"],
    ["a raw line break in a name", file('{"a\nb":1}'), "JSON string"],
    ["an unknown escape in a name", file('{"\\q":1}'), "JSON string"],
    ["half a surrogate pair in a name", file(`{"\\ud800":${one}}`, 4), "surrogate"],
    ["a name that does not end", file('{"a\\"'), "end of a string"],
    ["the same tensor twice", file(`{"a":${one},"a":${one}}`, 4), "twice"],
    ["the same tensor twice, once escaped", file(`{"a":${one},"\\u0061":${one}}`, 4), "twice"],
    ["metadata twice", file('{"__metadata__":{},"__metadata__":{}}'), "twice"],
    ["a metadata key twice", file('{"__metadata__":{"k":"1","k":"2"}}'), "twice"],
    ["a field twice", file(`{"a":{"dtype":"F32",${one.slice(1)}}`, 4), "twice"],
    ["metadata that is a number", file('{"__metadata__":{"k":1}}'), "string in quotes"],
    ["metadata that is null", file('{"__metadata__":null}'), '"{"'],
    ["nested metadata", file('{"__metadata__":{"k":{}}}'), "string in quotes"],
    ["an entry that is null", file('{"a":null}'), '"{"'],
    ["no dtype", file('{"a":{"shape":[],"data_offsets":[0,0]}}'), "no dtype"],
    ["no shape", file('{"a":{"dtype":"U8","data_offsets":[0,0]}}'), "no shape"],
    ["no offsets", file('{"a":{"dtype":"U8","shape":[0]}}'), "data_offsets"],
    ["three offsets", file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0,0]}}'), "data_offsets"],
    ["an unknown field", file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}'), '"x"'],
    ["an unknown dtype", file(`{"a":${entry("F33", [1], 0, 4)}}`, 4), "dtype"],
    ["a dtype named like a method", file(`{"a":${entry("toString", [1], 0, 4)}}`, 4), "dtype"],
    ["half precision of another shape", file(`{"a":${entry("F16", [3], 0, 4)}}`, 4), "expected 6"],
    ["a negative size", file(`{"a":${entry("F32", [-1], 0, 4)}}`, 4), "whole number"],
    ["a size with a fraction", file(`{"a":${entry("F32", ["1.0"], 0, 4)}}`, 4), '","'],
    ["a size with an exponent", file(`{"a":${entry("F32", ["1e0"], 0, 4)}}`, 4), '","'],
    ["a size with a leading zero", file(`{"a":${entry("F32", ["01"], 0, 4)}}`, 4), "whole number"],
    ["a size beyond 2^53", file(`{"a":${entry("F32", ["18446744073709551615"], 0, 4)}}`, 4), "2^53"],
    ["a shape whose product overflows", file(`{"a":${entry("F32", [2 ** 32, 2 ** 32], 0, 4)}}`, 4), "2^53"],
    ["an overflow hidden behind a zero", file(`{"a":${entry("F32", [2 ** 40, 2 ** 40, 0], 0, 0)}}`), "2^53"],
    ["a shape larger than its bytes", file(`{"a":${entry("F32", [2], 0, 4)}}`, 4), "expected 8"],
    ["a shape smaller than its bytes", file(`{"a":${entry("F32", [1], 0, 8)}}`, 8), "expected 4"],
    ["data that does not begin at 0", file(`{"a":${entry("F32", [1], 4, 8)}}`, 8), "got begin 4, expected 0"],
    ["a hole", file(`{"a":${one},"b":${entry("F32", [1], 8, 12)}}`, 12), "got begin 8, expected 4"],
    [
      "an overlap",
      file(`{"a":${entry("F32", [2], 0, 8)},"b":${entry("F32", [1], 4, 8)}}`, 8),
      "got begin 4, expected 8",
    ],
    ["an end before its begin", file(`{"a":${one},"b":${entry("F32", [0], 4, 0)}}`, 4), "got end 0"],
    ["an end beyond the file", file(`{"a":${entry("F32", [2], 0, 8)}}`, 4), "got end 8"],
    ["an end beyond 2^53", file(`{"a":${entry("F32", [1], 0, "9007199254740993")}}`, 4), "2^53"],
    ["bytes after the last tensor", file(`{"a":${one}}`, 5), "file length"],
    ["bytes without any tensor", file("{}", 1), "file length"],
  ])("is refused: %s", (_, bytes, part) => {
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError)
    expect(() => decodeSafetensors(bytes)).toThrow(part)
  })

  it.each<[string, Uint8Array, string[]]>([
    ["no tensors", file("{}"), []],
    ["a padded empty header", file("{}      "), []],
    ["JSON spaces between the parts", file('{ "a" :\n{"dtype":"U8","shape":[ 0 ],\t"data_offsets":[0 ,0]} }'), ["a"]],
    ["a single number", file(`{"a":${entry("F32", [], 0, 4)}}`, 4), ["a"]],
    [
      "empty tensors in one place",
      file(`{"a":${entry("F32", [0], 0, 0)},"b":${entry("U8", [2, 0], 0, 0)}}`),
      ["a", "b"],
    ],
    ["a tensor named __proto__", file(`{"__proto__":${entry("U8", [1], 0, 1)}}`, 1), ["__proto__"]],
    [
      "a tensor that is not aligned",
      file(`{"a":${entry("U8", [1], 0, 1)},"b":${entry("F64", [1], 1, 9)}}`, 9),
      ["a", "b"],
    ],
    ["NaN, which the format does not judge", file(`{"a":${one}}`, new Uint8Array(4).fill(255)), ["a"]],
  ])("is allowed: %s", (_, bytes, names) => {
    expect([...decodeSafetensors(bytes).tensors.keys()].sort()).toEqual(names)
  })

  it("refuses a hundred thousand overlapping tensors at once, not after reading each", () => {
    const entries = Array.from({ length: 100_000 }, (_, i) => `"t${i}":${entry("U8", [1000], 0, 1000)}`)
    const started = performance.now()
    expect(() => decodeSafetensors(file(`{${entries.join(",")}}`, 1000))).toThrow(SafetensorsError)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

describe("what cannot be written", () => {
  it.each<[string, Map<string, Tensor>, Map<string, string>, string]>([
    ["a shape that is not its array's", new Map([["a", { shape: [2], data: new Uint8Array(3) }]]), new Map(), "shape"],
    ["a negative size", new Map([["a", { shape: [-1, -3], data: new Uint8Array(3) }]]), new Map(), "shape"],
    [
      "a tensor named __metadata__",
      new Map([["__metadata__", { shape: [0], data: new Uint8Array() }]]),
      new Map(),
      "name",
    ],
    [
      "a name that is not Unicode",
      new Map([["\ud800", { shape: [0], data: new Uint8Array() }]]),
      new Map(),
      "surrogate",
    ],
    ["metadata that is not Unicode", new Map(), new Map([["k", "\udfff"]]), "surrogate"],
    [
      "an array of a type without a name",
      new Map([["a", { shape: [1], data: new Int16Array(1) as unknown as Uint8Array }]]),
      new Map(),
      "Int16Array",
    ],
  ])("is refused: %s", (_, tensors, metadata, part) => {
    expect(() => encodeSafetensors(tensors, metadata)).toThrow(SafetensorsError)
    expect(() => encodeSafetensors(tensors, metadata)).toThrow(part)
  })
})

describe("half precisions of other tools are read as Float32", () => {
  const halves = (dtype: string, ...bits: number[]) => {
    const bytes = new Uint8Array(Uint16Array.from(bits).buffer)
    const header = `{"a":${entry(dtype, [bits.length], 0, bytes.length)}}`
    return decodeSafetensors(file(header, bytes)).tensors.get("a")?.data
  }

  // values of numpy.float16 and of torch.bfloat16
  it("F16", () =>
    expect(halves("F16", 0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff, 0x8000, 0x7c00)).toEqual(
      Float32Array.of(1, -2, 0.333251953125, 2 ** -24, 65504, -0, Number.POSITIVE_INFINITY),
    ))

  it("BF16", () =>
    expect(halves("BF16", 0x3f80, 0xc000, 0x3eab, 0x8000)).toEqual(Float32Array.of(1, -2, 0.333984375, -0)))
})
