// Reads and writes safetensors: named arrays in one file, which every machine-learning library reads and
// which is safe to open from strangers. Layout: [u64 header length N][N bytes of JSON][array bytes,
// little-endian, row-major, without gaps].
//
// The reader enforces every rule of the format (README, tensor.rs and its list of attacks, 2026-05), in time
// and memory linear in the file size. It does not check values (NaN is legal). It rejects F16, BF16 and the
// other small types, and big-endian machines.

import { type HeaderEntry, parseHeader, quoteName, SafetensorsError } from "./safetensors-header.ts"

export { SafetensorsError } from "./safetensors-header.ts"

export type TensorData = Float32Array | Float64Array | Int32Array | Uint32Array | BigInt64Array | Uint8Array

/** An array and its shape, row-major; shape [] is a scalar. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: TensorData
}

/** The contents of a safetensors file. */
export interface Safetensors {
  readonly tensors: Map<string, Tensor>
  readonly metadata: Map<string, string>
}

const maxHeaderBytes = 100_000_000 // [tensor.rs, MAX_HEADER_SIZE]
const lengthBytes = 8

const dtypes = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
} as const
const dtypeNames = Object.keys(dtypes) as (keyof typeof dtypes)[]

/** Half precisions that other tools write. They are read as Float32, which holds every value of theirs. */
const halves: Readonly<Record<string, (bits: number) => number>> = {
  F16: halfToNumber,
  BF16: (bits) => new Float32Array(Uint32Array.of(bits << 16).buffer)[0],
}

/** The value of an IEEE 754 half: 1 bit of sign, 5 of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

/** The format's name for an array's type: "F32" for a Float32Array. */
export function dtypeOf(data: TensorData): string {
  const name = dtypeNames.find((name) => data instanceof dtypes[name])
  if (name === undefined)
    throw new SafetensorsError(
      `got an array of type ${data?.constructor?.name}, expected one of ${dtypeNames.join(", ")}`,
    )
  return name
}

/**
 * Encodes tensors and metadata. The result does not depend on the order of the maps' entries: wider types
 * come first, which aligns every array, and names are sorted.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> {
  const byName = <T>([a]: readonly [string, T], [b]: readonly [string, T]) => (a < b ? -1 : a > b ? 1 : 0)
  const sorted = [...tensors].sort(byName)
  sorted.sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT)

  const fields: string[] = []
  if (metadata.size > 0) {
    const pairs = [...metadata].sort(byName).map(([key, value]) => {
      requireUnicode("__metadata__", key)
      requireUnicode(`__metadata__ ${quoteName(key)}`, value)
      return `${JSON.stringify(key)}:${JSON.stringify(value)}`
    })
    fields.push(`"__metadata__":{${pairs.join(",")}}`)
  }
  let end = 0
  for (const [name, { shape, data }] of sorted) {
    requireUnicode("tensor name", name)
    if (name === "__metadata__") throw new SafetensorsError('got a tensor named "__metadata__", expected another name')
    const begin = end
    end += data.byteLength
    const entry = { dtype: dtypeOf(data), shape, begin, end }
    if (elementsOf(name, entry) !== data.length)
      throw new SafetensorsError(
        `tensor ${quoteName(name)}, shape: got [${shape}], expected one for the ${data.length} numbers in its array`,
      )
    fields.push(
      `${JSON.stringify(name)}:{"dtype":"${entry.dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`,
    )
  }

  const header = new TextEncoder().encode(`{${fields.join(",")}}`)
  const headerBytes = Math.ceil(header.length / 8) * 8
  if (headerBytes > maxHeaderBytes)
    throw new SafetensorsError(`header length: got ${headerBytes} bytes, expected at most ${maxHeaderBytes}`)
  const bytes = new Uint8Array(lengthBytes + headerBytes + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true)
  bytes.set(header, lengthBytes)
  bytes.fill(0x20, lengthBytes + header.length, lengthBytes + headerBytes)
  let at = lengthBytes + headerBytes
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

/**
 * Decodes tensors as copies, in file order. Throws a SafetensorsError unless the bytes are a complete,
 * well-formed safetensors file.
 */
