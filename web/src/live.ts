// Hyperparameters that can be changed during training. The run then continues from its newest step with a new
// config. A change is therefore a saved step plus a config, and both can be kept to reproduce the run.

import type { TrainConfig } from "../../src/training/config.ts"
import type { SavedStep } from "./engine/messages.ts"
import { formFields } from "./train-form.ts"

/** The form fields that may change between steps; add a field here. */
export const liveFields = { learningRate: formFields.learningRate, dropout: formFields.dropout } as const
export type LiveField = keyof typeof liveFields
export const liveNames = Object.keys(liveFields) as LiveField[]
export type Changes = { readonly [K in LiveField]?: number }

/**
 * The config and state with which a run continues after a change. Throws a UserError for an invalid value.
 */
export function changed(config: TrainConfig, saved: SavedStep | undefined, changes: Changes) {
  const names = liveNames.filter((name) => changes[name] !== undefined)
  const next = names.reduce((before, name) => liveFields[name].set(before, changes[name] as number), config)
  // The config holds the initial learning rate; the state holds the current one.
  const { learningRate: rate } = changes
  return {
    config: next,
    saved: saved && rate !== undefined ? { ...saved, state: { ...saved.state, rate } } : saved,
    told: names.map((name) => `${liveFields[name].label} ${changes[name]}`).join(", "),
  }
}
