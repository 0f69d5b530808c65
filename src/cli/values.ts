// Strict parsers for values of options. An error tells what was got and what was expected.

import { availableParallelism } from "node:os"
import { UserError } from "../core/errors.ts"

const refuse = (name: string, text: string, expected: string): never => {
  const shown = text.length <= 40 ? text : `${text.slice(0, 40)}…`
  throw new UserError(`${name}: got ${JSON.stringify(shown)}, expected ${expected}`)
}

/** A number, such as 3, -1, 0.02 or 1e-3. */
export function number(name: string, text: string): number {
  const value = Number(text)
  const written = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/iu.test(text.trim())
  return written && Number.isFinite(value) ? value : refuse(name, text, "a number")
}

/** A whole number in a range. */
export function whole(name: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = /^[+-]?\d+$/u.test(text.trim()) ? Number(text) : Number.NaN
  const range =
    most === Number.MAX_SAFE_INTEGER && !(value > most) ? `of at least ${least}` : `from ${least} to ${most}`
  return value >= least && value <= most ? value : refuse(name, text, `a whole number ${range}`)
}

/** A list of whole numbers such as 20,200,2000. */
export const wholes = (name: string, text: string, least: number): number[] =>
  text.split(",").map((part) => whole(name, part, least))

/** Rising ranges of sizes such as 1-3,4-5,6-8; a single size is a range too. */
export function ranges(name: string, text: string): [number, number][] {
  return text.split(",").map((part) => {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/u.exec(part)
    return match ? [Number(match[1]), Number(match[2] ?? match[1])] : refuse(name, text, "sizes such as 1-3,4-8,9-20")
  })
}

/** Ten years: more is a mistake, and cannot be shown as a time. */
const MOST_SECONDS = 10 * 365 * 86400

/** Seconds in "90", "90s", "5m", "2h" or "1h30m". */
export function seconds(name: string, text: string): number {
  const match = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?$/iu.exec(text.trim())
  const total = match ? 3600 * Number(match[1] ?? 0) + 60 * Number(match[2] ?? 0) + Number(match[3] ?? 0) : 0
  const most = total > MOST_SECONDS ? ", of at most ten years" : ""
  return total > 0 && most === "" ? total : refuse(name, text, `a time such as 90s, 5m or 2h${most}`)
}

/** 75.2 as "1:15", 3700 as "1:01:40". */
export function clock(total: number): string {
  const s = Math.max(0, Math.round(total))
  const two = (n: number) => String(n).padStart(2, "0")
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}

/** Number of threads; by default as many as this process may use. */
export const workersOf = (text: string | undefined): number =>
  text === undefined ? Math.min(availableParallelism(), 256) : whole("--workers", text, 1, 256)
