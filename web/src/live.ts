// Numbers that can be changed while a run trains. The run goes on from its newest step with another config,
// so that a change is nothing else than a saved step and a config: both can be kept, and give the same run
// again.

import type { TrainConfig } from "../../src/training/config.ts"
import type { SavedStep } from "./engine/messages.ts"
import { formFields } from "./train-form.ts"

/** One line each: fields of the form that a step reads. */
export const liveFields = { learningRate: formFields.learningRate, dropout: formFields.dropout } as const
export type LiveField = keyof typeof liveFields
export const liveNames = Object.keys(liveFields) as LiveField[]
export type Changes = { readonly [K in LiveField]?: number }

/** What a run goes on with after a change. Throws a UserError sentence where a value cannot be. */
export function changed(config: TrainConfig, saved: SavedStep | undefined, changes: Changes) {
  const names = liveNames.filter((name) => changes[name] !== undefined)
  const next = names.reduce((before, name) => liveFields[name].set(before, changes[name] as number), config)
  // the config says how the learning rate begins, the state where it has come to
  const { learningRate: rate } = changes
  return {
    config: next,
    saved: saved && rate !== undefined ? { ...saved, state: { ...saved.state, rate } } : saved,
    told: names.map((name) => `${liveFields[name].label} ${changes[name]}`).join(", "),
  }
}
