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
type Operation = (n: number) => void

/** One step of a pass: an operand takes the value at every element, or a sum grows by it. */
export interface PassStep {
  readonly value: Expr
  /** Index of the operand that is written, an array; "sum" for a sum. */
  readonly to: number | "sum"
}

/**
 * Compiles steps that go over all elements together, chunk by chunk. A step reads what earlier steps wrote.
 * The result takes the operands, changes the written ones in place, and returns the sums in their order.
 * Values are rounded where an array is written; sums are added in the order of the elements.
 */
export function compilePass(
  steps: readonly PassStep[],
  isArray: (operand: number) => boolean,
): (values: readonly Values[], size: number) => number[] {
  const inputs = new Map<number, Register>()
  const uniform: Operation[] = []
  const compiled = steps.map(({ value, to }) => ({ to, ...compileStep(value, isArray, inputs, uniform) }))
  return (values, size) => {
    const loads: Operation[] = []
    let from = 0
    for (const [index, register] of inputs) {
      const value = values[index]
      if (typeof value === "number") register.fill(value)
      else if (value instanceof Float32Array) loads.push((n) => load32(register, value, from, n))
      else loads.push((n) => load64(register, value, from, n))
    }
    for (const run of uniform) run(CHUNK)
    const sums: number[] = []
    const chunk = compiled.flatMap(({ to, operations, result }) => {
      if (to !== "sum") return [...operations, storing(values[to], result, inputs.get(to), () => from)]
      const at = sums.push(0) - 1
      return [...operations, (n: number) => (sums[at] = added(sums[at], result, n))]
    })
    for (; from < size; from += CHUNK) {
      const n = Math.min(CHUNK, size - from)
      for (const run of loads) run(n)
      for (const run of chunk) run(n)
    }
    return sums
  }
}

// one function for each kind of array: engines compile loops over a single kind much better
function load32(register: Register, array: Float32Array, from: number, n: number): void {
  for (let i = 0; i < n; i++) register[i] = array[from + i]
}
function load64(register: Register, array: Float64Array, from: number, n: number): void {
  for (let i = 0; i < n; i++) register[i] = array[from + i]
}
function store32(array: Float32Array, result: Register, from: number, n: number): void {
  for (let i = 0; i < n; i++) array[from + i] = result[i]
}
/** Writes a chunk; the register of the same operand gets the rounded values. */
function storeAndReload(array: Float32Array, result: Register, own: Register, from: number, n: number): void {
  for (let i = 0; i < n; i++) {
    const rounded = Math.fround(result[i])
    array[from + i] = rounded
    own[i] = rounded
  }
}

function storing(array: Values, result: Register, own: Register | undefined, from: () => number): Operation {
  if (!(array instanceof Float32Array)) throw new Error("a pass writes arrays of float32 only")
  return own ? (n) => storeAndReload(array, result, own, from(), n) : (n) => store32(array, result, from(), n)
}

function added(sum: number, values: Register, n: number): number {
  for (let i = 0; i < n; i++) sum += values[i]
  return sum
}

/**
 * The operations of one expression. What depends on numbers only goes to `uniform` and is computed once a
 * pass. Nothing else is shared between steps, since arrays change between them.
 */
function compileStep(
  e: Expr,
  isArray: (operand: number) => boolean,
  inputs: Map<number, Register>,
  uniform: Operation[],
): { readonly operations: readonly Operation[]; readonly result: Register } {
  const registers = new Map<Expr, { readonly register: Register; readonly varies: boolean }>()
  const operations: Operation[] = []
  const visit = (x: Expr): { readonly register: Register; readonly varies: boolean } => {
    const known = registers.get(x)
    if (known) return known
    const made = make(x)
    registers.set(x, made)
    return made
  }
  const make = (x: Expr) => {
    if (x.op === "input") {
      const register = inputs.get(x.index) ?? new Float64Array(CHUNK)
      inputs.set(x.index, register)
      return { register, varies: isArray(x.index) }
    }
    if (x.op === "coordinate" || x.op === "step" || x.op === "random")
      throw new Error(`an array has no ${x.op}; expected an expression of inputs only`)
    const parts = operands(x).map(visit)
    const register = new Float64Array(CHUNK)
    if (x.op === "const") register.fill(x.value)
    const varies = parts.some((part) => part.varies)
    const registersOfParts = parts.map((part) => part.register)
    if (x.op !== "const") (varies ? operations : uniform).push(operation(x.op, register, registersOfParts))
    return { register, varies }
  }
  const { register } = visit(e)
  return { operations, result: register }
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
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = -a[i]
      }
    case "abs":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = Math.abs(a[i])
      }
    case "exp":
      return each((i) => Math.exp(a[i]))
    case "log":
      return each((i) => Math.log(a[i]))
    case "tanh":
      return each((i) => Math.tanh(a[i]))
    case "sigmoid":
      return each((i) => 1 / (1 + Math.exp(-a[i])))
    case "less":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = a[i] < b[i] ? 1 : 0
      }
    case "equal":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = a[i] === b[i] ? 1 : 0
      }
    case "select":
      return (n) => {
        for (let i = 0; i < n; i++) r[i] = a[i] !== 0 ? b[i] : c[i]
      }
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
