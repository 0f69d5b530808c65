// What every encoding promises about lengths, whatever its task holds: memory is planned by them.

import { expect, it } from "vitest"
import { random } from "../../src/core/rng.ts"
import { encodingOf } from "../../src/encoding/index.ts"
import { imageTasks, taskFamilies, vectorTasks } from "../../src/tasks/index.ts"
import { resolveConfig } from "../../src/training/config.ts"

const tasks = [
  ...taskFamilies.map(({ name }) => ({ task: { name }, model: { name: "neural-gpu" } as const })),
  ...vectorTasks.map(({ name }) => ({ task: { name }, model: { name: "ntm" } as const })),
  ...imageTasks.map(({ name }) => ({ task: { name }, model: { name: "residual" } as const })),
]

it.each(tasks)(
  "$task.name: a block is as long as the encoding says at most, and takes the steps of its length",
  (given) => {
    const config = resolveConfig(given)
    const encoding = encodingOf(config.task, config.model)
    for (const [shortest, longest] of config.sizes)
      for (const size of [shortest, longest]) {
        const examples = [0, 1, 2].map((i) => encoding.random(size, random(5, size, i)))
        const { length, steps } = encoding.block(examples, 0, 1)
        expect(length).toBeGreaterThan(0)
        expect(length).toBeLessThanOrEqual(encoding.length(size))
        expect(steps).toBe(encoding.steps(length))
      }
  },
)
