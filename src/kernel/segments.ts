// Divides a kernel among the invocations of a GPU. Each `lanes` block becomes a segment. The loops around it
// become one index, which invocations share; the statements inside run in sequence. Ordered loops, and loops
// whose extent depends on another loop's counter, also stay inside.

import { lookup } from "../core/lookup.ts"
import { type ContextField, foldInt, type I, int, type Kernel, type Statement } from "./language.ts"

export type Loop = Extract<Statement, { k: "loop" }>
export interface IntLet {
  readonly id: number
  readonly value: I
}

export interface Segment {
  /** Integers that depend only on the context, in order. */
  readonly lets: readonly IntLet[]
  /** The loops that form the index, outermost first. */
  readonly loops: readonly Loop[]
  /** The statements that an invocation runs for one index. */
  readonly body: readonly Statement[]
}

interface Path {
  readonly lets: readonly IntLet[]
  readonly loops: readonly Loop[]
  readonly close: (inner: readonly Statement[]) => Statement[]
}

/**
 * Splits a kernel into groups of segments. Segments of a group may run at once; a barrier separates groups.
 */
export function segmentsOf(kernel: Kernel): Segment[][] {
  const phases: Segment[][] = [[]]
  const uniform = new Set<number>()
  const isUniform = (i: I): boolean =>
    i.k === "int" || i.k === "context" || (i.k === "intVar" ? uniform.has(i.id) : isUniform(i.a) && isUniform(i.b))
  const walk = (statements: readonly Statement[], path: Path, outermost: boolean): void => {
    const lets = [...path.lets]
    const before: Statement[] = []
    const close = (inner: readonly Statement[]) => path.close([...before, ...inner])
    for (const s of statements)
      switch (s.k) {
        case "intLet":
          if (isUniform(s.value)) {
            uniform.add(s.id)
            lets.push(s)
          } else before.push(s)
          break
        case "lanes":
          phases[phases.length - 1].push({ lets: [...lets], loops: path.loops, body: close(s.body) })
          break
        case "loop": {
          const spread = !s.ordered && isUniform(s.from) && isUniform(s.to)
          if (spread) walk(s.body, { lets: [...lets], loops: [...path.loops, s], close }, false)
          else {
            const around = (body: readonly Statement[]) => close([{ ...s, body: [...body] }])
            walk(s.body, { lets: [...lets], loops: path.loops, close: around }, false)
          }
          break
        }
        case "if": {
          const around = (body: readonly Statement[]) => close([{ ...s, body: [...body] }])
          walk(s.body, { lets: [...lets], loops: path.loops, close: around }, false)
          break
        }
        case "barrier":
          if (!outermost) throw new Error(`${kernel.name}: a barrier must be outside of all loops`)
          phases.push([])
          break
        default:
          throw new Error(`${kernel.name}: ${s.k} is outside of lanes`)
      }
  }
  walk(kernel.body, { lets: [], loops: [], close: (inner) => [...inner] }, true)
  return phases.filter((phase) => phase.length > 0)
}

/**
 * Whether the kernel only sums lanes of gradients. A GPU backend does this for all blocks at once instead.
 */
export const sumsLanes = (statements: readonly Statement[]): boolean =>
  statements.some((s) => s.k === "sumLanes" || ("body" in s && sumsLanes(s.body)))

/** The iteration count of a loop, as an expression of the language. */
export const countOf = ({ from, to, by }: Loop): I => {
  if (from.k === "int" && to.k === "int") return int(Math.max(0, Math.ceil((to.value - from.value) / by)))
  const span: I = from.k === "int" && from.value === 0 ? to : { k: "sub", a: to, b: from }
  const up: I = by === 1 ? span : { k: "div", a: { k: "add", a: span, b: int(by - 1) }, b: int(by) }
  return { k: "max", a: up, b: int(0) }
}

/** The number of indices of a segment in one context. */
export function indices({ lets, loops }: Segment, context: Readonly<Record<ContextField, number>>): number {
  const known = new Map<number, number>()
  const value = (i: I): number => {
    switch (i.k) {
      case "int":
        return i.value
      case "intVar":
        return lookup(known, i.id)
      case "context":
        return context[i.field]
    }
    return foldInt(i.k, value(i.a), value(i.b))
  }
  for (const { id, value: i } of lets) known.set(id, value(i))
  return loops.reduce((product, loop) => product * value(countOf(loop)), 1)
}
