// The lane language, for ops of one's own: integers (i…), and numbers of all lanes (v…), for `KernelBuilder`.

export {
  context,
  fma,
  iadd,
  idiv,
  ifEqual,
  ifLess,
  imax,
  imin,
  imul,
  int,
  isub,
  lane,
  vadd,
  vdiv,
  vmax,
  vmin,
  vmul,
  vsub,
} from "./language.ts"
export { exp, log, sigmoid, tanh } from "./math.ts"
