// The protocol of a peer: it prints `ready`, then for each line `run 400` it does steps for 400 ms, at least one, and prints
// their times in milliseconds as a JSON array. So repeats of all peers can take turns on one machine.

import { createInterface } from "node:readline"

export async function takeTurns(step: () => void | Promise<void>): Promise<never> {
  await step()
  await step()
  console.log("ready")
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, budget] = line.split(" ")
    if (command !== "run") break
    const times: number[] = []
    const begin = performance.now()
    while (times.length === 0 || performance.now() - begin < Number(budget)) {
      const start = performance.now()
      await step()
      times.push(performance.now() - start)
    }
    console.log(JSON.stringify(times))
  }
  process.exit(0)
}
