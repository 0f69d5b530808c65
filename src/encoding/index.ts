// Chooses the encoding of a task for a model.

import type { ModelConfig } from "../models/index.ts"
import type { ImageTask } from "../tasks/images/index.ts"
import { type FoundTask, findTask, type TaskSpecOptions } from "../tasks/index.ts"
import type { Task } from "../tasks/task.ts"
import type { VectorTask } from "../tasks/vectors/index.ts"
import type { Encoding } from "./encoding.ts"
import { imageEncoding } from "./images.ts"
import { symbolEncoding } from "./symbols.ts"
import { vectorEncoding } from "./vectors.ts"

export * from "./encoding.ts"

/** The parts of a config that determine the encoding: `config.task` and `config.model`. */
export interface ModelSpec {
  readonly task: { readonly name: string } & TaskSpecOptions
  readonly model: ModelConfig
}

/**
 * The encoding of a task for a model.
 * @param found the task with its examples; by default, the one that the config names
 */
export function encodingOf(
  task: ModelSpec["task"],
  model: ModelConfig,
  found: FoundTask = findTask(task.name, task),
): Encoding {
  const encodings = {
    symbols: () => symbolEncoding(found.task as Task, model),
    vectors: () => vectorEncoding(found.task as VectorTask, model),
    images: () => imageEncoding(found.task as ImageTask, model),
  }
  return encodings[found.kind]() as Encoding
}
