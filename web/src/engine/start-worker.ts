// The only place that starts workers. They share one script, so that a browser loads it once.

export type WorkerName = "trace" | "train"

export const startWorker = (name: WorkerName): Worker =>
  name === "train"
    ? new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "train" })
    : new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "trace" })
