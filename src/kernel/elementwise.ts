// The kernels of map and sum: loops over elements that evaluate any number of fused expressions.

import { type Expr, operands } from "../core/expr.ts"
import { lookup } from "../core/lookup.ts"
import { strides } from "../core/map.ts"
import { type Dim, type Shape, show } from "../core/shape.ts"
import {
  context,
  type I,
  iadd,
  idiv,
  ifEqual,
  ifLess,
  imul,
  int,
  isub,
  type KernelBuilder,
  lane,
  type V,
} from "./language.ts"
import { exp, hashInt, hashWord, log, sigmoid, tanh, uniform } from "./math.ts"

export interface Operand {
  readonly shape: Shape
  readonly lane: boolean
}

const extent = (d: Dim): I => (d === "L" ? context("L") : int(d))

/** Strides that are constants: throws unless L is the first axis. */
function staticStrides(shape: Shape, to: Shape): number[] {
  if (shape.indexOf("L") > 0 || to.indexOf("L") > 0)
    throw new Error(`L must be the first axis, got ${show(shape)} in ${show(to)}`)
  return strides(shape, to, 2)
}

/** Writes outputs[i][element] = expressions[i](operands at element). Buffers: operands, then outputs. */
export function mapKernel(
  k: KernelBuilder,
  shape: Shape,
  inputs: readonly Operand[],
  expressions: readonly Expr[],
): void {
  const from = inputs.map((operand, i) => k.buffer(`in${i}`, operand.lane))
  const to = expressions.map((_, i) => k.buffer(`out${i}`))
  const steps = inputs.map((operand) => staticStrides(operand.shape, shape))
  const evaluator = prepare(k, shape, expressions)
  nest(k, shape.map(extent), (at) => {
    const element = k.intLet(index(at, staticStrides(shape, shape)))
    k.lanes(() => {
      const value = evaluator(at, element, (i) => k.load(k.pointer(from[i], index(at, steps[i]))))
      for (const [i, expression] of expressions.entries()) k.store(k.pointer(to[i], element), value(expression))
    })
  })
}

/**
 * Writes out = Σ of an expression over the axes that `to` lacks or has as 1. Buffers: operands, then the
 * output.
 */
export function sumKernel(
  k: KernelBuilder,
  shape: Shape,
  to: Shape,
  inputs: readonly Operand[],
  expression: Expr,
  accumulate: boolean,
): void {
  const from = inputs.map((operand, i) => k.buffer(`in${i}`, operand.lane))
  const out = k.buffer("out")
  const steps = inputs.map((operand) => staticStrides(operand.shape, shape))
  const outSteps = staticStrides(to, shape)
  const evaluator = prepare(k, shape, [expression])
  const pad = shape.length - to.length
  const kept = shape.map((_, axis) => axis >= pad && to[axis - pad] !== 1)
  const zero = int(0)
  nest(
    k,
    shape.map((d, axis) => (kept[axis] ? extent(d) : int(1))),
    (outer) => {
      const target = k.intLet(index(outer, outSteps))
      k.lanes(() => {
        const place = k.pointer(out, target)
        const total = k.let(accumulate ? k.load(place) : lane(0))
        const add = (inner: readonly I[]) => {
          const at = shape.map((_, axis) => (kept[axis] ? outer[axis] : (inner[axis] ?? zero)))
          const element = k.intLet(index(at, staticStrides(shape, shape)))
          const value = evaluator(at, element, (i) => k.load(k.pointer(from[i], index(at, steps[i]))))
          k.set(total, { k: "add", a: total, b: value(expression) })
        }
        const extents = shape.map((d, axis) => (kept[axis] ? int(1) : extent(d)))
        if (k.target.parallel) flatNest(k, extents, add, [total])
        else nest(k, extents, add)
        k.store(place, total)
      })
    },
  )
}

