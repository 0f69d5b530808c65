// The script of all workers. The worker's name selects the role, and only the code of that role is loaded.

import type { WorkerName } from "./start-worker.ts"

const role: Promise<{ hear(request: unknown): void }> =
  self.name === ("train" satisfies WorkerName) ? import("./train-worker.ts") : import("./trace-worker.ts")

// Messages may come before the code of the role has arrived.
addEventListener("message", ({ data }) => void role.then(({ hear }) => hear(data)))
