// How reliably and how fast a recipe learns: trains it from seeds first to last as a user would (restarts
// on), one after the other on all cores, and prints the time of each.
//   node bench/seeds.ts add 1 10 [runs folder]

import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

const [task = "add", first = "1", last = "10", folder = "runs/seeds"] = process.argv.slice(2)
const bin = join(import.meta.dirname, "..", "bin", "neural-gpu.mjs")
const seconds: number[] = []
for (let seed = Number(first); seed <= Number(last); seed++) {
  const out = join(folder, `${task}-${seed}`)
  if (existsSync(out)) throw new Error(`${out} already exists; remove it, or name another folder`)
  const begin = performance.now()
  const args = [bin, "train", task, "--seed", String(seed), "--out", out, "--json", "--time", "10m"]
  const child = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 2 ** 30,
  })
  const took = (performance.now() - begin) / 1000
  const rows = child.stdout.split("\n").flatMap((line) => (line ? [JSON.parse(line)] : []))
  const restarts = rows.filter((r) => r.type === "restart")
  const done = rows.findLast((r) => r.type === "done")
  const reached = done?.reason === "generalizes"
  if (reached) seconds.push(took)
  const attempts = restarts.map((r) => `step ${r.step}: ${r.reason}`).join("; ")
  console.log(
    `| ${seed} | ${reached ? "generalizes" : (done?.reason ?? "time")} | ${done?.step ?? ""} | ${restarts.length} | ${took.toFixed(0)} | ${attempts} |`,
  )
}
seconds.sort((a, b) => a - b)
console.log(
  `${seconds.length} of ${Number(last) - Number(first) + 1} reached the goal; median ${seconds[seconds.length >> 1]?.toFixed(0)} s, load average ${readFileSync("/proc/loadavg", "utf8").split(" ")[0]}`,
)
