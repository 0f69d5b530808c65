// npm run bench -- --gpu: training steps on this machine's GPU, ours and PyTorch's (eager, CUDA graphs,
// torch.compile) on the same card, in turns. A software adapter is a CPU, so it is refused without
// --software. npm run bench -- --plan: launches and bytes of those steps, counted from the plan. It needs no
// GPU and times nothing.

import { execFileSync } from "node:child_process"
import { loadavg } from "node:os"
import { fileURLToPath } from "node:url"
import { webgpu } from "../../src/backends/webgpu/index.ts"
import { type Peer, Runner } from "../peer.ts"
import { gigaflop, jobs } from "./jobs.ts"
import { count } from "./plan.ts"

export interface GpuFlags {
  readonly json: boolean
  readonly quick: boolean
  readonly software: boolean
  readonly only?: readonly string[] | undefined
}

const folder = fileURLToPath(new URL(".", import.meta.url))
const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1]

export function printPlans(json: boolean): void {
  if (!json) console.log("counted from the plan, 256 invocations a workgroup, 4 lanes each; nothing was run or timed")
  for (const [name, job] of Object.entries(jobs)) {
    const counts = count(job, 4)
    if (json) {
      console.log(JSON.stringify({ job: name, ...counts }))
      continue
    }
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`
    console.log(`\n${name}: ${job.about}`)
    console.log(
      `  launches a step   ${counts.launchesDeep}; ${counts.launchesWide} if every call of every step were one`,
    )
    console.log(`  operations        ${counts.gigaflop.toFixed(1)} GFLOP`)
    console.log(`  kernels' traffic  ${megabytes(counts.trafficBytes)}, each tensor once a call`)
    console.log(`  device memory     ${megabytes(counts.memoryBytes)}`)
    console.log(
      `  on webgpu-half    ${megabytes(counts.trafficBytesHalf)} of traffic, ${megabytes(counts.memoryBytesHalf)} of memory`,
    )
    console.log(
      `  up, down a step   ${megabytes(counts.upBytes)}, ${megabytes(counts.downBytes)}; ${megabytes(counts.upBytesWithWeights)}, ${megabytes(counts.downBytesWithGradient)} if weights did not stay there`,
    )
  }
}

const pythonPeer = (how: string, job: string): Peer => ({
  name: `pytorch ${how}`,
  threads: [1],
  command: () => ["python3", `${folder}pytorch.py`, how, job],
})
const ours = (job: string, device: "webgpu" | "webgpu-half"): Peer => ({
  name: `neural-gpu ${device}`,
  threads: [1],
  command: () => [process.execPath, `${folder}ours.ts`, job, device],
})

/** Returns the exit code. */
export async function contest({ json, quick, software, only }: GpuFlags): Promise<number> {
  const say = (line: string) => (json ? console.error(line) : console.log(line))
  const adapter = await webgpu().adapter()
  if (adapter.software && !software) {
    say(`not measured: ${adapter.name} is a software adapter, not a GPU; use --software to measure it anyway`)
    return 2
  }
  say(
    `${adapter.name}${adapter.software ? ", A SOFTWARE ADAPTER: these are not a GPU's times" : ""}, load ${loadavg()[0].toFixed(2)}`,
  )
  let peak: { name: string; gflops: number } | undefined
  try {
    peak = JSON.parse(execFileSync("python3", [`${folder}pytorch.py`, "peak", "cgru"], { encoding: "utf8" }))
    say(`PyTorch's card: ${peak?.name}, f32 matrix product ${(peak?.gflops ?? 0).toFixed(0)} GFLOP/s`)
  } catch {
    say("PyTorch with CUDA is not installed: only ours is measured, without the card's peak")
  }
  for (const [name, job] of Object.entries(jobs)) {
    if (only && !only.includes(name)) continue
    const own = [ours(name, "webgpu"), ...(adapter.half ? [ours(name, "webgpu-half")] : [])]
    const peers = [...own, ...["eager", "graphs", "compile"].map((how) => pythonPeer(how, name))]
    const running: Runner[] = []
    say(`\n${name}: ${job.about}, ${gigaflop(job).toFixed(1)} GFLOP`)
    for (const peer of peers) {
      const runner = new Runner(peer, 1, 0)
      try {
        await runner.ready()
        running.push(runner)
      } catch (error) {
        runner.stop()
        say(`  ${peer.name.padEnd(20)} ${(error as Error).message}`)
        if (json) console.log(JSON.stringify({ job: name, peer: peer.name, missing: (error as Error).message }))
      }
    }
    for (let turn = 0; turn < (quick ? 3 : 9); turn++)
      for (const runner of running) await runner.turn(quick ? 200 : 1000)
    const first = running.find((r) => r.peer.name.startsWith("neural-gpu"))
    for (const runner of running) {
      runner.stop()
      const ms = median(runner.times)
      const gflops = gigaflop(job) / (ms / 1e3)
      const ratio = first ? ms / median(first.times) : undefined
      if (json)
        console.log(
          JSON.stringify({
            job: name,
            peer: runner.peer.name,
            device: adapter.name,
            software: adapter.software,
            ms,
            gflops,
            steps: runner.times.length,
            ratio,
            ofPeak: peak ? gflops / peak.gflops : undefined,
          }),
        )
      else
        say(
          `  ${runner.peer.name.padEnd(20)} ${ms.toFixed(2).padStart(10)} ms ${gflops.toFixed(0).padStart(8)} GFLOP/s ${peak ? `${((100 * gflops) / peak.gflops).toFixed(0)} % of peak` : ""} ${ratio === undefined ? "" : `${ratio.toFixed(2)} x ours`}`,
        )
    }
  }
  return 0
}
