// The three ways in which `train` reports: a live line in a terminal, plain lines in a pipe, JSON lines on
// stdout.

import type { TrainEvent } from "../training/events.ts"
import { fitting, sentence, stepFields, stepLine } from "./describe.ts"
import { colorsFor, columnsOf, printJson, say } from "./output.ts"
import type { Reporter, Status } from "./session.ts"

/** Milliseconds between updates of the live line. */
const REDRAW_MS = 100
/** Milliseconds between plain lines. */
const PLAIN_MS = 5000

/** A line that is redrawn, with sentences above it. `longest`: the longest trained size. */
export function liveReporter(longest: number, stream: NodeJS.WriteStream = process.stderr): Reporter {
  const color = colorsFor(stream)
  let line = "compiling"
  let fields: ReturnType<typeof stepFields> = []
  let drawnAt = Number.NEGATIVE_INFINITY
  let evaluated: { size: number; symbol: number } | undefined
  const draw = () => stream.write(`\r\x1b[K${color.cyan(line)}`)
  const above = (text: string) => {
    stream.write(`\r\x1b[K${text}\n`)
    if (line) draw()
  }
  return {
    event(event, status) {
      if (event.type === "evaluation" && event.size > longest) evaluated = event
      if (event.type === "restart") evaluated = undefined
      if (event.type === "step") {
        fields = stepFields(event, status, evaluated)
        line = fitting(fields, columnsOf(stream) - 1)
        if (performance.now() - drawnAt < REDRAW_MS) return
        drawnAt = performance.now()
        draw()
      } else if (event.type === "checking") {
        if (performance.now() - drawnAt < REDRAW_MS) return
        drawnAt = performance.now()
        line = fitting(
          [...fields, [0, `evaluating size ${event.size}: ${event.done} of ${event.of}`]],
          columnsOf(stream) - 1,
        )
        draw()
      } else if (event.type !== "evaluation") {
        const text = sentence(event)
        if (text !== undefined) above(text)
      }
    },
    note: above,
    close() {
      stream.write(`\r\x1b[K${drawnAt > 0 ? `${color.cyan(line)}\n` : ""}`)
      line = ""
    },
  }
}

/** Only the final sentence, which `train` says itself, and what the user must know. */
export const quietReporter = (): Reporter => ({ event() {}, note() {}, close() {} })

/** A line every few seconds, and one for every other event. */
export function plainReporter(): Reporter {
  let saidAt: number | undefined
  let unsaid: string | undefined
  return {
    event(event, status) {
      if (event.type === "checking") {
        if (saidAt === undefined || performance.now() - saidAt < PLAIN_MS) return
        saidAt = performance.now()
        say(`evaluating size ${event.size}: ${event.done} of ${event.of}`)
        return
      }
      if (event.type !== "step") {
        const text = sentence(event)
        if (text !== undefined) say(text)
        return
      }
      unsaid = stepLine(event, status)
      saidAt ??= performance.now() // the first step has no speed yet
      if (performance.now() - saidAt < PLAIN_MS) return
      saidAt = performance.now()
      say(unsaid)
      unsaid = undefined
    },
    note: say,
    close() {
      if (unsaid !== undefined) say(unsaid)
      unsaid = undefined
    },
  }
}

/**
 * Every event as a JSON line, without its functions. Progress of evaluations is left out, as there is a lot
 * of it.
 */
export function jsonReporter(run: string): Reporter {
  return {
    event(event: TrainEvent, { seconds }: Status) {
      if (event.type === "checking") return
      const row = { ...event, seconds: Math.round(seconds * 1000) / 1000 }
      printJson(event.type === "start" ? { ...row, run } : row)
    },
    note: say,
    close() {},
  }
}
