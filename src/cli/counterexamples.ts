// Reads the counterexamples that `attack` wrote into the config of a run.

import { readFileSync } from "node:fs"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { orDiskError } from "../runs/disk.ts"
import { type FoundTask, symbolTask } from "../tasks/index.ts"
import { longestSize, type TrainConfig } from "../training/config.ts"
import { withField } from "../training/settable.ts"
import { grouped, say } from "./output.ts"

/** The config with the questions of this file, as far as their sizes are trained. */
export function withCounterexamples(config: TrainConfig, file: string, found?: FoundTask): TrainConfig {
  const task = symbolTask(config.task, found)
  const longest = longestSize(config)
  const questions: Record<string, string[]> = {}
  let longer = 0
  const text = orDiskError("read", file, () => readFileSync(file, "utf8"))
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue
    const at = `--counterexamples: ${file} line ${i + 1}`
    const question = questionOf(line, at)
    const input = naming(at, () => task.parse(question))
    const size = (task.parts?.of(input) ?? task).sizeOf(input.length)
    if (size > longest) longer++
    else (questions[size] ??= []).push(question)
  }
  const used = Object.values(questions).flat().length
  if (used === 0)
    throw new UserError(
      `--counterexamples: ${file} has no question of a trained size, expected some of at most ${longest}; use attack --sizes ${longest}, or longer --train-sizes`,
    )
  if (longer > 0)
    say(`${grouped(used)} counterexamples are used; ${grouped(longer)} are longer than the trained sizes and left out`)
  return withField(config, "counterexamples.questions", questions, "--counterexamples")
}

function questionOf(line: string, at: string): string {
  let row: unknown
  try {
    row = JSON.parse(line)
  } catch {
    row = undefined
  }
  if (isObject(row) && typeof row.question === "string") return row.question
  throw new UserError(`${at}: expected a JSON object with a question, as attack --out writes it`)
}

function naming<T>(at: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${at}: ${error.message}`) : error
  }
}
