// What stands behind a bench on the command line: help, and one sentence with exit code 2 for what is wrong.

import type { Command } from "commander"
import { UserError } from "../src/core/errors.ts"

/**
 * Reads the process's arguments into a bench's command; where they are wrong or ask for help, the process
 * ends.
 */
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
