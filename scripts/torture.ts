// npm run torture: disturbs the program in many ways, and writes what happened into docs/reliability.md.
//   npm run torture                              # minutes
//   npm run torture -- --share 10                # ten times as many tries
//   npm run torture -- --only kills,locks        # some promises; the page is not written
//   npm run torture -- --seed 7 --out page.md

import { randomInt } from "node:crypto"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { promises } from "./torture/index.ts"
import { type Outcome, pageOf, tryPromise } from "./torture/try.ts"

const { values } = parseArgs({
  options: {
    share: { type: "string", default: "1" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    only: { type: "string" },
    out: { type: "string", default: fileURLToPath(new URL("../docs/reliability.md", import.meta.url)) },
  },
})
const [share, seed] = [Number(values.share), Number(values.seed)]
const names = values.only?.split(",") ?? promises.map(({ name }) => name)
const unknown = names.find((name) => !promises.some((promised) => promised.name === name))
if (!(share > 0) || !Number.isSafeInteger(seed) || unknown !== undefined) {
  console.error(`torture: expected --share above 0, a whole --seed, and --only of ${promises.map((p) => p.name)}`)
  process.exit(2)
}

console.log(`seed ${seed}`)
const outcomes: Outcome[] = []
for (const promised of promises.filter(({ name }) => names.includes(name))) {
  const outcome = await tryPromise(promised, share, seed)
  const { tries, failures, seconds, skipped } = outcome
  console.log(`${promised.name}: ${skipped ?? `${tries} tries, ${failures.length} failures, ${seconds.toFixed(0)} s`}`)
  for (const failure of failures.slice(0, 20)) console.log(`  ${failure}`)
  outcomes.push(outcome)
}
if (values.only === undefined) writeFileSync(values.out, pageOf(outcomes, seed))
process.exit(outcomes.some(({ failures }) => failures.length > 0) ? 1 : 0)
