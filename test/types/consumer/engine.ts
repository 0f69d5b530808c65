// What somebody writes who uses the engine alone, without Node's types.

import {
  add,
  createBackend,
  Graph,
  glorot,
  LANES,
  linear,
  type Node,
  optimizerUpdate,
  type Plan,
  packLanes,
  plan,
  type Resident,
  unpackLane,
  WEIGHTS,
} from "neural-gpu/engine"

export function planned(): Plan {
  const g = new Graph()
  const x: Node = g.lane("x", ["L", 1, 2])
  const w = g.parameter("w", [2, 3], glorot([2, 3]))
  const y = linear(g, "y", { x }, { channels: 3 })
  // @ts-expect-error: a dimension is a number or "L"
  g.lane("z", ["M", 1, 1])
  return plan(g, { outputs: { y: g.map([y, w], add) }, loss: y })
}

export async function stepped(): Promise<number | undefined> {
  const { backend } = await createBackend("webgpu")
  const program = await backend.compile(planned())
  const { update, next } = optimizerUpdate("adam", { beta1: 0.8 })
  const net: Resident = await program.resident(update)
  const block = { length: 2, steps: 1, firstExample: 0, inputs: { x: packLanes([[1, 2]]) } }
  const options = { seed: 1, trainStep: 0 }
  const { outputs, finite } = await net.step([block], options, { settings: { keep: 1 }, numbers: next(0.1), keys: {} })
  const weights: Float32Array = await net.read(WEIGHTS)
  const y = outputs[0]?.y
  return finite && y ? unpackLane(y, LANES - 1)[0] : weights[0]
}

// @ts-expect-error: there is no such optimizer
optimizerUpdate("adamw")
// @ts-expect-error: SGD has no beta1
optimizerUpdate("sgd", { beta1: 0.9 })
