// npm run bench: one training step of a convolutional GRU, here and in other libraries. Batch 32, image [n,
// 4, 24], n applications of one layer of three 3x3 convolutions, cross-entropy on the first column over 4
// symbols, gradient norm clipped to 1, Adam; also a step of the paper's whole model. All peers take turns
// (ABCABC…), so that changes of the machine's speed affect all alike; medians are reported. To profile the
// native step, use `perf record -g npm run bench -- --only native`: kernels are functions of the library.

import { spawn } from "node:child_process"
import { cpus, loadavg } from "node:os"
import { Command, Option } from "commander"
import { readArguments } from "./arguments.ts"
import { contest, printPlans } from "./gpu/index.ts"
import { jobs } from "./gpu/jobs.ts"
import { measurePeaks, type Peak } from "./peak.ts"
import { type Job, peers, Runner } from "./peer.ts"

/**
 * Values of `--only`: peers by name (ours without the prefix), all of ours, the machine's peak; on a GPU,
 * jobs.
 */
const names = [...peers.map(({ name }) => name.replace("neural-gpu ", "")), "ours", "peak"]
const items = (text: string) => text.split(",")

const program = readArguments(
  new Command("npm run bench --")
    .description("time one training step here and in other libraries, in turns; prints medians, ratios and the load")
    .option("--quick", "fewer turns", false)
    .option("--json", "print one JSON row per line", false)
    .option("--busy", "repeat two-thread rows while another process uses a core", false)
    .option("--only <names>", `some of ${names.join(", ")}; with --gpu of ${Object.keys(jobs).join(", ")}`, items)
    .addOption(
      new Option("--n <lengths>", "lengths of the image, in symbols").argParser(items).default(["41", "13"], "41,13"),
    )
    .option("--gpu", "measure this machine's GPU instead, with PyTorch on the same card", false)
    .option("--software", "with --gpu: allow a software adapter", false)
    .option("--plan", "count launches and bytes of a GPU's steps; nothing is timed", false)
    .addHelpText("after", "\nOn a shared machine, compare the CPU times (of all threads) of one-thread rows."),
)
const flags = program.opts<{
  quick: boolean
  json: boolean
  busy: boolean
  gpu: boolean
  software: boolean
  plan: boolean
  only?: readonly string[]
  n: readonly string[]
}>()
function require(option: string, got: readonly string[], right: (item: string) => boolean, expected: string): void {
  const wrong = got.find((item) => !right(item))
  if (wrong === undefined) return
  console.error(`--${option}: got ${JSON.stringify(wrong)}, expected ${expected}`)
  process.exit(2)
}
const known = flags.gpu ? Object.keys(jobs) : names
require("only", flags.only ?? [], (name) => known.includes(name), `some of ${known.join(", ")}`)
require("n", flags.n, (n) => /^[1-9]\d{0,3}$/u.test(n), "whole numbers from 1 to 9999, such as 41,13")
if (flags.plan) {
  printPlans(flags.json)
  process.exit(0)
}
if (flags.gpu)
  process.exit(
    await contest(flags).catch((error: Error) => {
      console.error(error.message)
      return 2
    }),
  )
const TURNS = flags.quick ? 3 : 9
/** Length at which the paper's whole model is measured: 20 + 1 + 20 symbols. */
const ORIGINAL_N = 41
const TURN_MS = flags.quick ? 200 : 500
const sizes = flags.n.map(Number)

/**
 * Nominal work: 3 convolutions of 9 taps, 24 x 24 channels, 2 operations each, forward and both gradients,
 * padding included.
 */
const gigaflop = (n: number, layers = 1) => (layers * 3 * 9 * 24 * 24 * 2 * (n * 4 * 32) * n * 3) / 1e9

const { only } = flags
const chosen = (name: string) =>
  !only || only.some((o) => (o === "ours" ? name.startsWith("neural-gpu") : name === o || name === `neural-gpu ${o}`))
const say = (line: string) => (flags.json ? console.error(line) : console.log(line))
const load = () => `load ${loadavg()[0].toFixed(2)}`
const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1]
const runners = new Set<Runner>()
process.on("exit", () => runners.forEach((r) => r.stop()))
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => process.exit(signal === "SIGINT" ? 130 : 143))

interface Row {
  readonly n: number
  readonly peer: string
  readonly threads: number
  readonly times: readonly number[]
  readonly cpuTimes: readonly number[]
  readonly missing?: string
}

/** Starts the chosen peers one after the other, lets them take turns, and stops them. */
async function onCpu(n: number, threads?: number, job: Job = "cgru"): Promise<Row[]> {
  const rows: Row[] = []
  const running: Runner[] = []
  for (const peer of peers.filter((p) => chosen(p.name) && (p.jobs ?? ["cgru"]).includes(job)))
    for (const count of peer.threads.filter((t) => threads === undefined || t === threads)) {
      say(`  starting ${peer.name}, ${job}, n = ${n}, ${count} thread${count === 1 ? "" : "s"}`)
      let runner: Runner | undefined
      try {
        runner = new Runner(peer, count, n, job)
        runners.add(runner)
        await runner.ready()
        running.push(runner)
      } catch (error) {
        runner?.stop()
        rows.push({ n, peer: peer.name, threads: count, times: [], cpuTimes: [], missing: (error as Error).message })
      }
    }
  for (let turn = 0; turn < TURNS; turn++) for (const runner of running) await runner.turn(TURN_MS)
  for (const runner of running) {
    runner.stop()
    const { peer, threads, times, cpuTimes } = runner
    rows.push({ n, peer: peer.name, threads, times, cpuTimes })
  }
  return rows.sort((a, b) => order(a) - order(b))
}
const order = (row: Row) => peers.findIndex((p) => p.name === row.peer) * 10 + row.threads

