// `npm start`: learns addition on this machine.

import { exitWith } from "../src/cli/exit.ts"
import { startCommand } from "../src/cli/start.ts"

await exitWith(async () => {
  await startCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync()
  return Number(process.exitCode ?? 0)
})
