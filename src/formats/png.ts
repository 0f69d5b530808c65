// Writes PNG (ISO/IEC 15948): signature, header, one compressed block of rows, end. Color type 2, 8 bits per
// channel, no filter, so that every pixel is exact. It does not read PNG.

import { crc32, deflateSync } from "node:zlib"

/** Encodes a picture; `pixels` is [height, width, 3], in the order red, green, blue. */
export function encodePng(width: number, height: number, pixels: Uint8Array): Uint8Array {
  if (pixels.length !== width * height * 3)
    throw new RangeError(`png: got ${pixels.length} bytes, expected ${width} * ${height} * 3`)
  const rows = new Uint8Array(height * (1 + 3 * width)) // each row starts with its filter type; 0 is none
  for (let y = 0; y < height; y++)
    rows.set(pixels.subarray(3 * width * y, 3 * width * (y + 1)), y * (1 + 3 * width) + 1)
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, 8)
  header.setUint8(9, 2)
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ])
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length)
  out.set(body, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}
