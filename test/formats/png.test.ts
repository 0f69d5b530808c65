// PNG files are read back by code that shares only checksum and compression with the writer.

import { crc32, inflateSync } from "node:zlib"
import { expect, it } from "vitest"
import { encodePng } from "../../src/formats/png.ts"

it("holds every pixel, in chunks with right lengths and checksums", () => {
  const pixels = Uint8Array.from({ length: 3 * 5 * 7 }, (_, i) => (i * 37) % 256)
  const file = Buffer.from(encodePng(5, 7, pixels))
  expect(file.subarray(1, 4).toString()).toBe("PNG")
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at)
    const body = file.subarray(at + 4, at + 8 + length)
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(body))
    chunks.set(body.subarray(0, 4).toString(), body.subarray(4))
    at += 12 + length
  }
  expect([...chunks.keys()]).toEqual(["IHDR", "IDAT", "IEND"])
  const header = chunks.get("IHDR") as Buffer
  expect([header.readUInt32BE(0), header.readUInt32BE(4), ...header.subarray(8)]).toEqual([5, 7, 8, 2, 0, 0, 0])
  const rows = inflateSync(chunks.get("IDAT") as Buffer)
  for (let y = 0; y < 7; y++) {
    expect(rows[y * 16]).toBe(0)
    expect([...rows.subarray(y * 16 + 1, y * 16 + 16)]).toEqual([...pixels.subarray(15 * y, 15 * y + 15)])
  }
})

it("refuses pixels that are too few", () => {
  expect(() => encodePng(2, 2, new Uint8Array(3))).toThrow("png: got 3 bytes, expected 2 * 2 * 3")
})
