// The conformance suite of every op and layer: gradients against central differences, and every backend
// against the reference, forward and gradients, at lengths that are short, odd, and longer than any register
// tile. All samples of a registry form one plan, because compiling many small plans takes much longer.

import { describe, expect, it } from "vitest"
import type { Backend } from "../src/backends/backend.ts"
import { reference } from "../src/backends/reference/index.ts"
import type { Plan } from "../src/plan/plan.ts"
import { candidates, difference, options, planOf, randomBlock, type Samples, sharedValues } from "./engine.ts"
import { checkGradients } from "./gradients.ts"

export const lengths = [1, 2, 3, 7, 20]
/** float32 against float64, in units of max(1, a tensor's largest number). */
export const TOLERANCE = 5e-6

/** Tests every entry of a registry by its samples on each backend. Further tests may use the plan. */
export function conformance(
  registry: Readonly<Record<string, Samples>>,
  { tolerance = TOLERANCE, backends = candidates } = {},
): () => Plan {
  const all = Object.entries(registry).flatMap(([name, samples]) =>
    Object.entries(samples).map(([sample, build]) => [`${name}: ${sample}`, build] as const),
  )
  const planned = once(() => planOf(Object.fromEntries(all)))
  const blocksOf = (length: number) => [
    randomBlock(planned(), length, length),
    randomBlock(planned(), length, length, 16),
  ]
  const wanted = once(async () => {
    const program = await reference.compile(planned())
    const shared = sharedValues(planned())
    return await Promise.all(lengths.map((length) => program.run(shared, blocksOf(length), options)))
  })

  /** Largest difference between a backend and the reference, over all outputs and lengths. */
  async function compare(backend: Backend): Promise<Compared[]> {
    const p = planned()
    const program = await backend.compile(p)
    const compared: Compared[] = []
    for (const [i, want] of (await wanted()).entries()) {
      const got = await program.run(sharedValues(p), blocksOf(lengths[i]), options)
      const note = (name: string, what: string, a: Float32Array, b: Float32Array) =>
        compared.push({ name, what: `${what} at length ${lengths[i]}`, apart: difference(a, b) })
      for (const [block, outputs] of want.outputs.entries())
        for (const [name, values] of Object.entries(outputs))
          note(name, `block ${block}`, got.outputs[block][name], values)
      for (const { name, offset, size, trainable } of p.shared) {
        const part = (array: Float32Array) => array.subarray(offset, offset + size)
        if (trainable) note(name, "gradient", part(got.gradient), part(want.gradient))
      }
    }
    await program.dispose()
    return compared
  }

  for (const [name, samples] of Object.entries(registry))
    describe(name, () => {
      for (const [sample, build] of Object.entries(samples))
        it(`${sample}: gradients are central differences`, () => {
          for (const length of [1, 3, 4]) checkGradients(planOf({ [sample]: build }), { length })
        })
    })
  for (const backend of backends)
    describe(backend.name, () => {
      const compared = once(() => compare(backend.create(2)))
      it.each(all.map(([name]) => name))("%s equals the reference", async (name) => {
        const own = (await compared()).filter((c) => c.name === name || c.name.startsWith(`${name}: `))
        expect(own.length).toBeGreaterThanOrEqual(2 * lengths.length)
        for (const { name, what, apart } of own) expect(apart, `${name}, ${what}`).toBeLessThan(tolerance)
      })
    })
  return planned
}

interface Compared {
  readonly name: string
  readonly what: string
  readonly apart: number
}

/** Creates a value at its first use, because a file's tests may be filtered. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
