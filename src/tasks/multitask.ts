// Several tasks learned by one model, such as "copy,reverse"; each example belongs to one of them. In the
// [neural_gpu code] one task was drawn per step, and only the operator's symbol identified it, so copy and
// reverse were indistinguishable. [Price et al. 2016] gave each operator a symbol. Here the question symbols
// of each task are distinct, so that every place identifies the task; answers share their symbols.

import { UserError } from "../core/errors.ts"
import { type Example, type KnownTask, ofPackage, PAD, type TaskOptions } from "./task.ts"
import { quote } from "./typing.ts"

/** The separator of task names. */
export const BETWEEN = ","
/** The name of a task, or of several, as part of a folder's name. */
export const folderPart = (name: string): string => name.replaceAll(BETWEEN, "-")

export function multitask(tasks: readonly KnownTask[], options: TaskOptions): KnownTask {
  const names = tasks.map(({ name }) => name)
  const name = names.join(BETWEEN)
  const twice = names.find((task, i) => names.indexOf(task) < i)
  if (twice !== undefined) throw new UserError(`${name}: got ${twice} twice, expected different tasks`)
  const symbols = ["_", ...tasks.flatMap((task) => task.symbols.slice(1))]
  let first = 0
  const parts = tasks.map((task) => {
    const part = partOf(task, first, symbols)
    first += task.symbols.length - 1
    return part
  })
  /** The task to which these symbols belong; a question has at least one. */
  const of = (input: Uint8Array): KnownTask => {
    const symbol = input.find((s) => s !== PAD) ?? 1
    let end = 1
    return parts[tasks.findIndex((task) => symbol < (end += task.symbols.length - 1))] ?? parts[0]
  }
  const typed = `${names[0]} ${tasks[0].typed.question}`
  return {
    name,
    options,
    symbols,
    parts: { tasks: parts, of },
    typed: { question: typed, answer: tasks[0].typed.answer },
    minSize: Math.max(...tasks.map((task) => task.minSize)),
    length: (size) => Math.max(...tasks.map((task) => task.length(size))),
    sizeOf: (length) => Math.min(...tasks.map((task) => task.sizeOf(length))),
    random: (size, random) => parts[random.below(parts.length)].random(size, random),
    hard: (size, random) => parts[random.below(parts.length)].hard(size, random),
    hardCases: (size, random) =>
      parts.flatMap((part) => part.hardCases(size, random).map((e) => ({ ...e, name: `${part.name}: ${e.name}` }))),
    families: parts.flatMap((part) => part.families.map((f) => ({ ...f, name: `${part.name}: ${f.name}` }))),
    oracle: (input) => of(input).oracle(input),
    ...ofPackage,
    parse(text) {
      const [, asked, question] = /^\s*([a-z][a-z0-9-]*)[\s:]+(.*)$/su.exec(text) ?? []
      const part = parts.find((task) => task.name === asked)
      if (!part)
        throw new UserError(
          `${name}: got ${quote(text)}, expected a task's name and its question, such as ${quote(typed)}`,
        )
      return part.parse(question)
    },
    formatInput: (input) => `${of(input).name} ${of(input).formatInput(input)}`,
    // Only the question identifies the task of an answer: parts.of(input).
    formatOutput: (output) => Array.from(output, (symbol) => symbols[symbol] ?? "?").join(""),
    formatAnswer: (output) => Array.from(output, (symbol) => symbols[symbol] ?? "?").join(""),
  }
}

/** Wraps a task so that its question symbols start at `first` + 1. */
function partOf(task: KnownTask, first: number, symbols: readonly string[]): KnownTask {
  const into = (input: Uint8Array) => input.map((s) => (s === PAD ? PAD : s + first))
  const outOf = (input: Uint8Array) => input.map((s) => (s === PAD ? PAD : s - first))
  const asked = <E extends Example>(example: E): E => ({ ...example, input: into(example.input) })
  return {
    ...task,
    symbols,
    random: (size, random) => asked(task.random(size, random)),
    hard: (size, random) => asked(task.hard(size, random)),
    hardCases: (size, random) => task.hardCases(size, random).map(asked),
    families: task.families.map((f) => ({ ...f, draw: (size, random) => asked(f.draw(size, random)) })),
    oracle: (input) => task.oracle(outOf(input)),
    parse: (text) => into(task.parse(text)),
    formatInput: (input) => task.formatInput(outOf(input)),
  }
}
