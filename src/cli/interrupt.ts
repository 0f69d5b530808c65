// Ctrl-C and its kin. The first signal asks for an orderly end, the second ends at once.
// npm and npx pass a signal on that the terminal has sent to us already: what comes within a moment is the
// same key press.

import { createRequire } from "node:module"

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type Signal = keyof typeof codes
const signals = Object.keys(codes) as Signal[]
const SAME_KEY_PRESS_MS = 150

export interface Interrupt {
  /** What came: a signal, or "pipe" when nobody reads our output any more. */
  readonly came: Signal | "pipe" | undefined
  /** The exit code that it asks for. */
  readonly exitCode: number
  /** Resolves when it comes. */
  readonly asked: Promise<void>
  /** As if a signal had come. */
  brokenPipe(): void
}

/**
 * Ends the process now, locks given back. process.exit would wait for the native step that runs: minutes, for
 * a long number.
 */
export function exitAtOnce(code: number): never {
  process.emit("exit", code)
  try {
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi").default
    koffi.load(null).func("void _exit(int)")(code)
  } catch {
    // no koffi for this machine: then nothing native runs
  }
  process.removeAllListeners("exit")
  process.exit(code)
}

/** Ends the process at any signal, at once: for commands that have nothing to save. */
export function exitOnSignals(): void {
  for (const signal of signals) {
    process.removeAllListeners(signal)
    process.on(signal, () => exitAtOnce(codes[signal]))
  }
}

/** From now on the first signal only asks; `whenAsked` tells the user. */
export function interruptible(whenAsked: (signal: Signal) => void): Interrupt {
  let came: Interrupt["came"]
  let at = 0
  let resolve = () => {}
  const asked = new Promise<void>((done) => {
    resolve = done
  })
  for (const signal of signals) {
    process.removeAllListeners(signal)
    process.on(signal, () => {
      const now = performance.now()
      if (came === undefined) {
        came = signal
        at = now
        whenAsked(signal)
        resolve()
      } else if (now - at > SAME_KEY_PRESS_MS) exitAtOnce(codes[signal])
    })
  }
  return {
    get came() {
      return came
    },
    get exitCode() {
      return came === undefined || came === "pipe" ? 0 : codes[came]
    },
    asked,
    brokenPipe() {
      came ??= "pipe"
      resolve()
    },
  }
}
