// A backend that says when it evaluates: checks of large sizes can take seconds, on a slow device minutes, and in the middle of one the
// trainer says nothing. Before each of their runs the worker hears messages, so that a check can be stopped.

import type { Backend, Block } from "../../../src/backends/backend.ts"

/** `tell` gets the symbols of an answer and how many are checked at once before each run, and nothing when training goes on. */
export function watched(
  backend: Backend,
  tell: (checking: { readonly symbols: number; readonly blocks: number } | undefined) => void,
): Backend {
  return {
    name: backend.name,
    description: backend.description,
    workers: backend.workers,
    async compile(plan) {
      const program = await backend.compile(plan)
      const isTraining = plan.gradient !== undefined
      return {
        plan: program.plan,
        get peakBytes() {
          return program.peakBytes
        },
        async run(shared, blocks: readonly Block[], options) {
          tell(isTraining || blocks.length === 0 ? undefined : { symbols: blocks[0].length, blocks: blocks.length })
          if (!isTraining) await new Promise((resolve) => setTimeout(resolve))
          return program.run(shared, blocks, options)
        },
        dispose: () => program.dispose(),
      }
    },
  }
}
