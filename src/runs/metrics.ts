// The metrics of a run, one JSON object per line. A kill can truncate the last line, which is then ignored
// and later overwritten. A run that resumes drops all rows after its step, so that no step appears twice.

import { UserError } from "../core/errors.ts"
import { codeOf, type Disk, nodeDisk, orDiskError, writeAll, writeAtomically } from "./disk.ts"
import { parseJsonObject } from "./json.ts"

export type MetricsRow = Readonly<Record<string, unknown>>

const newline = 0x0a
const encode = (text: string) => new TextEncoder().encode(text)

/**
 * Appends a row completely or, if the disk refuses, not at all. NaN and infinities become null.
 * @throws UserError if the disk refuses
 */
export function appendMetrics(file: string, row: MetricsRow, disk: Disk = nodeDisk): void {
  orDiskError("write to", file, () => {
    const fd = openOrCreate(file, disk)
    try {
      const end = endOfLastLine(fd, disk)
      try {
        writeAll(fd, encode(`${JSON.stringify(row)}\n`), end, disk)
      } catch (error) {
        disk.ftruncateSync(fd, end)
        throw error
      }
    } finally {
      disk.closeSync(fd)
    }
  })
}

/**
 * Reads all rows; none if there is no file. A truncated last line is ignored.
 * @throws UserError for any other damaged line
 */
export function readMetrics(file: string, disk: Disk = nodeDisk): MetricsRow[] {
  return linesOf(file, disk).map((line, i) => {
    const row = parseJsonObject(line)
    if (row === undefined)
      throw new UserError(
        `${file}, line ${i + 1}: got ${JSON.stringify(line.slice(0, 40))}, expected a JSON object; remove it`,
      )
    return row
  })
}

/**
 * Reads the rows that are whole, for what only shows them.
 * @returns the rows, and the number of damaged lines
 */
export function readUsableMetrics(file: string, disk: Disk = nodeDisk): { rows: MetricsRow[]; damaged: number } {
  const lines = linesOf(file, disk).map(parseJsonObject)
  const rows = lines.filter((row) => row !== undefined)
  return { rows, damaged: lines.length - rows.length }
}

/** Drops the rows whose `step` is after this one, and any damaged line. */
export function truncateMetrics(file: string, step: number, disk: Disk = nodeDisk): void {
  const kept = linesOf(file, disk).filter((line) => {
    const row = parseJsonObject(line)
    return row !== undefined && !(typeof row.step === "number" && row.step > step)
  })
  const text = kept.map((line) => `${line}\n`).join("")
  orDiskError("write", file, () => {
    if (text !== readOrEmpty(file, disk)) writeAtomically(file, encode(text), { disk })
  })
}

/** The complete lines: those that end in a newline. */
function linesOf(file: string, disk: Disk): string[] {
  return orDiskError("read", file, () => readOrEmpty(file, disk))
    .split("\n")
    .slice(0, -1)
}

function readOrEmpty(file: string, disk: Disk): string {
  try {
    return disk.readFileSync(file, "utf8")
  } catch (error) {
    if (codeOf(error) === "ENOENT") return ""
    throw error
  }
}

function openOrCreate(file: string, disk: Disk): number {
  try {
    return disk.openSync(file, "r+")
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error
    return disk.openSync(file, "wx+")
  }
}

/** The offset after the last newline. It is searched from the end, because the file may be long. */
function endOfLastLine(fd: number, disk: Disk): number {
  const size = disk.fstatSync(fd).size
  const block = new Uint8Array(4096)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block.length)
    const bytes = disk.readSync(fd, block, 0, end - start, start)
    const at = block.subarray(0, bytes).lastIndexOf(newline)
    if (at >= 0) {
      const position = start + at + 1
      if (position < size) disk.ftruncateSync(fd, position)
      return position
    }
    end = start
  }
  if (size > 0) disk.ftruncateSync(fd, 0)
  return 0
}
