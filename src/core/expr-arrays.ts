// Expressions over whole arrays on the host, in float64. CPU backends compute optimizer updates this way,
// without generated code: an expression becomes a list of operations, and each processes one chunk that stays
// in the cache.

import { type Binary, type Expr, operands, rewrite, type Unary } from "./expr.ts"

/**
 * Assigns `value` to the array named `to`. The expression may read arrays that earlier assignments changed.
 */
export interface Assignment {
  readonly to: string
  readonly value: Expr
}

/** An operand: an array, or one number that is broadcast. */
export type Values = Float32Array | Float64Array | number

const CHUNK = 512

type Register = Float64Array
interface Operation {
  readonly run: (n: number) => void
}

/**
 * Compiles an expression that reads inputs only. The result writes its value at every element of `out`, which
 * may be one of the inputs.
 */
export function compileForArrays(e: Expr): (inputs: readonly Values[], out: Float32Array | Float64Array) => void {
  const registers = new Map<Expr, Register>()
  const operations: Operation[] = []
  const inputs: { readonly index: number; readonly register: Register }[] = []
  const visit = (x: Expr): Register => {
    const known = registers.get(x)
    if (known) return known
    const parts = operands(x).map(visit)
    const register = new Float64Array(CHUNK)
    registers.set(x, register)
    if (x.op === "const") register.fill(x.value)
    else if (x.op === "input") inputs.push({ index: x.index, register })
    else if (x.op === "coordinate" || x.op === "step" || x.op === "random")
      throw new Error(`an array has no ${x.op}; expected an expression of inputs only`)
    else operations.push({ run: operation(x.op, register, parts) })
    return register
  }
  const result = visit(e)
  return (values, out) => {
    for (const { index, register } of inputs) {
      const value = values[index]
      if (typeof value === "number") register.fill(value)
    }
    for (let from = 0; from < out.length; from += CHUNK) {
      const n = Math.min(CHUNK, out.length - from)
      for (const { index, register } of inputs) {
        const value = values[index]
        if (typeof value !== "number") for (let i = 0; i < n; i++) register[i] = value[from + i]
      }
      for (const { run } of operations) run(n)
      for (let i = 0; i < n; i++) out[from + i] = result[i]
    }
  }
}

/** Must agree with `evaluate` in expr.ts, element by element. */
function operation(op: Unary | Binary | "select", r: Register, [a, b, c]: readonly Register[]): (n: number) => void {
  const each = (f: (i: number) => number) => (n: number) => {
    for (let i = 0; i < n; i++) r[i] = f(i)
  }
  switch (op) {
    case "add":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = a[i] + b[i]
      }
    case "sub":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = a[i] - b[i]
      }
    case "mul":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = a[i] * b[i]
      }
    case "div":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = a[i] / b[i]
      }
    case "min":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = a[i] < b[i] ? a[i] : b[i]
      }
    case "max":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = b[i] < a[i] ? a[i] : b[i]
      }
    case "sqrt":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = Math.sqrt(a[i])
      }
    case "neg":
      return each((i) => -a[i])
    case "abs":
      return each((i) => Math.abs(a[i]))
    case "exp":
      return each((i) => Math.exp(a[i]))
    case "log":
      return each((i) => Math.log(a[i]))
    case "tanh":
      return each((i) => Math.tanh(a[i]))
    case "sigmoid":
      return each((i) => 1 / (1 + Math.exp(-a[i])))
    case "less":
      return each((i) => (a[i] < b[i] ? 1 : 0))
    case "equal":
      return each((i) => (a[i] === b[i] ? 1 : 0))
    case "select":
      return each((i) => (a[i] !== 0 ? b[i] : c[i]))
  }
}

/**
 * Rewrites sequential assignments so that all of them read the values from before the first one. One kernel
 * can then compute them all at once. `names` are the names of the inputs.
 */
export function atOnce(assignments: readonly Assignment[], names: readonly string[]): Assignment[] {
  const now = new Map<string, Expr>()
  return assignments.map(({ to, value }) => {
    const replaced = rewrite(value, (leaf) => (leaf.op === "input" ? (now.get(names[leaf.index]) ?? leaf) : leaf))
    now.set(to, replaced)
    return { to, value: replaced }
  })
}
