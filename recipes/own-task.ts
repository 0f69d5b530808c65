// The config with which a task of the user's own begins. It has more symbols, and more varied rules, than
// binary addition: more maps, and weaker dropout, than the defaults (docs/log.md).

import { modelVariants } from "../src/models/index.ts"
import type { OwnTask } from "../src/tasks/index.ts"
import type { PartialConfig } from "../src/training/config.ts"
import { neuralGpuPhases } from "../src/training/model-defaults.ts"

const [first, { hardExamples, ...second }] = neuralGpuPhases

/** @param model the model that is wanted; undefined for a Neural GPU */
export function ownTaskConfig({ found }: OwnTask, model: string | undefined): PartialConfig {
  if (model !== undefined && model !== modelVariants.default) return {}
  // the limits of a restart are those of binary addition, and too short for richer rules
  const begun = { ...first, dropout: { rate: 0.1 }, restart: { enabled: false } }
  const settled = found.hasHard ? { ...second, hardExamples } : second
  return { model: { name: "neural-gpu", maps: 48 }, phases: [begun, settled] }
}
