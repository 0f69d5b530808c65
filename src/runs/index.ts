// A run on the disk: its record, metrics, checkpoints and lock. For Node only.

export * from "./checkpoint.ts"
export * from "./metrics.ts"
export * from "./model.ts"
export * from "./open.ts"
export * from "./run-folder.ts"
