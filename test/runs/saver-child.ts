// Saves checkpoints as fast as possible, starting from the newest one, and reports each, until the test kills
// it.

import { writeSync } from "node:fs"
import { latestCheckpoint, saveCheckpoint } from "../../src/runs/checkpoint.ts"

const dir = process.argv[2]
let step = latestCheckpoint(dir).latest?.checkpoint.step ?? 0
writeSync(1, "ready\n")
for (;;) {
  step++
  const data = new Float32Array(20_000).fill(step)
  saveCheckpoint(dir, { step, tensors: new Map([["weight", { shape: [100, 200], data }]]), state: { step } })
  writeSync(1, `${step}\n`)
}
