// Any program as the target of an attack: it reads a question a line, and writes an answer a line.

import { type ChildProcessByStdio, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import type { Target } from "../attack/target.ts"
import { UserError } from "../core/errors.ts"
import type { Task } from "../tasks/task.ts"
import { grouped } from "./output.ts"

/** Seconds without any answer, after which a program counts as stuck. */
const PATIENCE_SECONDS = 60

export interface ProgramTarget {
  readonly target: Target
  dispose(): Promise<void>
}

/** Starts a program. It ends when its input ends. */
export function programTarget(command: string, task: Task): ProgramTarget {
  // a group of its own: Ctrl-C ends the attack in order, and with it the program
  const child = spawn(command, {
    shell: true,
    detached: process.platform !== "win32",
    env: { PYTHONUNBUFFERED: "1", ...process.env }, // Python keeps answers back from a pipe otherwise
    stdio: ["pipe", "pipe", "inherit"],
  })
  const lines = linesOf(child, command)
  return {
    target: {
      task,
      async ask(_, questions) {
        child.stdin.write(questions.map(({ input }) => `${task.formatInput(input)}\n`).join(""))
        const answers = await lines.next(questions.length)
        return questions.map(({ input, target }, i) => {
          const own = task.parts?.of(input) ?? task
          const answer = answers[i].trim()
          const right = isRight(answer, own.formatAnswer(target), own.formatOutput(target))
          return { right, margin: right ? 1 : -1, answer }
        })
      },
    },
    async dispose() {
      lines.ignore()
      child.stdin.end()
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const ended = new Promise((resolve) => child.once("exit", resolve))
      process.kill(process.platform === "win32" ? child.pid : -child.pid)
      await ended
    },
  }
}

/** Whether it is the right answer, perhaps with some of the zeros that fill its places. */
const isRight = (answer: string, right: string, filled: string): boolean =>
  answer === right || (answer.length > right.length && filled.endsWith(answer))

/** The lines that a program writes, in the order in which they are wanted. */
function linesOf(child: ChildProcessByStdio<Writable, Readable, null>, command: string) {
  const ready: string[] = []
  let ended: string | undefined
  let heard = () => {}
  const told = (line: string) => {
    ready.push(line)
    heard()
  }
  const over = (why: string) => {
    ended ??= why
    heard()
  }
  createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on("line", told)
  // "close" comes after its last line
  child.on("close", (code, signal) => over(signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`))
  child.on("error", (error) => over(error.message))
  child.stdin.on("error", () => {}) // its end tells why

  return {
    ignore() {
      ended ??= "the attack is over"
    },
    /** The next lines. */
    async next(count: number): Promise<string[]> {
      while (ready.length < count) {
        const before = ready.length
        if (ended === undefined)
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, 1000 * PATIENCE_SECONDS)
            heard = () => {
              clearTimeout(timer)
              resolve()
            }
          })
        if (ready.length > before) continue
        const got = `--command: ${command} gave ${grouped(ready.length)} of ${grouped(count)} answers`
        throw new UserError(
          ended === undefined
            ? `${got}, then nothing for ${PATIENCE_SECONDS} seconds; let it write and flush a line for every line that it reads`
            : `${got}: ${ended}; expected a line for every line that it reads`,
        )
      }
      return ready.splice(0, count)
    },
  }
}
