// Compares the first steps of every recipe with test/golden/first-steps.json, bit for bit, on WebAssembly.
// Run it before and after a change of the trainer, the optimizers or a kernel; `npm test` does not, as it
// takes minutes and 4 GB.
//   node scripts/first-steps.ts                # all recipes
//   node scripts/first-steps.ts add ntm-copy   # these recipes
//   node scripts/first-steps.ts --write        # writes new first steps, after an intended change

import { readFileSync, writeFileSync } from "node:fs"
import { recipes } from "../recipes/index.ts"
import { wasm } from "../src/backends/wasm/index.ts"
import { type FirstSteps, firstSteps } from "../test/golden/first-steps.ts"

const STEPS = 200
const file = new URL("../test/golden/first-steps.json", import.meta.url)
const golden = JSON.parse(readFileSync(file, "utf8")) as { recipes: Record<string, FirstSteps> }

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"))
const writes = process.argv.includes("--write")
for (const { name, config } of recipes) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const now = await firstSteps(config, wasm(1), STEPS)
  const before = golden.recipes[name]
  const same = now.digest === before?.digest
  console.log(`${name}: ${same ? "the same bits" : `other bits: ended at ${now.last}, before at ${before?.last}`}`)
  golden.recipes[name] = now
  if (!same && !writes) process.exitCode = 1
}
if (writes) writeFileSync(file, `${JSON.stringify(golden, null, 1)}\n`)