function print(rows: readonly Row[], peaks: readonly Peak[], layers = 1): void {
  const columns = (cells: readonly string[]) =>
    say(cells.map((c, i) => (i === 0 ? c.padEnd(20) : c.padStart(i === 1 ? 8 : 12))).join(""))
  columns(["peer", "threads", "ms", "min", "max", "CPU ms", "GFLOP/s", "of peak", "x PyTorch", "x jax-js"])
  for (const row of rows) {
    if (row.missing !== undefined) {
      say(`${row.peer.padEnd(20)}${`${row.threads}`.padStart(8)}  ${row.missing}`)
      continue
    }
    const ms = median(row.times)
    const rate = gigaflop(row.n, layers) / (ms / 1e3)
    const than = (peer: string, threads: number) => {
      const other = rows.find((r) => r.peer === peer && r.threads === threads && r.missing === undefined)
      return other ? (median(other.times) / ms).toFixed(2) : "-"
    }
    const what = /wasm|js$/.test(row.peer) ? "wasm" : "native"
    const peak = peaks.find((p) => p.what === what && p.threads === row.threads)?.gflops
    columns([
      row.peer,
      `${row.threads}`,
      ms.toFixed(1),
      Math.min(...row.times).toFixed(1),
      Math.max(...row.times).toFixed(1),
      median(row.cpuTimes).toFixed(1),
      rate.toFixed(1),
      peak ? `${((100 * rate) / peak).toFixed(0)} %` : "-",
      than("pytorch", row.threads),
      than("jax-js", 1),
    ])
  }
}

function printJson(job: string, rows: readonly Row[], layers = 1): void {
  if (!flags.json) return
  for (const { n, peer, threads, times, cpuTimes, missing } of rows)
    if (missing !== undefined) console.log(JSON.stringify({ job, n, peer, threads, missing }))
    else {
      const round = (x: number) => Math.round(x * 100) / 100
      const ms = median(times)
      const [min, max] = [Math.min(...times), Math.max(...times)].map(round)
      const gflops = round(gigaflop(n, layers) / (ms / 1e3))
      const cpuMs = round(median(cpuTimes))
      const row = { job, n, peer, threads, ms: round(ms), gflops, min, max, cpuMs, steps: times.length }
      console.log(JSON.stringify(row))
    }
}

say(`${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} threads, Node ${process.versions.node}, ${load()}`)
/** The best peak so far. It is measured before each size and at the end, because other jobs come and go. */
let peaks: Peak[] = []
async function peak(): Promise<void> {
  if (only && !chosen("peak")) return
  const seen = await measurePeaks()
  peaks = seen.map((p, i) => ({ ...p, gflops: Math.max(p.gflops, peaks[i]?.gflops ?? 0) }))
}
for (const n of sizes) {
  await peak()
  const rows = await onCpu(n)
  if (rows.length === 0) break
  await peak()
  say(`\none training step, n = ${n}: ${gigaflop(n).toFixed(2)} GFLOP (ours also embeds its symbols), ${load()}`)
  print(rows, peaks)
  printJson("cgru", rows)
  if (flags.busy) {
    const burner = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" })
    try {
      const busy = await onCpu(n, 2)
      say(`\nthe same, n = ${n}, 2 threads, while another process uses a core`)
      print(busy, peaks)
      for (const row of busy) {
        const calm = rows.find((r) => r.peer === row.peer && r.threads === 2)
        if (!calm || calm.missing !== undefined || row.missing !== undefined) continue
        const left = median(calm.times) / median(row.times)
        say(`${row.peer} loses ${(100 * (1 - left)).toFixed(0)} % of its speed`)
      }
      printJson("cgru busy", busy)
    } finally {
      burner.kill()
    }
  }
}
if (sizes.includes(ORIGINAL_N)) {
  const rows = await onCpu(ORIGINAL_N, undefined, "original")
  await peak()
  const what = "the original Neural GPU: 2 layers, 6 copies of the parameters, gates with cutoff, dropout, pull"
  say(`\none training step of ${what}, n = ${ORIGINAL_N}: ${gigaflop(ORIGINAL_N, 2).toFixed(2)} GFLOP, ${load()}`)
  print(rows, peaks, 2)
  printJson("original", rows, 2)
}
for (const { what, threads, gflops } of peaks) {
  say(`peak of ${what}, ${threads} thread${threads === 1 ? "" : "s"}: ${gflops.toFixed(1)} GFLOP/s`)
  if (flags.json) console.log(JSON.stringify({ job: "peak", peer: what, threads, gflops }))
}
say(load())
process.exit(0)
