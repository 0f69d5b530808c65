// All layers. A layer is a function that adds nodes to a graph for one example.

export { type Attended, attend, attended } from "./attention.ts"
export { type CgruOptions, cgru } from "./cgru.ts"
export { type ConvOptions, conv } from "./conv.ts"
export { type DcgruOptions, dcgru, saturation } from "./dcgru.ts"
export { type DiffStrideOptions, diffStride, spectralPooling, spectralUpsampling } from "./diffstride.ts"
export { dropout, keepAtLength } from "./dropout.ts"
export { oneHot } from "./embedding.ts"
export { gru } from "./gru.ts"
export { type LinearInputs, type LinearOptions, linear } from "./linear.ts"
export { type LstmState, lstm } from "./lstm.ts"
export { type Noise, noisy } from "./noise.ts"
export {
  type Addressing,
  address,
  contentWeights,
  interpolate,
  readMemory,
  sharpen,
  shiftWeights,
  type Writing,
  writeMemory,
} from "./ntm.ts"
export { type RnnOptions, rnn } from "./rnn.ts"
export { moveStacks, pushed, type StackActions, type StackOptions, stackActions, tops } from "./stack.ts"
