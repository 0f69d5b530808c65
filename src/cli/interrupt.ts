// Handles Ctrl-C and other signals. The first signal asks for an orderly end, the second ends at once. npm
// and npx forward signals that the terminal has already sent to us, so signals within a moment count as one.

import { createRequire } from "node:module"

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type Signal = keyof typeof codes
const signals = Object.keys(codes) as Signal[]
const SAME_KEY_PRESS_MS = 150

/** Why nobody gets our output any more: its reader went away, or the system refuses to write it. */
export type Lost = "pipe" | "unwritable"

export interface Interrupt {
  /** The cause: a signal, or why output is lost. */
  readonly came: Signal | Lost | undefined
  /** The exit code of that cause. */
  readonly exitCode: number
  /** Calls `action` at the first signal, at once if it has come. Returns a function that takes this back. */
  whenAsked(action: () => void): () => void
  /** Acts as a signal does. */
  lost(why: Lost): void
}

/**
 * Ends the process at once and releases its locks. process.exit would wait for the running native step, which
 * can take minutes for long numbers.
 */
export function exitAtOnce(code: number): never {
  process.emit("exit", code)
  try {
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi").default
    koffi.load(null).func("void _exit(int)")(code)
  } catch {
    // without koffi, nothing native runs
  }
  process.removeAllListeners("exit")
  process.exit(code)
}

/** Ends the process at the first signal: for commands that have nothing to save. */
export function exitOnSignals(): void {
  for (const signal of signals) {
    process.removeAllListeners(signal)
    process.on(signal, () => exitAtOnce(codes[signal]))
  }
}

/** From now on the first signal only asks for the end. `whenAsked` tells the user. */
export function interruptible(whenAsked: (signal: Signal) => void): Interrupt {
  let came: Interrupt["came"]
  let at = 0
  const actions = new Set<() => void>()
  const ask = () => {
    for (const action of actions) action()
    actions.clear()
  }
  for (const signal of signals) {
    process.removeAllListeners(signal)
    process.on(signal, () => {
      const now = performance.now()
      if (came === undefined) {
        came = signal
        at = now
        whenAsked(signal)
        ask()
      } else if (now - at > SAME_KEY_PRESS_MS) exitAtOnce(codes[signal])
    })
  }
  return {
    get came() {
      return came
    },
    get exitCode() {
      return came === undefined || came === "pipe" ? 0 : came === "unwritable" ? 1 : codes[came]
    },
    whenAsked(action) {
      if (came !== undefined) action()
      else actions.add(action)
      return () => void actions.delete(action)
    },
    lost(why) {
      came ??= why
      ask()
    },
  }
}
