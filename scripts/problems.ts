// Learns twelve problems of other people's kind, each from 5,000 pairs with the same defaults, on three seeds.
// Writes results/problems.json; what it holds already is not run again.
//   node scripts/problems.ts [--only roman,parity] [--seeds 3] [--time 3m]

import { spawnSync } from "node:child_process"
import fs from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { random } from "../src/core/rng.ts"
import { problems } from "./problems/tasks.ts"

const PAIRS = 5000
const TESTS = 200
/** Sizes of the tests, as multiples of the largest training size. */
const FACTORS = [1, 1.5, 2, 4, 10]

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    seeds: { type: "string", default: "3" },
    time: { type: "string", default: "3m" },
    out: { type: "string", default: "results/problems.json" },
  },
})
const root = join(import.meta.dirname, "..")
const folder = fs.mkdtempSync(join(tmpdir(), "neural-gpu-problems-"))
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }))

export interface Result {
  readonly problem: string
  readonly about: string
  readonly seed: number
  /** How training ended: the goal was met, or the time was over. */
  readonly reason: string
  readonly steps: number
  readonly seconds: number
  /** Share of right answers by length of the question, on fresh pairs. */
  readonly rows: readonly {
    readonly size: number
    readonly samples: number
    readonly exact: number
    readonly trained: boolean
  }[]
}

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

const known: Result[] = fs.existsSync(values.out) ? JSON.parse(fs.readFileSync(values.out, "utf8")).results : []
const wanted = problems.filter(({ own }) => values.only?.split(",").includes(own.spec.name) ?? true)
for (let seed = 1; seed <= Number(values.seeds); seed++)
  for (const { own, about } of wanted) {
    const { name, vocabulary } = own.spec
    if (known.some((result) => result.problem === name && result.seed === seed)) continue
    const { task, suggested } = own.found
    const largest = suggested.sizes?.at(-1)?.[1] ?? 20
    const write = (file: string, purpose: number, count: number, sizeOf: (i: number) => number) => {
      const lines = Array.from({ length: count }, (_, i) => {
        const { input, target } = task.random(sizeOf(i), random(purpose, seed, i))
        return `${task.formatInput(input)}\t${task.formatAnswer(target)}\n`
      })
      fs.writeFileSync(join(folder, file), lines.join(""))
      return join(folder, file)
    }
    const choose = random(seed)
    const data = write(`${name}.tsv`, 1, PAIRS, () => 1 + choose.below(largest))
    const tests = write(`${name}-longer.tsv`, 2, FACTORS.length * TESTS, (i) =>
      Math.round(FACTORS[Math.floor(i / TESTS)] * largest),
    )
    const out = join(folder, `${name}-${seed}`)
    const options = vocabulary.backwards ? ["--backwards"] : []
    const train = [
      "train",
      "--data",
      data,
      ...options,
      "--seed",
      String(seed),
      "--time",
      values.time,
      "--out",
      out,
      "--json",
    ]
    const end = cli(train).at(-1) as { reason: string; step: number; seconds: number }
    const rows = cli(["eval", out, "--data", tests, "--json"]).map(({ size, samples, exact, trained }) => {
      return { size, samples, exact, trained }
    }) as unknown as Result["rows"]
    known.push({ problem: name, about, seed, reason: end.reason, steps: end.step, seconds: end.seconds, rows })
    const content = {
      pairs: PAIRS,
      time: values.time,
      machine: { cpu: cpus()[0].model, cores: cpus().length, node: process.versions.node },
      results: known,
    }
    fs.writeFileSync(values.out, `${JSON.stringify(content, null, 1)}\n`)
    const shares = rows.map(({ size, exact }) => `${size}: ${(100 * exact).toFixed(0)} %`)
    console.log(
      `${name}, seed ${seed}: ${end.reason} at step ${end.step} (${end.seconds.toFixed(0)} s); ${shares.join(", ")}`,
    )
  }
