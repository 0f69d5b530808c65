// `run` asks a trained model and marks the errors in its answer.

import { Command } from "commander"
import { UserError } from "../core/errors.ts"
import { LANES } from "../core/lanes.ts"
import type { Answer } from "../inference/answer.ts"
import type { Predictor } from "../inference/predictor.ts"
import { loadModel } from "../runs/model.ts"
import { openModels } from "../runs/open.ts"
import { symbolTask } from "../tasks/index.ts"
import { deviceHelp, openDevice } from "./device.ts"
import { sayIfLong } from "./estimate.ts"
import { ensembleOption } from "./eval.ts"
import { type Line, lineBatches } from "./line-batches.ts"
import { colorsFor, columnsOf, print, printJson, say } from "./output.ts"
import { workersOf } from "./values.ts"

interface RunOptions {
  readonly json?: boolean
  readonly device: string
  readonly workers?: string
  readonly ensemble?: readonly string[]
}

export const runCommand = (): Command =>
  new Command("run")
    .argument("<run>", "a run's folder, a checkpoint file, or the name of a trained model")
    .argument("[questions...]", "such as 1011+110; - or none: one question per line of stdin")
    .addOption(ensembleOption())
    .option("--device <name>", deviceHelp, "auto")
    .option("--workers <n>", "number of threads (default: all of the machine)")
    .option("--json", "print one JSON line per answer")
    .action(async (path: string, questions: readonly string[], options: RunOptions) => {
      process.exitCode = await askModel(path, questions, options)
    })

/** Returns 0 if every answer is right, 1 if one is wrong, 2 if a line was not a question. */
async function askModel(
  path: string,
  questions: readonly string[],
  { json, device, workers, ensemble = [] }: RunOptions,
): Promise<number> {
  const [model, ...others] = [path, ...ensemble].map(loadModel)
  const task = symbolTask(model.config.task, model.task)
  const fromStdin = questions.length === 0 || (questions.length === 1 && questions[0] === "-")
  if (!fromStdin) for (const question of questions) task.parse(question) // checked before compiling
  const { backend, notes } = await openDevice(device, workersOf(workers))
  for (const note of [...[model, ...others].flatMap((m) => m.notes), ...notes]) say(note)
  const predictor = openModels([model, ...others], backend)
  const askAll = async (all: readonly string[]) => {
    const longest = Math.max(...all.map((typed) => task.parse(typed).length))
    await sayIfLong(
      predictor,
      all.length === 1 ? "this question" : "these questions",
      longest,
      Math.ceil(all.length / LANES),
    )
    return predictor.predictMany(all)
  }
  const tell = (answer: Answer, typed: string) => {
    if (json) {
      const { answer: got, expected, right } = answer
      printJson({ question: typed, answer: got, right, expected }) // as typed, so that rows can be joined
    } else showAnswer(answer)
    return answer.right === false ? 1 : 0
  }
  const code = fromStdin
    ? await askLines(predictor, tell)
    : Math.max(...(await askAll(questions)).map((answer, i) => tell(answer, questions[i])))
  await predictor.dispose()
  return code
}

/** Lines of stdin that are asked at once, if they have come: enough to fill the lanes of all threads. */
const MOST_LINES = 256

async function askLines(predictor: Predictor, tell: (answer: Answer, typed: string) => number): Promise<number> {
  if (process.stdin.isTTY) say(`type a question such as ${predictor.task.typed.question}; Ctrl-D ends`)
  let worst = 0
  for await (const lines of lineBatches(process.stdin, MOST_LINES)) {
    const asked = lines.filter(({ text }) => text.trim() !== "")
    for (const [i, answer] of (await answersOf(predictor, asked)).entries()) {
      if (answer instanceof UserError)
        say(process.stdin.isTTY ? answer.message : `line ${asked[i].number}: ${answer.message}`)
      worst = Math.max(worst, answer instanceof UserError ? 2 : tell(answer, asked[i].text))
    }
  }
  return worst
}

/** The answers to lines, or why a line has none. */
async function answersOf(predictor: Predictor, lines: readonly Line[]): Promise<(Answer | UserError)[]> {
  const { task } = predictor
  const inputs = await Promise.all(lines.map(({ text }) => orRefused(async () => task.parse(text))))
  const questions = inputs.filter((input): input is Uint8Array => input instanceof Uint8Array)
  const together = await orRefused(() => predictor.predictMany(questions))
  // one that does not fit into memory refuses them all, so each is asked alone
  const alone = (input: Uint8Array) => orRefused(() => predictor.predict(input))
  const answers = together instanceof UserError ? await Promise.all(questions.map(alone)) : together
  let next = 0
  return inputs.map((input) => (input instanceof UserError ? input : answers[next++]))
}

async function orRefused<T>(action: () => Promise<T>): Promise<T | UserError> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}

/** Prints the answer. Below a wrong one it prints carets at the wrong symbols, and the correct answer. */
export function showAnswer(answer: Answer, stream: NodeJS.WriteStream = process.stdout): void {
  const { shown, shownExpected } = answer
  if (answer.right !== false || shownExpected === null) {
    print(answer.answer)
    return
  }
  const color = colorsFor(stream)
  // in a terminal, carets stand below their symbols even if the answer takes several lines
  const columns = stream.isTTY ? columnsOf(stream) : shown.length
  for (let at = 0; at < shown.length; at += columns) {
    const part = [...shown.slice(at, at + columns)]
    const wrong = part.map((symbol, i) => symbol !== shownExpected[at + i])
    print(part.map((symbol, i) => (wrong[i] ? color.red(symbol) : symbol)).join(""))
    if (wrong.includes(true))
      print(
        color.red(
          wrong
            .map((w) => (w ? "^" : " "))
            .join("")
            .trimEnd(),
        ),
      )
  }
  print(`wrong, expected ${answer.expected}`)
}
