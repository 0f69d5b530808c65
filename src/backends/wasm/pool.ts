// Worker threads that share the lane blocks of a run and join once at its end. They start on first use. If
// one fails, the run is rejected, all are stopped, and the next run starts new ones.

import type { Job, Machinery } from "./machine.ts"
import type { StartThread, Thread } from "./threads.ts"
import type { Reply } from "./worker.ts"

interface Member {
  readonly thread: Thread
  isReady: boolean // has the program
  reply: ((reply: Reply) => void) | undefined
}

export class Pool {
  readonly #machinery: Machinery
  readonly #start: StartThread
  #members: Member[] = []

  constructor(machinery: Machinery, start: StartThread) {
    this.#machinery = machinery
    this.#start = start
  }

  /**
   * Runs all jobs on up to `workers` threads, starting them in the given order. Returns the total size of the
   * memories in bytes.
   */
  async run(workers: number, shared: Float32Array, jobs: readonly Job[], order: readonly number[]): Promise<number> {
    while (this.#members.length < workers) this.#members.push(this.#member())
    const members = this.#members.slice(0, workers)
    const isShared = jobs[0].io.buffer instanceof ArrayBuffer === false
    const next = isShared ? new Int32Array(new SharedArrayBuffer(4)) : undefined
    const hands = next ? members.map(() => order) : deal(jobs, order, workers)
    try {
      const replies = await Promise.all(
        members.map(
          (member, i) =>
            new Promise<Reply & { k: "done" }>((resolve, reject) => {
              member.reply = (reply) =>
                reply.k === "done" ? resolve(reply) : reject(new Error(`wasm: the run was given up: ${reply.message}`))
              member.thread.setBusy(true)
              const own = hands[i].map((j) => jobs[j])
              member.thread.post(
                {
                  ...(member.isReady ? {} : { machinery: this.#machinery }),
                  shared,
                  jobs: own,
                  ...(next ? { next } : {}),
                },
                next ? [] : own.map((job) => job.io.buffer as ArrayBuffer),
              )
              member.isReady = true
            }),
        ),
      )
      // Without shared memory, the io arrays are transferred back with the reply.
      replies.forEach((reply, i) => reply.io?.forEach((io, j) => Object.assign(jobs[hands[i][j]], { io })))
      return replies.reduce((sum, reply) => sum + reply.bytes, 0)
    } catch (error) {
      await this.stop()
      throw error
    } finally {
      for (const member of members) {
        member.reply = undefined
        member.thread.setBusy(false)
      }
    }
  }

  async stop(): Promise<void> {
    const members = this.#members
    this.#members = []
    for (const { reply } of members) reply?.({ k: "failed", message: "it was stopped" })
    await Promise.all(members.map(({ thread }) => thread.stop()))
  }

  #member(): Member {
    const member: Member = {
      thread: this.#start((reply) => {
        if (member.reply) member.reply(reply)
        // Ended while idle.
        else if (reply.k === "failed") this.#members = this.#members.filter((m) => m !== member)
      }),
      isReady: false,
      reply: undefined,
    }
    return member
  }
}

/** Assigns jobs to workers, each to the least loaded. */
function deal(jobs: readonly Job[], order: readonly number[], workers: number): number[][] {
  const hands = Array.from({ length: workers }, () => ({ jobs: [] as number[], cost: 0 }))
  for (const j of order) {
    const hand = hands.reduce((a, b) => (b.cost < a.cost ? b : a))
    hand.jobs.push(j)
    const [length, steps] = jobs[j].context // the first context fields are L and T
    hand.cost += length * steps
  }
  return hands.map((hand) => hand.jobs)
}
