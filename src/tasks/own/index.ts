// Tasks of the user's own.

export { defineTask, type TaskDefinition } from "./define.ts"
export { fromPairs, type PairsOptions } from "./from-pairs.ts"
export type { Pair } from "./pairs.ts"
export { isOwnTask, type OwnTask } from "./task.ts"
export { MOST_SYMBOLS, split } from "./vocabulary.ts"
