// What somebody writes who uses the library. Types alone are checked: by `npm run check` against the sources, by
// package.test.ts against the package's declarations.

import {
  choice,
  createBackend,
  createPredictor,
  defineModel,
  load,
  type PartialConfig,
  type Predictor,
  resolveConfig,
  type StepEvent,
  type TrainConfig,
  type TrainEvent,
  trace,
  train,
  trainedModel,
  useModel,
  whole,
} from "neural-gpu"
import { conv, tanh } from "neural-gpu/engine"

export async function trains(): Promise<Predictor> {
  const config: TrainConfig = resolveConfig({ task: { name: "copy" }, model: { name: "neural-gpu", maps: 12 } })
  const { backend, note } = await createBackend("wasm", { workers: 2 })
  const why: string | undefined = note
  for await (const event of train(config, { backend })) {
    const step: number = event.step
    if (event.type === "step") told(event, why)
    if (event.type === "done") return createPredictor([trainedModel(config, await event.snapshot())], backend)
    if (step > 100) break
  }
  return await load(["runs/copy-1", "runs/copy-2"])
}

const told = ({ error, learningRate, bits }: StepEvent, more: string | undefined): unknown[] => {
  const inBits: number | undefined = bits
  return [error, learningRate, inBits, more]
}

export async function asks(model: Predictor): Promise<number> {
  const { answer, expected, right } = await model.predict("1011")
  const texts: readonly string[] = [answer, expected ?? "nobody knows"]
  const { frames, tensors } = await trace("add", "1+1")
  return right ? frames.length + tensors.length : texts.length
}

export const ownModel = defineModel({
  name: "own",
  kind: "image",
  fields: { taps: whole(3, "Places."), activation: choice(["tanh", "relu"], "tanh", "Non-linearity.") },
  step(g, state, { maps, taps, activation }) {
    const word: "tanh" | "relu" = activation
    // @ts-expect-error: activation is no relu6
    const wrong = word === "relu6"
    return g.map([conv(g, `next${wrong}`, state, { channels: maps, kernel: [taps, 1] })], tanh)
  },
})
useModel(ownModel)
export const own: AsyncGenerator<TrainEvent> = train({ model: ownModel.with({ taps: 5, maps: 8 }) })

/** What TypeScript refuses. */
export const refused: readonly PartialConfig[] = [
  // @ts-expect-error: a task is an object
  { task: "copy" },
  // @ts-expect-error: there is no such field
  { stepz: 5 },
  // @ts-expect-error: steps is a number
  { steps: "many" },
  // @ts-expect-error: there is no such optimizer
  { optimizer: { name: "adamw" } },
  // @ts-expect-error: a GRU has no maps
  { model: { name: "gru", maps: 4 } },
  // @ts-expect-error: SGD has no beta1
  { optimizer: { name: "sgd", beta1: 0.9 } },
  // @ts-expect-error: a goal has a size
  { goal: { sise: 5 } },
  // @ts-expect-error: dropout has a rate
  { phases: [{ dropout: { rat: 0.1 } }] },
  // @ts-expect-error: there is no such technique
  { phases: [{ dropot: { rate: 0.1 } }] },
]
// @ts-expect-error: taps is a number
ownModel.with({ taps: "5" })
// @ts-expect-error: it has no such option
ownModel.with({ depth: 5 })
// @ts-expect-error: a sequence model needs a cell
defineModel({ name: "a", kind: "sequence", step: () => 0 })
// @ts-expect-error: an event's fields are read only
export const changed = (event: StepEvent) => (event.step = 3)
