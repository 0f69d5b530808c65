// The protocol of a peer. It prints `ready`. For each line `run 400` it then runs steps for 400 ms, at least
// one, and prints their wall-clock and CPU times (of all threads together) in milliseconds. So peers can take
// turns.

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
