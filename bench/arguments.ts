// Arguments of a benchmark: help, and exit code 2 with one sentence for wrong ones.

import type { Command } from "commander"
import { UserError } from "../src/core/errors.ts"

/** Parses the process's arguments. The process ends if they are wrong or ask for help. */
export function readArguments<C extends Command>(program: C): C {
  try {
    program
      .allowExcessArguments(false)
      .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
      .parse()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    console.error(error.message)
    process.exit(2)
  }
  return program
}
