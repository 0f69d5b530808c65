// Options that give a task of the user's own: a file of pairs, or a module.

import fs from "node:fs"
import { basename, extname } from "node:path"
import { type Command, Option } from "commander"
import { UserError } from "../core/errors.ts"
import { decodeText, formatOf, guessedFormat, type LinePair, parsePairs } from "../formats/pairs.ts"
import { orDiskError } from "../runs/disk.ts"
import { loadTaskModule } from "../runs/own-task.ts"
import { fromPairs, type OwnTask, type Tokens, tokenKinds } from "../tasks/index.ts"

const HEADING = "Your own problem:"
/** Larger files would not fit into memory as examples. */
const MOST_BYTES = 256e6

export interface OwnTaskOptions {
  readonly data?: string
  readonly test?: string
  readonly tokens?: Tokens
  readonly backwards?: boolean
  readonly task?: string
}

/**
 * Adds the options to a command.
 * @param task describes --task, where it may also be the name of a task
 */
export function addOwnTaskOptions(
  command: Command,
  task = "learn the task that a .ts or .js file exports (defineTask)",
): void {
  const options = [
    new Option("--data <file>", "learn pairs of question and answer: .tsv, .csv or .jsonl; - for stdin"),
    new Option("--test <file>", "pairs for tests (default: the longest of --data)"),
    new Option("--tokens <kind>", "what a symbol is (default: characters)").choices(tokenKinds),
    new Option("--backwards", "read questions and answers from their last symbol, as numbers need it"),
    new Option("--task <file>", task),
  ]
  for (const option of options) command.addOption(option.helpGroup(HEADING))
}

/** The typed options of `addOwnTaskOptions` by name, without those that were left out. */
export function ownTaskOptions({ data, test, tokens, backwards, task }: OwnTaskOptions): Record<string, unknown> {
  const all = { "--data": data, "--test": test, "--tokens": tokens, "--backwards": backwards, "--task": task }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** A task of the user's own, and the module that it came from. */
export interface GivenTask {
  readonly own: OwnTask
  readonly module: string | undefined
}

/**
 * The task that the options give; undefined if they give none.
 * @throws UserError if they contradict each other, or a file cannot be used
 */
export async function ownTaskOf(options: OwnTaskOptions): Promise<GivenTask | undefined> {
  const { data, test, tokens = "characters", backwards = false, task } = options
  const typed = Object.keys(ownTaskOptions(options))
  const other = typed.find((name) => name !== (task === undefined ? "--data" : "--task"))
  if (task !== undefined) {
    if (other !== undefined) throw new UserError(`--task: got ${other} as well, expected only one of them`)
    return { own: loadTaskModule(task), module: task }
  }
  if (data === undefined) {
    if (other !== undefined) throw new UserError(`${other}: got no --data, expected it as well`)
    return undefined
  }
  const pairs = await readPairs(data)
  const tests = test === undefined ? undefined : await readPairs(test)
  return { own: fromPairs(pairs, { name: taskName(data), tokens, backwards, tests }), module: undefined }
}

/** The name of a task by its file: "Roman numerals.tsv" is roman-numerals. */
function taskName(file: string): string {
  const name = basename(file, extname(file))
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")
    .replace(/^-|-$/gu, "")
  return file === "-" || name === "" ? "pairs" : name
}

/**
 * Reads a file of pairs.
 * @param file "-" for stdin
 * @throws UserError with the line that is wrong
 */
export async function readPairs(file: string): Promise<LinePair[]> {
  const name = file === "-" ? "stdin" : file
  const bytes = file === "-" ? await readStdin() : readFile(file)
  const text = decodeText(bytes, name)
  return parsePairs(text, (file === "-" ? undefined : formatOf(file)) ?? guessedFormat(text), name)
}

const tooLarge = (name: string, bytes: number) =>
  new UserError(
    `${name}: got ${(bytes / 1e6).toFixed(0)} MB, expected at most ${MOST_BYTES / 1e6}; a part of the pairs is enough to learn from`,
  )

function readFile(file: string): Uint8Array {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  if (stat === undefined)
    throw new UserError(`there is no file ${file}, expected one with a question and its answer a line`)
  if (stat.isDirectory())
    throw new UserError(`${file} is a folder, expected a file with a question and its answer a line`)
  if (stat.size > MOST_BYTES) throw tooLarge(file, stat.size)
  return orDiskError("read", file, () => fs.readFileSync(file))
}

async function readStdin(): Promise<Uint8Array> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of process.stdin) {
    parts.push(part as Buffer)
    bytes += (part as Buffer).length
    if (bytes > MOST_BYTES) throw tooLarge("stdin", bytes)
  }
  return Buffer.concat(parts)
}
