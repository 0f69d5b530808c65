// Scalar expressions, the one language of all elementwise math. A non-linearity written here once is
// differentiable, fusible and available on every backend. Expressions are immutable DAGs; shared
// subexpressions are computed once.

export type Expr =
  | { readonly op: "const"; readonly value: number }
  | { readonly op: "input"; readonly index: number } // operand `index` of the map at this element
  // this element's coordinate along an axis, as a number
  | { readonly op: "coordinate"; readonly axis: number }
  | { readonly op: "step" } // step number of the enclosing scan
  // uniform in [0, 1): a function of (seed, stream, step, example, element)
  | { readonly op: "random"; readonly stream: number }
  | { readonly op: Unary; readonly a: Expr }
  | { readonly op: Binary; readonly a: Expr; readonly b: Expr }
  | { readonly op: "select"; readonly a: Expr; readonly b: Expr; readonly c: Expr } // a ≠ 0 ? b : c

export type Unary = "neg" | "abs" | "exp" | "log" | "tanh" | "sigmoid" | "sqrt"
export type Binary = "add" | "sub" | "mul" | "div" | "min" | "max" | "less" | "equal"

export const constant = (value: number): Expr => ({ op: "const", value })
export const input = (index: number): Expr => ({ op: "input", index })
export const coordinate = (axis: number): Expr => ({ op: "coordinate", axis })
export const step: Expr = { op: "step" }
export const random = (stream: number): Expr => ({ op: "random", stream })

type Operand = Expr | number
const expr = (x: Operand): Expr => (typeof x === "number" ? constant(x) : x)
const isConst = (x: Expr, value?: number) => x.op === "const" && (value === undefined || x.value === value)
const unary =
  (op: Unary) =>
  (a: Operand): Expr => {
    const x = expr(a)
    return x.op === "const" ? constant(evaluateUnary(op, x.value)) : { op, a: x }
  }
const fold = (op: Binary, a: Expr, b: Expr): Expr =>
  a.op === "const" && b.op === "const" ? constant(evaluateBinary(op, a.value, b.value)) : { op, a, b }

export function add(a: Operand, b: Operand): Expr {
  const [x, y] = [expr(a), expr(b)]
  return isConst(x, 0) ? y : isConst(y, 0) ? x : fold("add", x, y)
}
export function sub(a: Operand, b: Operand): Expr {
  const [x, y] = [expr(a), expr(b)]
  return isConst(y, 0) ? x : isConst(x, 0) ? neg(y) : fold("sub", x, y)
}
export function mul(a: Operand, b: Operand): Expr {
  const [x, y] = [expr(a), expr(b)]
  if (isConst(x, 0) || isConst(y, 0)) return constant(0)
  return isConst(x, 1) ? y : isConst(y, 1) ? x : fold("mul", x, y)
}
export function div(a: Operand, b: Operand): Expr {
  const [x, y] = [expr(a), expr(b)]
  return isConst(x, 0) ? x : isConst(y, 1) ? x : fold("div", x, y)
}
export const min = (a: Operand, b: Operand): Expr => fold("min", expr(a), expr(b))
export const max = (a: Operand, b: Operand): Expr => fold("max", expr(a), expr(b))
/** 1 where a < b, else 0. */
export const less = (a: Operand, b: Operand): Expr => fold("less", expr(a), expr(b))
/** 1 where a = b, else 0. */
export const equal = (a: Operand, b: Operand): Expr => fold("equal", expr(a), expr(b))
export const neg = unary("neg")
export const abs = unary("abs")
export const exp = unary("exp")
export const log = unary("log")
export const tanh = unary("tanh")
export const sigmoid = unary("sigmoid")
export const sqrt = unary("sqrt")
export function select(condition: Operand, whenTrue: Operand, whenFalse: Operand): Expr {
  const [a, b, c] = [expr(condition), expr(whenTrue), expr(whenFalse)]
  if (a.op === "const") return a.value !== 0 ? b : c
  if (b.op === "const" && c.op === "const" && b.value === c.value) return b
  return { op: "select", a, b, c }
}

/** Clamps x to [lo, hi]; the derivative is 0 where it clamps. */
export const clip = (x: Operand, lo: number, hi: number): Expr => min(max(x, lo), hi)
/**
 * log(1 + eˣ) without overflow. At 0 its derivative is 1/2, because `max` takes its second operand on a tie.
 */
export const softplus = (x: Operand): Expr => add(max(0, x), log(add(1, exp(neg(abs(x))))))
export const relu = (x: Operand): Expr => max(x, 0)
/** clip(x, -1, 1) [DNGPU]. */
export const hardTanh = (x: Operand): Expr => clip(x, -1, 1)
/** clip(x/2 + 1/2, 0, 1) [DNGPU]. */
export const hardSigmoid = (x: Operand): Expr => clip(add(mul(x, 0.5), 0.5), 0, 1)
/**
 * The sigmoid with "gate cutoff", clip(c·σ(x) − (c−1)/2, 0, 1), which reaches 0 and 1. The paper uses c = 1.2
 * [KS16 §3].
 */
export const sigmoidCutoff = (x: Operand, cutoff = 1.2): Expr =>
  cutoff < 1.01 ? sigmoid(x) : clip(sub(mul(sigmoid(x), cutoff), (cutoff - 1) / 2), 0, 1)

