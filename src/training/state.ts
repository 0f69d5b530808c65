// The check of a state that comes from a file or from a caller. A digest tells whether a file has changed, not
// whether its content makes sense.

import * as v from "valibot"
import { finite, refused } from "../schema/index.ts"
import type { TrainConfig } from "./config-fields.ts"
import { stagesOf } from "./curriculum.ts"
import type { TrainState } from "./events.ts"
import { allTechniques } from "./phases.ts"
import { schedules } from "./schedules/index.ts"
import { optimizerOf } from "./update.ts"

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/**
 * Checks the state of a run against its config.
 * @param step the step that the state must have
 * @throws UserError that names the field
 * @example checkState(resolveConfig({}), 12, checkpoint.state)
 */
export function checkState(config: TrainConfig, step: number, state: unknown): asserts state is TrainState {
  const numbers = Object.keys(optimizerOf(config).begin(config.optimizer))
  const begun = v.object({ phase: v.object({ index: v.pipe(count, v.maxValue(config.phases.length - 1)) }) })
  requireLike(begun, state)
  const schema = v.strictObject({
    step: v.pipe(count, v.value(step)),
    seed: v.pipe(count, v.maxValue(2 ** 32 - 1)),
    begin: v.pipe(count, v.maxValue(step)),
    rollbacks: count,
    phase: v.strictObject({ index: count, began: v.pipe(count, v.maxValue(step)) }),
    rate: v.pipe(finite, v.minValue(0)),
    schedule: schedules[config.phases[state.phase.index].schedule.name].state,
    curriculum: v.strictObject({
      stage: v.pipe(count, v.minValue(1), v.maxValue(stagesOf(config.curriculum, config.sizes))),
      progress: v.strictObject({ right: count, of: count }),
    }),
    learned: v.strictObject({ streak: count, since: v.nullable(v.pipe(count, v.maxValue(step))) }),
    goal: v.strictObject({ streak: count, symbol: finite }),
    optimizer: v.strictObject(Object.fromEntries(numbers.map((name) => [name, finite]))),
    techniques: v.strictObject(Object.fromEntries(allTechniques.map(({ name, state }) => [name, state]))),
  })
  requireLike(schema, state)
}

function requireLike<T>(schema: v.GenericSchema<T>, state: unknown): asserts state is T {
  const { issues } = v.safeParse(schema, state)
  if (issues === undefined) return
  const [{ path, input, expected, requirement }] = issues
  const keys = (path ?? []).map(({ key }) => key)
  const wanted = expected ?? JSON.stringify(requirement) ?? "another value"
  throw refused(["state", ...keys].join("."), input, wanted)
}
