// A process that tries to take locks when it is told to, and holds what it gets until it is told to let go.

import { lockRun, RunInUse } from "../../src/runs/lock.ts"

export type Told = { readonly type: "take"; readonly dir: string } | { readonly type: "release" }
export type Answer = "held" | "refused" | `failed: ${string}` | "released"

let release: (() => void) | undefined
process.on("message", (told: Told) => {
  const answer = (text: Answer) => process.send?.(text)
  if (told.type === "release") {
    release?.()
    release = undefined
    return answer("released")
  }
  try {
    release = lockRun(told.dir)
    answer("held")
  } catch (error) {
    answer(error instanceof RunInUse ? "refused" : `failed: ${(error as Error).message}`)
  }
})