/** The operands of an expression, left to right. */
export function operands(e: Expr): Expr[] {
  if ("c" in e) return [e.a, e.b, e.c]
  if ("b" in e) return [e.a, e.b]
  if ("a" in e) return [e.a]
  return []
}

/** Rebuilds an expression with every leaf replaced; shared subexpressions stay shared. */
export function rewrite(e: Expr, leaf: (leaf: Expr) => Expr, memo = new Map<Expr, Expr>()): Expr {
  const done = memo.get(e)
  if (done) return done
  let out: Expr
  if ("c" in e) {
    const [a, b, c] = [e.a, e.b, e.c].map((x) => rewrite(x, leaf, memo))
    out = a === e.a && b === e.b && c === e.c ? e : select(a, b, c)
  } else if ("b" in e) {
    const a = rewrite(e.a, leaf, memo)
    const b = rewrite(e.b, leaf, memo)
    out = a === e.a && b === e.b ? e : { op: e.op, a, b }
  } else if ("a" in e) {
    const a = rewrite(e.a, leaf, memo)
    out = a === e.a ? e : { op: e.op, a }
  } else out = leaf(e)
  memo.set(e, out)
  return out
}

/** The indices of the operands that an expression reads. */
export function inputsOf(e: Expr, into = new Set<number>(), seen = new Set<Expr>()): Set<number> {
  if (seen.has(e)) return into
  seen.add(e)
  if (e.op === "input") into.add(e.index)
  for (const x of operands(e)) inputsOf(x, into, seen)
  return into
}

/**
 * ∂e / ∂input(index). At a kink (min, max, clip) it is the derivative of the branch taken; ties take the
 * second operand.
 */
export function derivative(e: Expr, index: number, memo = new Map<Expr, Expr>()): Expr {
  const done = memo.get(e)
  if (done) return done
  const d = (x: Expr) => derivative(x, index, memo)
  const out = ((): Expr => {
    switch (e.op) {
      case "const":
      case "coordinate":
      case "step":
      case "random":
      case "less":
      case "equal":
        return constant(0)
      case "input":
        return constant(e.index === index ? 1 : 0)
      case "neg":
        return neg(d(e.a))
      case "abs":
        return mul(select(less(e.a, 0), -1, 1), d(e.a))
      case "exp":
        return mul(e, d(e.a))
      case "log":
        return div(d(e.a), e.a)
      case "sqrt":
        return mul(div(0.5, e), d(e.a))
      case "tanh":
        return mul(sub(1, mul(e, e)), d(e.a))
      case "sigmoid":
        return mul(mul(e, sub(1, e)), d(e.a))
      case "add":
        return add(d(e.a), d(e.b))
      case "sub":
        return sub(d(e.a), d(e.b))
      case "mul":
        return add(mul(d(e.a), e.b), mul(e.a, d(e.b)))
      case "div":
        return div(sub(d(e.a), mul(e, d(e.b))), e.b)
      case "min":
        return branch(less(e.a, e.b), d(e.a), d(e.b))
      case "max":
        return branch(less(e.b, e.a), d(e.a), d(e.b))
      case "select":
        return branch(e.a, d(e.b), d(e.c))
    }
  })()
  memo.set(e, out)
  return out
}
const branch = (condition: Expr, a: Expr, b: Expr) => (isConst(a, 0) && isConst(b, 0) ? a : select(condition, a, b))

export function evaluateUnary(op: Unary, a: number): number {
  switch (op) {
    case "neg":
      return -a
    case "abs":
      return Math.abs(a)
    case "exp":
      return Math.exp(a)
    case "log":
      return Math.log(a)
    case "tanh":
      return Math.tanh(a)
    case "sigmoid":
      return 1 / (1 + Math.exp(-a))
    case "sqrt":
      return Math.sqrt(a)
  }
}
export function evaluateBinary(op: Binary, a: number, b: number): number {
  switch (op) {
    case "add":
      return a + b
    case "sub":
      return a - b
    case "mul":
      return a * b
    case "div":
      return a / b
    case "min":
      return a < b ? a : b
    case "max":
      return b < a ? a : b
    case "less":
      return a < b ? 1 : 0
    case "equal":
      return a === b ? 1 : 0
  }
}

/** The values of the leaves at one element. */
export interface Leaves {
  input(index: number): number
  coordinate(axis: number): number
  step: number
  random(stream: number): number
}

/** The value of an expression in float64. Tests compare every kernel with it. */
export function evaluate(e: Expr, leaves: Leaves, memo = new Map<Expr, number>()): number {
  const done = memo.get(e)
  if (done !== undefined) return done
  const value = (x: Expr) => evaluate(x, leaves, memo)
  const out = ((): number => {
    switch (e.op) {
      case "const":
        return e.value
      case "input":
        return leaves.input(e.index)
      case "coordinate":
        return leaves.coordinate(e.axis)
      case "step":
        return leaves.step
      case "random":
        return leaves.random(e.stream)
      case "select":
        return value(e.a) !== 0 ? value(e.b) : value(e.c)
      default:
        return "b" in e ? evaluateBinary(e.op, value(e.a), value(e.b)) : evaluateUnary(e.op, value(e.a))
    }
  })()
  memo.set(e, out)
  return out
}
