// Workers are started here and nowhere else: one script for all, so that a browser loads it once.

export type WorkerName = "trace" | "train"

export const startWorker = (name: WorkerName): Worker =>
  name === "train"
    ? new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "train" })
    : new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "trace" })
