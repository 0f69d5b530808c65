// Data goes to stdout, messages go to stderr. When the reader goes away (`| head`), the program ends quietly;
// when the disk is full, it says so and fails. A command may save something first.

import pc from "picocolors"
import { diskError } from "../runs/disk.ts"
import { exitAtOnce, type Lost } from "./interrupt.ts"

export const print = (line: string): void => void process.stdout.write(`${line}\n`)
export const say = (line: string): void => void process.stderr.write(`${line}\n`)
export const printJson = (row: object): void => print(JSON.stringify(row))

/** Columns of a terminal; 80 if it does not tell. */
export const columnsOf = (stream: NodeJS.WriteStream): number => stream.columns || 80

/** Whether a stream is a terminal that can redraw a line. */
export const isTerminal = (stream: NodeJS.WriteStream): boolean => Boolean(stream.isTTY) && process.env.TERM !== "dumb"

/** Colors for a stream: in a terminal or with FORCE_COLOR, and not with NO_COLOR. */
export const colorsFor = (stream: NodeJS.WriteStream) => {
  const { NO_COLOR, FORCE_COLOR } = process.env
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0"
  return pc.createColors(!NO_COLOR && FORCE_COLOR !== "0" && (forced || isTerminal(stream)))
}

/**
 * Waits until all output is written. A pipe holds only 64 kB, and the rest would be lost when the process
 * ends.
 */
export async function flushed(): Promise<void> {
  const written = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write("", () => resolve()))
  await Promise.all([process.stdout, process.stderr].map(written))
}

const end = (lost: Lost): void => {
  if (lost === "pipe") exitAtOnce(0)
  void flushed().then(() => exitAtOnce(1))
}
let whenLost = end
let unwritable = false

/** Whether something could not be written to stdout. */
export const isUnwritable = (): boolean => unwritable

/** Sets what happens when output is lost. By default the program ends, with 1 if the system refused to write. */
export function onLostOutput(action: (lost: Lost) => void = end): void {
  whenLost = action
}

/** Handles output that cannot be written from now on, and tells the user once. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return whenLost("pipe")
      if (stream === process.stderr || unwritable) return // nobody can be told, or was told
      unwritable = true
      say((diskError("write to", "stdout", error) as Error).message)
      whenLost("unwritable")
    })
}

/** Aligns columns: those in `right` at their ends, the others at their beginnings. */
export function table(rows: readonly (readonly string[])[], right: readonly boolean[] = []): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)))
  const pad = (cell: string, c: number) => (right[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c]))
  return rows.map((row) => row.map(pad).join("  ").trimEnd())
}

/** 0.98765 as "98.77 %". Only 1 is "100 %". */
export function percent(share: number, digits = 2): string {
  if (share === 1) return "100 %"
  const scale = 10 ** digits
  return `${Math.min(100 - 1 / scale, (100 * Math.round(share * 100 * scale)) / (100 * scale)).toFixed(digits)} %`
}

/** 12345 as "12,345". */
export const grouped = (n: number): string => n.toLocaleString("en-US")
