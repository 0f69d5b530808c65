// One trained model that can answer. It is compiled at the first question, because a trace needs other
// programs.

import type { Backend, Program } from "../backends/backend.ts"
import { type AnyExample, blocksOf, type Encoding, encodingOf, type ModelSpec } from "../encoding/index.ts"
import { buildModel, type ModelConfig, type Signature } from "../models/index.ts"
import { answering } from "../models/model.ts"
import type { Plan } from "../plan/plan.ts"
import { plan } from "../plan/planner.ts"
import { type FoundTask, findTask } from "../tasks/index.ts"
import { namedWeights, sharedOf, type Weights } from "./weights.ts"

/** A trained model: its config and its weights. `loadModel` returns one. */
export interface Trained {
  /** Names the model in errors. */
  readonly path: string
  readonly config: ModelSpec
  readonly weights: Weights
  /**
   * The task with its examples; by default, the one that the config names. A task of the user's own has none
   * in the config: such a model can be asked, but not evaluated.
   */
  readonly task?: FoundTask | undefined
}

/** Returns the logits of each lane block: [L, 1, V, LANES]. The next question overwrites them. */
export type Ask = (examples: readonly AnyExample[]) => Promise<readonly Float32Array[]>

/** The plan of a model for inference: no gradient, no dropout, one output "logits". */
export function planEvaluation(model: ModelConfig, signature: Signature): Plan {
  const { graph, outputs } = buildModel(model, signature, answering)
  return plan(graph, { outputs: { logits: outputs.logits } })
}

/** Inference uses no random numbers. */
export const noRandomness = { seed: 0, trainStep: 0 }

export class Member {
  readonly path: string
  readonly config: Trained["config"]
  readonly task: FoundTask
  readonly encoding: Encoding
  readonly #backend: Backend
  #weights: Weights
  #plan: Plan | undefined
  #program: Promise<Program> | undefined
  /**
   * The array that the program reads. It is undefined after a change of the weights, until the next question.
   */
  #shared: Float32Array | undefined

  constructor({ path, config, weights, task }: Trained, backend: Backend) {
    this.path = path
    this.config = config
    this.task = task ?? findTask(config.task.name, config.task)
    this.encoding = encodingOf(config.task, config.model, this.task)
    this.#backend = backend
    this.#weights = weights
  }

  get plan(): Plan {
    this.#plan ??= planEvaluation(this.config.model, this.encoding.signature)
    return this.#plan
  }

  get weights(): Weights {
    return this.#weights
  }

  set weights(weights: Weights | Float32Array) {
    this.#weights = weights instanceof Float32Array ? namedWeights(this.plan, weights) : weights
    this.#shared = undefined
  }

  /** Compiles the model, once. */
  ready(): Promise<Program> {
    this.#shared ??= sharedOf(this.plan, this.#weights, this.path)
    if (!this.#program) {
      this.#program = this.#backend.compile(this.plan)
      this.#program.catch(() => (this.#program = undefined)) // the next question compiles again
    }
    return this.#program
  }

  ask: Ask = async (examples) => {
    const program = await this.ready()
    const blocks = blocksOf(this.encoding, examples, 0, 0)
    const { outputs } = await program.run(this.#shared as Float32Array, blocks, noRandomness)
    return outputs.map(({ logits }) => logits)
  }

  async dispose(): Promise<void> {
    await (await this.#program)?.dispose()
  }
}
