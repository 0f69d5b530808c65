// A run on disk: its record, its measurements, its checkpoints and its lock. Node only.

export * from "./checkpoint.ts"
export { lockRun } from "./lock.ts"
export * from "./metrics.ts"
export * from "./model.ts"
export * from "./open.ts"
export * from "./run-folder.ts"
