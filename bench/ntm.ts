// Training steps per second of the Neural Turing Machine, compared with PyTorch: copy, 16 sequences of 20
// vectors, LSTM controller of 100, memory 128 x 20, one read and one write head. All take turns. It prints
// medians of wall-clock time and minima of CPU time.
//   node bench/ntm.ts [--json]

import { loadavg } from "node:os"
import { fileURLToPath } from "node:url"
import { type Peer, pythonWithTorch, Runner } from "./peer.ts"

const SIZE = 20
const TURNS = 7
const TURN_MS = 1500

const folder = fileURLToPath(new URL("peers/", import.meta.url))
const ours = (device: string): Peer => ({
  name: `neural-gpu ${device}`,
  threads: [1],
  command: (threads, n) => [process.execPath, `${folder}ntm.ts`, device, `${threads}`, `${n}`],
})
const pytorch: Peer = {
  name: "pytorch",
  threads: [1, 2],
  command: (threads, n) => [pythonWithTorch(), `${folder}ntm.py`, `${threads}`, `${n}`],
}

const runners = [ours("native"), ours("wasm"), pytorch].flatMap((p) => p.threads.map((t) => new Runner(p, t, SIZE)))
for (const runner of runners) await runner.ready()
for (let turn = 0; turn < TURNS; turn++) for (const runner of runners) await runner.turn(TURN_MS)
const load = Number(loadavg()[0].toFixed(1))
for (const { peer, threads, times, cpuTimes } of runners) {
  const sorted = [...times].sort((a, b) => a - b)
  const ms = sorted[sorted.length >> 1]
  const row = { job: "ntm", peer: peer.name, threads, ms, minimum: sorted[0], cpu: Math.min(...cpuTimes), load }
  if (process.argv.includes("--json")) console.log(JSON.stringify(row))
  else
    console.log(
      `${peer.name}, ${threads} thread(s): ${(1000 / ms).toFixed(1)} steps/s (median ${ms.toFixed(1)} ms, least ${row.minimum.toFixed(1)} ms, CPU ${row.cpu.toFixed(1)} ms, load ${load})`,
    )
}
for (const runner of runners) runner.stop()
