// All image tasks; add a task here.

import type { ImageTask } from "./image-task.ts"
import { shapes } from "./shapes.ts"

export type { ImageExample, ImageTask } from "./image-task.ts"

export const imageTasks: readonly ImageTask[] = [shapes]

export const imageTask = (name: string): ImageTask | undefined => imageTasks.find((task) => task.name === name)
