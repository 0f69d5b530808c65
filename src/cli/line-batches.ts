// Lines of an input in batches: those that have come, as soon as any has. Whoever types gets every answer at
// once, and a file fills all lanes.

import { createInterface } from "node:readline"
import type { Readable } from "node:stream"

export interface Line {
  /** From 1. */
  readonly number: number
  readonly text: string
}

/** Yields all lines that have come and not been yielded, at most `most` at once; waits for the first. */
export async function* lineBatches(input: Readable, most: number): AsyncGenerator<Line[]> {
  const waiting: Line[] = []
  let number = 0
  let ended = false
  let wake = () => {}
  // CR and LF are one end of a line, even if they come in two reads
  const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  reader.on("line", (text) => {
    waiting.push({ number: ++number, text })
    if (waiting.length >= most) reader.pause()
    wake()
  })
  reader.on("close", () => {
    ended = true
    wake()
  })
  while (!ended || waiting.length > 0) {
    if (waiting.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve
        reader.resume()
      })
      // the other lines of the same read
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (waiting.length > 0) yield waiting.splice(0, most)
  }
}
