// The memory over time: a trained model run one step at a time, every step's tensors handed out. A frame can be changed before the
// next step is taken, which is how a computation is damaged on purpose. The model is taken apart at its scan (plan/cut.ts), so
// every model with a scan can be traced (its last one, where there are several), on every backend; layers say what they show with `g.watch`.

import type { Backend, Block } from "../backends/backend.ts"
import { LANES } from "../core/lanes.ts"
import { dimsAt } from "../core/shape.ts"
import { modelFamily } from "../models/index.ts"
import { carryName, cutScan, nextName, type Part, STEP } from "../plan/cut.ts"
import { plan } from "../plan/planner.ts"
import { createTask, type Task } from "../tasks/index.ts"
import type { TrainConfig } from "./config.ts"
import { blocksOf } from "./encoding.ts"
import { sharedOf, type Weights } from "./model.ts"
import { symbolEncoding } from "./symbols.ts"

/** The moment after `step` steps. */
export interface Frame {
  readonly step: number
  /** Carried tensors as they are now, and what the step that led here computed (absent at step 0), by name, row-major. */
  readonly tensors: Readonly<Record<string, Float32Array>>
  /** The answer if the computation ended here: the likeliest symbols, and their log-probabilities [L, V]. */
  readonly symbols: Uint8Array
  readonly logits: Float32Array
}

export interface Tracer {
  readonly task: Task
  /** What a frame holds. Carried tensors can be changed. */
  readonly tensors: readonly { readonly name: string; readonly carried: boolean }[]
  /** A tensor's shape for a question of this length, for instance [L, W, M]. */
  shapeOf(name: string, length: number): number[]
  /** Steps that a question is given. */
  stepsOf(input: Uint8Array): number
  /** The frame before the first step. */
  begin(input: Uint8Array): Promise<Frame>
  /** The frame after the next step. */
  next(input: Uint8Array, frame: Frame): Promise<Frame>
  /** The same moment with some carried tensors changed, and the answer that they give. */
  change(input: Uint8Array, frame: Frame, tensors: Readonly<Record<string, Float32Array>>): Promise<Frame>
  dispose(): Promise<void>
}

const options = { seed: 0, trainStep: 0 }
/** Carries that no layer watches are kept in a frame under this prefix. */
const HIDDEN = "carry "

