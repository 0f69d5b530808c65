// Runs a trained model one step at a time and hands out the tensors of every step. A frame can be changed
// before the next step: this is how the page damages a computation. The model is split at its last scan
// (plan/extract-scan.ts), so every model with a scan can be traced on every backend. Layers choose what is
// shown with `g.tap`.

import type { Backend, Block } from "../backends/backend.ts"
import type { Graph } from "../core/graph.ts"
import { LANES } from "../core/lanes.ts"
import type { Role } from "../core/role.ts"
import { dimsAt, type Shape } from "../core/shape.ts"
import type { AnyExample } from "../encoding/encoding.ts"
import { buildModel, type Signature } from "../models/index.ts"
import { answering } from "../models/model.ts"
import { carryName, extractScan, nextName, type Part, type ScanParts, STEP } from "../plan/extract-scan.ts"
import { plan } from "../plan/planner.ts"
import { type Member, noRandomness } from "./member.ts"
import { createTurns } from "./turns.ts"
import { sharedOf, type Weights } from "./weights.ts"

/** Tensors by name, row-major. */
type Tensors = Readonly<Record<string, Float32Array>>

/** The computation after `step` steps. */
export interface Frame {
  readonly step: number
  /** The carried tensors, and what the last step computed (absent at step 0). */
  readonly tensors: Tensors
  /** The answer if the computation stopped here: the likeliest symbols [L], or bits [L · bits]. */
  readonly symbols: Uint8Array
  /** Symbols: log-probabilities [L, V]. Bits: inverse sigmoids of the probabilities [L, bits]. */
  readonly logits: Float32Array
}

/** A tensor of the frames, for a question of a given length. */
export interface TracedTensor {
  readonly name: string
  readonly role: Role
  /** [L, W, M] */
  readonly shape: readonly number[]
  /** Whether the next step reads it. Changing any other tensor has no effect. */
  readonly carried: boolean
}

/** The computation of one question, step by step. */
export interface Computation {
  readonly example: AnyExample
  readonly steps: number
  readonly tensors: readonly TracedTensor[]
  /**
   * Yields the frames from this one, or from the beginning, to the last. Each is computed when it is
   * requested.
   */
  frames(from?: Frame): AsyncGenerator<Frame, void>
  /**
   * Returns the same frame with some carried tensors replaced, and the answer that they give. `frames` can
   * continue from it.
   */
  change(frame: Frame, tensors: Tensors): Promise<Frame>
}

export interface Tracer {
  compute(example: AnyExample): Computation
  dispose(): Promise<void>
}

/** Compiles a model for tracing, as three programs: before the scan, one scan step, and after the scan. */
export async function createTracer(member: Member, backend: Backend): Promise<Tracer> {
  const { encoding, config } = member
  const { graph, outputs } = buildModel(config.model, encoding.signature, answering)
  const parts = extractScan(graph, { logits: outputs.logits })
  const [begin, step, end] = await Promise.all(
    [parts.begin, parts.step, parts.end].map((part) => compilePart(part, member, backend)),
  )
  const { carried, computed, shown } = tensorsOf(graph, parts)
  const inTurn = createTurns()

  const computation = (example: AnyExample): Computation => {
    const block = encoding.block([example], 0, 0)
    const run = (part: typeof begin, more: Tensors = {}) => inTurn(() => part.run(block, more))
    const carriesOf = (tensors: Tensors) =>
      Object.fromEntries(carried.map((name, i) => [carryName(i), toLane(tensors[name])]))
    const finish = async (step: number, tensors: Tensors): Promise<Frame> => {
      const { logits } = await run(end, carriesOf(tensors))
      return { step, tensors, symbols: likeliest(encoding.signature, logits), logits }
    }
    const first = async () => {
      const out = await run(begin)
      return finish(0, Object.fromEntries(carried.map((name, i) => [name, out[nextName(i)]])))
    }
    const next = async (frame: Frame) => {
      const number = new Float32Array(LANES).fill(frame.step)
      const out = await run(step, { ...carriesOf(frame.tensors), [STEP]: number })
      const carries = carried.map((name, i) => [name, out[nextName(i)]] as const)
      return finish(
        frame.step + 1,
        Object.fromEntries([...carries, ...computed.map((name) => [name, out[name]] as const)]),
      )
    }
    return {
      example,
      steps: block.steps,
      tensors: shown.map(({ shape, ...tensor }) => ({ ...tensor, shape: dimsAt(shape, block.length) })),
      async *frames(from) {
        let frame = from ?? (await first())
        yield frame
        while (frame.step < block.steps) yield (frame = await next(frame))
      },
      change: (frame, tensors) => finish(frame.step, { ...frame.tensors, ...tensors }),
    }
  }
  return {
    compute: computation,
    dispose: async () => {
      await Promise.all([begin, step, end].map((part) => part.dispose()))
    },
  }
}

/** The tensors in a frame. Carries without a tap get names of their own and are not shown. */
function tensorsOf(graph: Graph, { begin, step, carried: indices }: ScanParts) {
  const watchedAs = new Map([...indices].map(([name, index]) => [index, name]))
  const carried = Object.keys(begin.outputs).map((_, i) => watchedAs.get(i) ?? carryName(i))
  const computed = [...graph.taps.keys()].filter((name) => !indices.has(name))
  const shapes: (readonly [string, Shape])[] = [
    ...carried.map((name, i) => [name, begin.outputs[nextName(i)].shape] as const),
    ...computed.map((name) => [name, step.outputs[name].shape] as const),
  ]
  const shown = shapes.flatMap(([name, shape]) => {
    const watched = graph.taps.get(name)
    return watched ? [{ name, role: watched.role, shape, carried: indices.has(name) }] : []
  })
  return { carried, computed, shown }
}

/** Compiles one part. It reads the weights that the model has when it runs. */
async function compilePart({ graph, outputs }: Part, member: Member, backend: Backend) {
  const program = await backend.compile(plan(graph, { outputs }))
  let weights: Weights | undefined
  let shared: Float32Array = new Float32Array(0)
  return {
    async run(block: Block, more: Tensors): Promise<Record<string, Float32Array>> {
      if (weights !== member.weights) shared = sharedOf(program.plan, member.weights, member.path)
      weights = member.weights
      const inputs = { ...block.inputs, ...more } // the block's steps are those of earlier scans
      const { outputs } = await program.run(shared, [{ ...block, inputs }], noRandomness)
      return Object.fromEntries(Object.entries(outputs[0]).map(([name, values]) => [name, firstLane(values)]))
    },
    dispose: () => program.dispose(),
  }
}

/** The likeliest symbol at each place or, for vectors, the likelier value of each bit. */
function likeliest(signature: Signature, logits: Float32Array): Uint8Array {
  if (signature.kind !== "symbols") return Uint8Array.from(logits, (z) => Number(z > 0))
  const V = signature.symbols
  return Uint8Array.from({ length: logits.length / V }, (_, l) => {
    let best = 0
    for (let v = 1; v < V; v++) if (logits[l * V + v] > logits[l * V + best]) best = v
    return best
  })
}

/** One example's tensor from a lane block. The only example is in the first lane. */
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

/** Computes all frames of a computation. */
export async function allFrames(computation: Computation): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const frame of computation.frames()) frames.push(frame)
  return frames
}
