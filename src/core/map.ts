// map and sum: elementwise math and reductions. They are in core because ops build their gradients from them
// and the planner fuses them. Their kernels are in kernel/elementwise.ts.

import { constant, derivative, type Expr, evaluate, input, inputsOf, mul, rewrite } from "./expr.ts"
import type { Builder, Node, Op } from "./op.ts"
import { broadcast, dimsAt, type Shape, sameShape, show, sizeAt } from "./shape.ts"

/** Attributes of `map`: an expression evaluated at every element, with operands broadcast (right-aligned). */
export interface MapAttributes {
  readonly expr: Expr
  readonly shape: Shape
}

/** The strides of an operand, in elements, for each axis of the shape that it is broadcast to. */
export function strides(shape: Shape, to: Shape, length: number): number[] {
  const dims = dimsAt(shape, length)
  const out = new Array<number>(to.length).fill(0)
  let stride = 1
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    if (dims[axis] !== 1) out[axis + to.length - dims.length] = stride
    stride *= dims[axis]
  }
  return out
}

export const mapOp: Op<MapAttributes> = {
  name: "map",
  shape: (_, { shape }) => shape,
  cheap: true,
  gradient(g, node, adjoint) {
    const n = node.inputs.length
    return node.inputs.map((operand, i) => {
      const expr = mul(input(n), derivative(node.attributes.expr, i))
      if (expr.op === "const" && expr.value === 0) return undefined
      return reduceTo(g, mapUsed(g, [...node.inputs, adjoint], expr, node.shape), operand)
    })
  },
  reference(node, inputs, context) {
    const dims = dimsAt(node.shape, context.length)
    const steps = node.inputs.map((operand) => strides(operand.shape, node.shape, context.length))
    const out = new Float64Array(sizeAt(node.shape, context.length))
    const at = new Array<number>(dims.length).fill(0)
    for (let element = 0; element < out.length; element++) {
      out[element] = evaluate(node.attributes.expr, {
        input: (i) => inputs[i][at.reduce((sum, x, axis) => sum + x * steps[i][axis], 0)],
        coordinate: (axis) => at[axis],
        step: context.step,
        random: (stream) => context.random(stream, element),
      })
      for (let axis = dims.length - 1; axis >= 0 && ++at[axis] === dims[axis]; axis--) at[axis] = 0
    }
    return out
  },
}

/** Creates a map of only those operands that the expression reads. */
function mapUsed(g: Builder, inputs: readonly Node[], expr: Expr, shape: Shape): Node {
  // A gradient passed on unchanged stays the same node, so that it is computed only once.
  if (expr.op === "input" && sameShape(inputs[expr.index].shape, shape)) return inputs[expr.index]
  const used = [...inputsOf(expr)].sort((a, b) => a - b)
  const renumber = new Map(used.map((i, k) => [i, input(k)]))
  return g.mapExpr(
    used.map((i) => inputs[i]),
    replaceInputs(expr, (i) => renumber.get(i) ?? constant(0)),
    shape,
  )
}

const replaceInputs = (e: Expr, by: (i: number) => Expr) => rewrite(e, (x) => (x.op === "input" ? by(x.index) : x))

/**
 * Sums a gradient over the axes along which an operand was broadcast. Gradients of shared operands always get
 * a sum node.
 */
function reduceTo(g: Builder, gradient: Node, operand: Node): Node {
  if (operand.kind === "lane" && sameShape(gradient.shape, operand.shape)) return gradient
  return g.create(sumOp, [gradient], { shape: operand.shape })
}

/** Sum over the axes that `shape` lacks or has as 1. */
export const sumOp: Op<{ readonly shape: Shape }> = {
  name: "sum",
  shape([x], { shape }) {
    if (!sameShape(broadcast([x.shape, shape]), x.shape))
      throw new Error(`sum: ${show(x.shape)} does not reduce to ${show(shape)}`)
    return shape
  },
  gradient: (g, node, adjoint) => [g.mapExpr([adjoint], input(0), node.inputs[0].shape)],
  reference(node, [x], { length }) {
    const from = node.inputs[0].shape
    const dims = dimsAt(from, length)
    const step = strides(node.shape, from, length)
    const out = new Float64Array(sizeAt(node.shape, length))
    const at = new Array<number>(dims.length).fill(0)
    for (let element = 0; element < x.length; element++) {
      out[at.reduce((sum, v, axis) => sum + v * step[axis], 0)] += x[element]
      for (let axis = dims.length - 1; axis >= 0 && ++at[axis] === dims[axis]; axis--) at[axis] = 0
    }
    return out
  },
}

/** Sums x down to `shape`: over the axes that `shape` lacks or has as 1. */
export const sum = (g: Builder, x: Node, shape: Shape): Node => g.create(sumOp, [x], { shape })
