// Learns twelve problems of other people's kind, each from 5,000 pairs with the same defaults, on three seeds.
// Writes results/problems.json; what it holds already is not run again.
//   npm run problems -- [--only roman,parity] [--seeds 3] [--steps 6000] [--workers 2]

import { spawnSync } from "node:child_process"
import fs from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { random } from "../src/core/rng.ts"
import { type ProblemResult, type ProblemResults, readResults } from "./problems/results.ts"
import { type Problem, problems } from "./problems/tasks.ts"

const PAIRS = 5000
const TESTS = 200

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    seeds: { type: "string", default: "3" },
    steps: { type: "string", default: "6000" },
    workers: { type: "string", default: String(cpus().length) },
    out: { type: "string", default: "results/problems.json" },
  },
})
const root = join(import.meta.dirname, "..")
const folder = fs.mkdtempSync(join(tmpdir(), "neural-gpu-problems-"))
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }))

/** Runs the command line and returns its JSON lines. */
function cli(args: readonly string[]): Record<string, unknown>[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/neural-gpu.mjs"), ...args], {
    encoding: "utf8",
    maxBuffer: 1e9,
  })
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`)
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

const known: ProblemResult[] = fs.existsSync(values.out) ? [...readResults(values.out).results] : []
const wanted = problems.filter(({ own }) => values.only?.split(",").includes(own.spec.name) ?? true)
for (let seed = 1; seed <= Number(values.seeds); seed++)
  for (const problem of wanted) {
    if (known.some((result) => result.problem === problem.own.spec.name && result.seed === seed)) continue
    const result = learn(problem, seed)
    known.push(result)
    const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.versions.node }
    const content: ProblemResults = { pairs: PAIRS, steps: Number(values.steps), machine, results: known }
    fs.writeFileSync(values.out, `${JSON.stringify(content, null, 1)}\n`)
    const shares = result.tests.map(({ factor, right, samples }) => `${factor}x: ${right} of ${samples}`)
    console.log(
      `${result.problem}, seed ${seed}: ${result.reason} at step ${result.steps} (${result.seconds} s); ${shares.join(", ")}`,
    )
  }

/** Learns one problem from pairs, and evaluates it on fresh ones. */
function learn({ own, about, factors }: Problem, seed: number): ProblemResult {
  const { name, vocabulary } = own.spec
  const { task, suggested } = own.found
  const largest = suggested.sizes?.at(-1)?.[1] ?? 20
  const write = (file: string, purpose: number, count: number, sizeOf: () => number) => {
    const lines = Array.from({ length: count }, (_, i) => {
      const { input, target } = task.random(sizeOf(), random(purpose, seed, i))
      return `${task.formatInput(input)}\t${task.formatAnswer(target)}\n`
    })
    fs.writeFileSync(join(folder, file), lines.join(""))
    return join(folder, file)
  }
  const choose = random(seed)
  const data = write(`${name}.tsv`, 1, PAIRS, () => 1 + choose.below(largest))
  const out = join(folder, `${name}-${seed}`)
  const options = ["--seed", String(seed), "--steps", values.steps, "--workers", values.workers, "--out", out, "--json"]
  const train = ["train", "--data", data, ...(vocabulary.backwards ? ["--backwards"] : []), ...options]
  const end = cli(train).at(-1) as { reason: string; step: number; seconds: number }
  const tests = factors.map((factor, i) => {
    const file = write(`${name}-${factor}.tsv`, 2 + i, TESTS, () => Math.round(factor * largest))
    const rows = cli(["eval", out, "--data", file, "--json"]) as { samples: number; exact: number }[]
    return { factor, samples: TESTS, right: rows.reduce((sum, row) => sum + Math.round(row.exact * row.samples), 0) }
  })
  const { reason, step: steps } = end
  return { problem: name, about, largest, seed, reason, steps, seconds: Math.round(end.seconds), tests }
}
