// The engine alone: a net as a graph for ONE example, its gradients, and the devices that train it
// (docs/engine.md). It reads no file and needs no Node, so it runs on a page too.
//
//   import { Graph, createBackend, linear, optimizerUpdate, plan } from "neural-gpu/engine"
//   const g = new Graph()
//   const y = linear(g, "y", { x: g.lane("x", [1, 1, 2]) }, { channels: 1 })
//   const program = await (await createBackend()).backend.compile(plan(g, { outputs: { y } }))

export type { Backend, Block, Program, RunOptions, RunResult } from "./backends/backend.ts"
export { type CreatedBackend, type Device, type DeviceOptions, devices } from "./backends/index.ts"
export { packLanes, unpackLane } from "./backends/lanes.ts"
export { type BackendOptions, createBackend } from "./backends/open.ts"
export type { Arrays, ArraysThen, Resident, StepNumbers, StepResult } from "./backends/resident.ts"
export { UserError } from "./core/errors.ts"
export {
  abs,
  add,
  clip,
  constant,
  coordinate,
  derivative,
  div,
  type Expr,
  equal,
  exp,
  hardSigmoid,
  hardTanh,
  input,
  less,
  log,
  max,
  min,
  mul,
  neg,
  random as uniform,
  relu,
  select,
  sigmoid,
  sigmoidCutoff,
  softplus,
  sqrt,
  step,
  sub,
  tanh,
} from "./core/expr.ts"
export { type Gradients, grad } from "./core/grad.ts"
export { Graph, type InputAttributes } from "./core/graph.ts"
export { LANES } from "./core/lanes.ts"
export { sum } from "./core/map.ts"
export type { Builder, Node, Op, ReferenceContext } from "./core/op.ts"
export { glorot, type Init, initialValues, type SharedTensor, setValues, tensorOf, view } from "./core/params.ts"
export { keysOf, type Random, random } from "./core/rng.ts"
export type { Role } from "./core/role.ts"
export type { SettingName, Settings } from "./core/settings.ts"
export type { Dim, Shape } from "./core/shape.ts"
export * as kernel from "./kernel/index.ts"
export type { KernelBuilder } from "./kernel/language.ts"
export type { KernelNode, KernelOp } from "./kernel/op.ts"
export * from "./layers/index.ts"
export {
  argmaxOneHotOp,
  circularConvOp,
  convOp,
  gatherRowOp,
  logSoftmaxOp,
  maskedSoftmaxOp,
  rfftOp,
  selectCopyOp,
  shiftOp,
  stridedSliceOp,
} from "./ops/index.ts"
export type { Plan, PlanOptions } from "./plan/plan.ts"
export { plan } from "./plan/planner.ts"
export { GRADIENT, type Update, UpdateBuilder, WEIGHTS } from "./plan/update.ts"
export {
  type OptimizerName,
  type OptimizerOptions,
  type OptimizerUpdate,
  optimizerUpdate,
} from "./training/optimizers/alone.ts"
