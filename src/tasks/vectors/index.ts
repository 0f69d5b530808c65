// All vector tasks; add a task here.

import { associativeRecall } from "./associative-recall.ts"
import { copyVectors } from "./copy.ts"
import { nGrams } from "./n-grams.ts"
import { prioritySort } from "./priority-sort.ts"
import { repeatCopy } from "./repeat-copy.ts"
import type { VectorTask } from "./vector-task.ts"

export type { VectorExample, VectorTask } from "./vector-task.ts"

export const vectorTasks: readonly VectorTask[] = [copyVectors, repeatCopy, associativeRecall, nGrams, prioritySort]

export const vectorTask = (name: string): VectorTask | undefined => vectorTasks.find((task) => task.name === name)
