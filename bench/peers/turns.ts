// The protocol of a peer: it prints `ready`, then for each line `run 400` it does steps for 400 ms, at least
// one, and prints their times and their CPU times (of all threads together) in milliseconds. So repeats of
// all peers can take turns on one machine.

import { createInterface } from "node:readline"

export async function takeTurns(step: () => void | Promise<void>): Promise<never> {
  await step()
  await step()
  console.log("ready")
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, budget] = line.split(" ")
    if (command !== "run") break
    const wall: number[] = []
    const cpu: number[] = []
    const begin = performance.now()
    while (wall.length === 0 || performance.now() - begin < Number(budget)) {
      const start = performance.now()
      const used = process.cpuUsage()
      await step()
      wall.push(performance.now() - start)
      const { user, system } = process.cpuUsage(used)
      cpu.push((user + system) / 1000)
    }
    console.log(JSON.stringify({ wall, cpu }))
  }
  process.exit(0)
}