/** Compiles a trained model for tracing; `from` names its weights in an error. */
export async function createTracer(
  config: Pick<TrainConfig, "task" | "model">,
  weights: Weights,
  backend: Backend,
  from = "the model",
): Promise<Tracer> {
  const task = createTask(config.task.name, config.task)
  const V = task.symbols.length
  const encoding = symbolEncoding(task, config.model)
  const { name, ...own } = config.model
  const { graph, outputs } = modelFamily(name).build(own, encoding.signature, { training: false })
  const parts = cutScan(graph, { logits: outputs.logits })
  const compile = async ({ graph, outputs }: Part) => {
    const program = await backend.compile(plan(graph, { outputs }))
    return { program, shared: sharedOf(program.plan, weights, from) }
  }
  const [begin, step, end] = await Promise.all([compile(parts.begin), compile(parts.step), compile(parts.end)])
  const nameOf = Object.keys(parts.begin.outputs).map(
    (_, i) => [...parts.carried].find(([, index]) => index === i)?.[0] ?? carryName(i),
  )
  const watched = Object.keys(parts.step.outputs).filter((name) => !nameOf.some((_, i) => nextName(i) === name))
  const shapes = new Map([
    ...nameOf.map((name, i) => [name, parts.begin.outputs[nextName(i)].shape] as const),
    ...watched.map((name) => [name, parts.step.outputs[name].shape] as const),
  ])

  // a program's runs must not overlap, and what one gives is gone with the next: questions that come together wait in line
  let turn: Promise<unknown> = Promise.resolve()
  const run = ({ program, shared }: typeof begin, input: Uint8Array, more: Block["inputs"] = {}) => {
    const result = turn.then(async () => {
      const [block] = blocksOf(encoding, [{ input, target: input }], 0, 0)
      const { outputs } = await program.run(
        shared,
        [{ ...block, inputs: { ...block.inputs, ...more } }], // its steps are those of scans before the one that is cut
        options,
      )
      return Object.fromEntries(Object.entries(outputs[0]).map(([name, values]) => [name, firstLane(values)]))
    })
    turn = result.catch(() => {})
    return result
  }
  const carriesOf = (tensors: Frame["tensors"]) =>
    Object.fromEntries(nameOf.map((name, i) => [carryName(i), toLane(tensors[name])]))
  const finish = async (input: Uint8Array, step: number, tensors: Record<string, Float32Array>): Promise<Frame> => {
    const { logits } = await run(end, input, carriesOf(tensors))
    return { step, tensors, symbols: likeliest(logits, input.length, V), logits }
  }
  return {
    task,
    tensors: [...shapes.keys()]
      .filter((name) => !name.startsWith(HIDDEN))
      .map((name) => ({ name, carried: nameOf.includes(name) })),
    shapeOf: (name, length) => dimsAt(shapes.get(name) ?? [], length),
    stepsOf: (input) => encoding.steps(input.length),
    async begin(input) {
      const out = await run(begin, input)
      return finish(input, 0, Object.fromEntries(nameOf.map((name, i) => [name, out[nextName(i)]])))
    },
    async next(input, frame) {
      const out = await run(step, input, {
        ...carriesOf(frame.tensors),
        [STEP]: new Float32Array(LANES).fill(frame.step),
      })
      const carries = nameOf.map((name, i) => [name, out[nextName(i)]] as const)
      const others = watched.map((name) => [name, out[name]] as const)
      return finish(input, frame.step + 1, Object.fromEntries([...carries, ...others]))
    },
    change: (input, frame, tensors) => finish(input, frame.step, { ...frame.tensors, ...tensors }),
    dispose: async () => {
      await Promise.all([begin, step, end].map(({ program }) => program.dispose()))
    },
  }
}

/** The likeliest symbol at each place; logits [L, V]. */
const likeliest = (logits: Float32Array, L: number, V: number): Uint8Array =>
  Uint8Array.from({ length: L }, (_, l) => {
    let best = 0
    for (let v = 1; v < V; v++) if (logits[l * V + v] > logits[l * V + best]) best = v
    return best
  })

/** One example's tensor out of a lane block; the only one is in the first lane. */
function firstLane(values: Float32Array): Float32Array {
  const out = new Float32Array(values.length / LANES)
  for (let i = 0; i < out.length; i++) out[i] = values[i * LANES]
  return out
}

function toLane(values: Float32Array): Float32Array {
  const out = new Float32Array(values.length * LANES)
  for (let i = 0; i < values.length; i++) out[i * LANES] = values[i]
  return out
}

/** A whole run: frames 0 to the last, and the question and answers as people write them. */
export interface Trace {
  readonly question: string
  readonly answer: string
  /** What the task's oracle says. */
  readonly expected: string
  readonly right: boolean
  readonly input: Uint8Array
  readonly frames: readonly Frame[]
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly carried: boolean }[]
}

/** Runs a typed question from beginning to end. */
export async function traceQuestion(tracer: Tracer, question: string): Promise<Trace> {
  const { task: all } = tracer
  const input = all.parse(question)
  const task = all.parts?.of(input) ?? all
  const frames = [await tracer.begin(input)]
  while (frames.length <= tracer.stepsOf(input)) frames.push(await tracer.next(input, frames[frames.length - 1]))
  const { symbols } = frames[frames.length - 1]
  const right = task.oracle(input)
  return {
    question: all.formatInput(input),
    answer: task.formatAnswer(symbols),
    expected: task.formatAnswer(right),
    right: symbols.every((symbol, i) => symbol === right[i]),
    input,
    frames,
    tensors: tracer.tensors.map((t) => ({ ...t, shape: tracer.shapeOf(t.name, input.length) })),
  }
}
