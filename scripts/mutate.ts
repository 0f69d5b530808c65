// Mutation testing: plants random single-line faults, one at a time, in a worktree of its own, and runs the
// narrowest tests of the changed file until one fails. A fault that survives shows something that no test
// checks. It resumes where it was stopped: results are lines of runs/mutants-SEED.jsonl.
//   node scripts/mutate.ts --seed 7 --count 100 --only src/training

import { createHash } from "node:crypto"
import fs from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Command } from "commander"
import { type Random, random } from "../src/core/rng.ts"
import { type Fault, faultsIn } from "./mutate/faults.ts"
import { type TestFile, testFiles, testsOf } from "./mutate/narrowest.ts"
import { openTrialGround, type TrialGround } from "./mutate/trial-ground.ts"

const repository = fileURLToPath(new URL("..", import.meta.url))

/**
 * equivalent: changes nothing, as found by hand (scripts/mutate/equivalent.json); invalid: the compiler
 * rejects it.
 */
type Verdict = "killed" | "survived" | "equivalent" | "invalid" | "untested"

interface Result extends Fault {
  readonly id: string
  readonly verdict: Verdict
  /** The test that failed, and how many of the possible test files were run. */
  readonly by?: string
  readonly late?: boolean
  readonly ran: number
  readonly of: number
  readonly skipped: number
  readonly seconds: number
}

/** Assumed seconds of a test file that has not been run yet. */
const GUESS = 10

/** Result of a test file without a fault. */
interface Baseline {
  readonly test: string
  readonly passed: boolean
  readonly seconds: number
}

interface Options {
  readonly seed: string
  readonly count: string
  readonly only: string
  readonly limit: string
  readonly skip: string
  readonly out?: string
  readonly list?: boolean
}

const options = new Command("mutate")
  .description("plant faults and list those that no test detects")
  .option("--seed <n>", "seed of the faults; a larger --count with the same seed continues", "1")
  .option("--count <n>", "faults", "50")
  .option("--only <path>", "folder or file to plant faults in", "src")
  .option("--limit <seconds>", "time limit for the tests of a fault, as measured without faults", "120")
  .option("--skip <pattern>", "pattern of test files to skip", "^test/(browser|backends/webgpu)/")
  .option("--out <file>", "file for the results, one JSON line each (default: runs/mutants-SEED.jsonl)")
  .option("--list", "only list the faults, plant none")
  .parse()
  .opts<Options>()

/**
 * Draws `count` faults of different lines. Every line is equally likely, and so is every kind of fault in it.
 */
function draw(root: string, only: string, count: number, stream: Random): Fault[] {
  const files = fs
    .globSync(["src/**/*.ts", "web/src/**/*.{ts,tsx}", "recipes/**/*.ts"], { cwd: root })
    .filter((file) => file === only || file.startsWith(only.replace(/\/?$/u, "/")))
    .toSorted()
  const lines = files.flatMap((file) => [
    ...Map.groupBy(faultsIn(file, fs.readFileSync(join(root, file), "utf8")), ({ line }) => line).values(),
  ])
  const one = <T>(list: readonly T[]) => list[stream.below(list.length)]
  const drawn: Fault[] = []
  while (drawn.length < count && lines.length > 0) {
    const [line] = lines.splice(stream.below(lines.length), 1)
    drawn.push(one(one([...Map.groupBy(line, ({ kind }) => kind).values()])))
  }
  return drawn
}

const idOf = ({ file, from, before, after }: Fault, source: string) =>
  createHash("sha256")
    .update(JSON.stringify([file, from, before, after, source]))
    .digest("hex")
    .slice(0, 12)

const shown = ({ file, line, kind, before, after }: Fault) => {
  const short = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text) || "nothing"
  return `${file}:${line}  ${kind}: ${short(before)} → ${short(after)}`
}

/** The results on the disk. Faults that have a result are not tried again. */
function openLog(file: string) {
  fs.mkdirSync(dirname(file), { recursive: true })
  const lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").filter(Boolean) : []
  const rows = lines.flatMap((line): (Result | (Baseline & { commit: string }))[] => {
    try {
      return [JSON.parse(line)]
    } catch {
      return [] // incomplete line of a killed process
    }
  })
  if (lines.length > rows.length) fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""))
  return {
    results: new Map(rows.flatMap((row) => ("id" in row ? [[row.id, row] as const] : []))),
    baselines: (commit: string) =>
      new Map(
        rows.flatMap((row) => ("test" in row && row.commit === commit ? [[row.test, row as Baseline] as const] : [])),
      ),
    write: (row: object) => fs.appendFileSync(file, `${JSON.stringify(row)}\n`),
  }
}

/** A fault is known by the text of its line, because line numbers change. */
const known = JSON.parse(fs.readFileSync(new URL("mutate/equivalent.json", import.meta.url), "utf8")) as {
  readonly file: string
  readonly text: string
  readonly before: string
  readonly after: string
  readonly why: string
}[]
const isEquivalent = (fault: Fault, source: string) =>
  known.some(
    (k) =>
      k.file === fault.file &&
      k.before === fault.before &&
      k.after === fault.after &&
      k.text === source.split("\n")[fault.line - 1].trim(),
  )

