// The peers of the benchmark: how each is started and timed, and why one is skipped.

import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { findCompiler } from "../src/backends/native/compiler.ts"

/**
 * One plain layer, or the paper's model: two layers, six copies of the parameters, gates with cutoff,
 * dropout.
 */
export type Job = "cgru" | "original"

export interface Peer {
  readonly name: string
  readonly threads: readonly number[]
  /** Jobs that it can do; only the first by default. */
  readonly jobs?: readonly Job[]
  /**
   * The command for n steps on this many threads.
   * @throws Error with what to install if it cannot run
   */
  command(threads: number, n: number, job: Job): readonly string[]
}

const folder = fileURLToPath(new URL("peers/", import.meta.url))

function installed(): void {
  if (existsSync(`${folder}node_modules/@jax-js/jax`)) return
  console.error("installing the JavaScript peers in bench/peers (once) ...")
  try {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: "ignore" })
  } catch {
    throw new Error("not installed: run `npm ci` in bench/peers, with a network")
  }
}

let python: string | undefined
export function pythonWithTorch(): string {
  for (const path of python ? [python] : ["python3", "/usr/bin/python3"])
    try {
      execFileSync(path, ["-c", "import torch"], { stdio: "ignore" })
      python = path
      return path
    } catch {
      // try the next one
    }
  throw new Error("no python3 with torch: `apt-get install python3-torch`, or `pip install torch`")
}

const ours = (device: "native" | "wasm"): Peer => ({
  name: `neural-gpu ${device}`,
  threads: [1, 2],
  jobs: ["cgru", "original"],
  command(threads, n, job) {
    if (device === "native" && !findCompiler(process.env)) throw new Error("no C compiler: install gcc or clang")
    return [process.execPath, `${folder}ours.ts`, device, `${threads}`, `${n}`, job]
  },
})
const script = (name: string): Peer => ({
  name,
  threads: [1],
  command(_, n) {
    installed()
    return [process.execPath, `${folder}${name}.mjs`, `${n}`]
  },
})

export const peers: readonly Peer[] = [
  ours("native"),
  ours("wasm"),
  {
    name: "pytorch",
    threads: [1, 2],
    jobs: ["cgru", "original"],
    command: (threads, n, job) => [pythonWithTorch(), `${folder}pytorch.py`, `${threads}`, `${n}`, job],
  },
  script("jax-js"),
  script("tfjs"),
]

/** A running peer. It idles until its turn. */
export class Runner {
  readonly peer: Peer
  readonly threads: number
  readonly n: number
  /** Times of each step in ms: wall-clock, and CPU of all threads together. */
  readonly times: number[] = []
  readonly cpuTimes: number[] = []
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  #complaint = ""

  constructor(peer: Peer, threads: number, n: number, job: Job = "cgru") {
    this.peer = peer
    this.threads = threads
    this.n = n
    const [command, ...args] = peer.command(threads, n, job)
    const env = { ...process.env, OMP_NUM_THREADS: `${threads}`, TF_CPP_MIN_LOG_LEVEL: "3" }
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env })
    this.#child.stderr?.on("data", (data) => (this.#complaint = `${this.#complaint}${data}`.slice(-2000)))
    this.#child.on("error", (error) => (this.#complaint += error.message))
    this.#child.stdin?.on("error", () => {}) // it ended: its output tells why
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]()
  }

  /** Waits for the first steps, which compile. */
  async ready(): Promise<void> {
    for (;;) if ((await this.#line()) === "ready") return
  }

  /** Runs one turn. */
  async turn(budgetMs: number): Promise<void> {
    this.#child.stdin?.write(`run ${budgetMs}\n`)
    for (;;) {
      const line = await this.#line()
      if (!line.startsWith("{")) continue
      const { wall, cpu } = JSON.parse(line) as { wall: number[]; cpu: number[] }
      this.times.push(...wall)
      this.cpuTimes.push(...cpu)
      return
    }
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    const error = this.#complaint.split("\n").findLast((line) => line.includes("Error"))
    if (done) throw new Error(`stopped: ${error ?? this.#complaint.trim().split("\n").at(-1) ?? "no reason given"}`)
    return value
  }

  stop(): void {
    this.#child.kill()
  }
}