export function decodeSafetensors(file: Uint8Array): Safetensors {
  // The slice of a Buffer would not copy; that of a plain view does.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  if (bytes.length < lengthBytes)
    throw new SafetensorsError(`file length: got ${bytes.length} bytes, expected at least ${lengthBytes}`)
  const declared = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getBigUint64(0, true)
  if (declared > BigInt(maxHeaderBytes))
    throw new SafetensorsError(`header length: got ${declared} bytes, expected at most ${maxHeaderBytes}`)
  const dataStart = lengthBytes + Number(declared)
  if (dataStart > bytes.length)
    throw new SafetensorsError(
      `header length: got ${declared} bytes, expected at most the ${bytes.length - lengthBytes} that follow it in the file`,
    )
  const { entries, metadata } = parseHeader(decodeUtf8(bytes.slice(lengthBytes, dataStart)))
  const dataBytes = bytes.length - dataStart

  // In file order, each array must begin where the previous one ended: no gaps, no overlaps, nothing after
  // the end.
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)
  const tensors = new Map<string, Tensor>()
  let expectedBegin = 0
  for (const [name, entry] of inOrder) {
    const { begin, end, shape } = entry
    const field = `tensor ${quoteName(name)}, data_offsets`
    if (begin !== expectedBegin)
      throw new SafetensorsError(`${field}: got begin ${begin}, expected ${expectedBegin}, the end of the one before`)
    if (end < begin || end > dataBytes)
      throw new SafetensorsError(
        `${field}: got end ${end}, expected one from ${begin} to ${dataBytes}, the end of the data`,
      )
    const elements = elementsOf(name, entry)
    const half = Object.hasOwn(halves, entry.dtype) ? halves[entry.dtype] : undefined
    const Type = half ? Uint16Array : dtypes[entry.dtype as keyof typeof dtypes]
    if (elements * Type.BYTES_PER_ELEMENT !== end - begin)
      throw new SafetensorsError(
        `${field}: got ${end - begin} bytes, expected ${elements * Type.BYTES_PER_ELEMENT} for ${entry.dtype} of shape [${shape}]`,
      )
    // slice copies, so the array is aligned and independent of the input bytes.
    const { buffer } = bytes.slice(dataStart + begin, dataStart + end)
    const data = new Type(buffer as ArrayBuffer)
    tensors.set(name, { shape, data: data instanceof Uint16Array ? Float32Array.from(data, half) : data })
    expectedBegin = end
  }
  if (expectedBegin !== dataBytes)
    throw new SafetensorsError(
      `file length: got ${dataBytes} bytes of data, expected ${expectedBegin}, the end of the last tensor`,
    )
  return { tensors, metadata: new Map(metadata) }
}

/** The number of elements of a tensor. Throws for unknown types, and for sizes beyond 2^53 bytes. */
function elementsOf(name: string, { dtype, shape }: HeaderEntry): number {
  const tensor = `tensor ${quoteName(name)}`
  if (!Object.hasOwn(dtypes, dtype) && !Object.hasOwn(halves, dtype)) {
    const names = [...dtypeNames, ...Object.keys(halves)]
    throw new SafetensorsError(`${tensor}, dtype: got ${quoteName(dtype)}, expected one of ${names.join(", ")}`)
  }
  let elements = 1
  for (const size of shape) {
    elements *= size
    if (!Number.isSafeInteger(size) || size < 0 || !Number.isSafeInteger(elements * 8))
      throw new SafetensorsError(
        `${tensor}, shape: got ${quoteName(`[${shape}]`)}, expected whole numbers whose product in bytes stays below 2^53`,
      )
  }
  return elements
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new SafetensorsError(`header: got ${bytes.length} bytes that are not UTF-8, expected JSON text`)
  }
}

function requireUnicode(field: string, text: string): void {
  if (!text.isWellFormed())
    throw new SafetensorsError(`${field}: got half a surrogate pair in ${quoteName(text)}, expected Unicode`)
}