/** Writes loops over all axes, outermost first; an axis of extent 1 needs none. */
function nest(k: KernelBuilder, extents: readonly I[], write: (at: I[]) => void, at: I[] = []): void {
  if (at.length === extents.length) write(at)
  else {
    const n = extents[at.length]
    if (n.k === "int" && n.value === 1) nest(k, extents, write, [...at, int(0)])
    else k.loop(0, n, (i) => nest(k, extents, write, [...at, i]))
  }
}

/** Writes the same loops as one loop that only adds to variables, so that GPU invocations can share it. */
function flatNest(k: KernelBuilder, extents: readonly I[], write: (at: I[]) => void, addsTo: readonly V[]): void {
  const count = extents.reduce((a, b) => imul(a, b), int(1))
  const body = (i: I) => {
    const at: I[] = []
    let rest = i
    for (let axis = extents.length - 1; axis > 0; axis--) {
      const n = extents[axis]
      const above = n.k === "int" && n.value === 1 ? rest : k.intLet(idiv(rest, n))
      at.unshift(above === rest ? int(0) : k.intLet(isub(rest, imul(above, n))))
      rest = above
    }
    write([rest, ...at])
  }
  k.loop(0, count, body, 1, { addsTo })
}

const index = (at: readonly I[], steps: readonly number[]): I =>
  at.reduce((sum, i, axis) => iadd(sum, imul(i, steps[axis])), int(0))

/** Computes the hash keys of random streams before the loops. Returns the evaluator of one element. */
function prepare(k: KernelBuilder, shape: Shape, expressions: readonly Expr[]) {
  const name = (value: I) => k.intLet(value)
  const streams = new Set<number>()
  const visited = new Set<Expr>()
  const visit = (e: Expr): void => {
    if (visited.has(e)) return
    visited.add(e)
    if (e.op === "random") streams.add(e.stream)
    operands(e).forEach(visit)
  }
  expressions.forEach(visit)
  const keys = new Map<number, I>()
  for (const stream of streams)
    keys.set(stream, hashInt(name, context("seed"), int(stream), context("trainStep"), context("step")))
  if (shape.length === 0) throw new Error("map: a tensor needs at least one axis")

  return (at: readonly I[], element: I, load: (input: number) => V) => {
    const values = new Map<string, { id: number; value: V }>()
    const ids = new Map<Expr, { id: number; value: V }>()
    const evaluate = (e: Expr): { id: number; value: V } => {
      const known = ids.get(e)
      if (known) return known
      const parts = operands(e).map(evaluate)
      const leaf =
        e.op === "const"
          ? e.value
          : e.op === "input"
            ? e.index
            : e.op === "coordinate"
              ? e.axis
              : e.op === "random"
                ? e.stream
                : ""
      const key = `${e.op} ${leaf} ${parts.map((p) => p.id).join(" ")}`
      let out = values.get(key)
      if (!out) {
        const value = lower(
          e,
          parts.map((p) => p.value),
        )
        const simple = e.op === "const"
        out = { id: values.size, value: simple ? value : k.let(value) }
        values.set(key, out)
      }
      ids.set(e, out)
      return out
    }
    const lower = (e: Expr, [a, b, c]: readonly V[]): V => {
      switch (e.op) {
        case "const":
          return lane(e.value)
        case "input":
          return load(e.index)
        case "coordinate":
          return { k: "splatInt", value: at[e.axis] }
        case "step":
          return { k: "splatInt", value: context("step") }
        case "random":
          return uniform(k, hashWord(name, lookup(keys, e.stream), element))
        case "select":
          return ifEqual(a, 0, c, b)
        case "less":
          return ifLess(a, b, 1, 0)
        case "equal":
          return ifEqual(a, b, 1, 0)
        case "exp":
          return exp(k, a)
        case "log":
          return log(k, a)
        case "tanh":
          return tanh(k, a)
        case "sigmoid":
          return sigmoid(k, a)
        case "neg":
        case "abs":
        case "sqrt":
          return { k: e.op, a }
        default:
          return { k: e.op, a, b }
      }
    }
    return (e: Expr): V => evaluate(e).value
  }
}