interface Baselines {
  of(test: string): Promise<Baseline>
  /** The measured time, or a guess. */
  secondsOf(test: string): number
}

async function tryFault(ground: TrialGround, fault: Fault, tests: readonly TestFile[], baselines: Baselines) {
  const at = performance.now()
  const all = testsOf(tests, fault.file, (test) => baselines.secondsOf(test))
  const skip = new RegExp(options.skip, "u")
  const could = all.filter((test) => !skip.test(test))
  const end = (verdict: Verdict, ran: number, more: object = {}) => ({
    ...{
      ...fault,
      verdict,
      ran,
      of: could.length,
      skipped: all.length - could.length,
      seconds: Math.round((performance.now() - at) / 100) / 10,
    },
    ...more,
  })
  if (could.length === 0) return end("untested", 0)
  if (!(await ground.withFault(fault, () => ground.typeChecks(fault.file))).passed) return end("invalid", 0)
  let left = Number(options.limit)
  let ran = 0
  for (const test of could) {
    const { passed, seconds } = await baselines.of(test)
    if (!passed || seconds > left) continue // it fails without a fault, or takes too long
    left -= seconds
    ran++
    const ended = await ground.withFault(fault, () => ground.runTest(test, 5 * seconds + 20))
    if (!ended.passed) return end("killed", ran, { by: test, ...(ended.passed === undefined ? { late: true } : {}) })
  }
  return end("survived", ran)
}

function report(results: readonly Result[]): void {
  const verdicts: Verdict[] = ["killed", "survived", "equivalent", "invalid", "untested"]
  const table = (title: string, of: (result: Result) => string) => {
    console.log(`\n${title.padEnd(24)}${verdicts.map((v) => v.padStart(12)).join("")}`)
    const groups = [...Map.groupBy(results, of)].toSorted(([a], [b]) => (a < b ? -1 : 1))
    for (const [name, rows] of [...groups, ["all", results] as const]) {
      const counts = verdicts.map((v) => String(rows.filter(({ verdict }) => verdict === v).length).padStart(12))
      console.log(`${name.padEnd(24)}${counts.join("")}`)
    }
  }
  table("folder", ({ file }) => dirname(file))
  table("kind", ({ kind }) => kind)
  const missed = results.filter(({ verdict }) => verdict === "survived" || verdict === "untested")
  if (missed.length > 0) console.log("\ndetected by no test:")
  for (const result of missed) {
    const skipped = result.skipped > 0 ? `, ${result.skipped} left out by --skip` : ""
    console.log(`  ${shown(result)}  (${result.ran} of ${result.of} test files were run${skipped})`)
  }
}

async function main(): Promise<void> {
  const { seed, count, only, out = join("runs", `mutants-${seed}.jsonl`) } = options
  if (options.list) {
    for (const fault of draw(repository, only, Number(count), random(Number(seed)))) console.log(shown(fault))
    return
  }
  const log = openLog(join(repository, out))
  const ground = openTrialGround(repository)
  process.on("exit", () => ground.close())
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)
    process.on(signal, () => process.exit(code))
  const tests = testFiles(ground.root)
  for (const [project, file] of [
    ["the sources", "src/index.ts"],
    ["the page", "web/src/app.tsx"],
  ] as const)
    if (!(await ground.typeChecks(file)).passed) throw new Error(`${project} do not type-check without a fault`)
  const ran = log.baselines(ground.commit)
  const baselines: Baselines = {
    async of(test) {
      const before = ran.get(test)
      if (before) return before
      const { passed = false, seconds } = await ground.runTest(test, 2 * Number(options.limit))
      if (!passed) console.log(`left out, because it fails without a fault: ${test}`)
      const baseline = { test, passed, seconds }
      ran.set(test, baseline)
      log.write({ ...baseline, commit: ground.commit })
      return baseline
    },
    secondsOf: (test) => ran.get(test)?.seconds ?? GUESS,
  }
  const results: Result[] = []
  for (const fault of draw(ground.root, only, Number(count), random(Number(seed)))) {
    const source = fs.readFileSync(join(ground.root, fault.file), "utf8")
    const id = idOf(fault, source)
    const done = log.results.get(id)
    const result = done ?? { id, ...(await tryFault(ground, fault, tests, baselines)) }
    if (!done) log.write(result)
    const verdict = result.verdict === "survived" && isEquivalent(fault, source) ? "equivalent" : result.verdict
    results.push({ ...result, verdict })
    const by = result.by ? `  ${result.late ? "too late: " : ""}${result.by}` : ""
    console.log(`${verdict.padEnd(10)}  ${shown(fault)}${by}  ${result.seconds} s${done ? ", done before" : ""}`)
  }
  report(results)
}

await main()
