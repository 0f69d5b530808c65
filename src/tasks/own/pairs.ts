// A list of pairs as the examples of a task: which are kept for tests, and the order of an epoch.

import { UserError } from "../../core/errors.ts"
import { type Random, random, Stream } from "../../core/rng.ts"
import type { Example, Pairs } from "../task.ts"

/** A question and its answer. */
export interface Pair {
  readonly question: string
  readonly answer: string
  /** The line of the file that holds it, for messages. */
  readonly line?: number
}

/** A pair in symbols. */
export interface ReadPair extends Pair {
  readonly symbols: { readonly question: readonly string[]; readonly answer: readonly string[] }
}

/** The pairs of a task, apart. */
export interface Parted {
  readonly training: readonly ReadPair[]
  readonly tests: readonly ReadPair[]
  /** How the tests were chosen. */
  readonly chosen: "given" | "longest" | "drawn"
}

/** An example with the number of symbols of its question. */
export interface SizedExample extends Example {
  readonly size: number
}

/** All symbols of some pairs. */
export function symbolsOf(pairs: readonly ReadPair[]): Set<string> {
  const found = new Set<string>()
  for (const { symbols } of pairs) {
    for (const symbol of symbols.question) found.add(symbol)
    for (const symbol of symbols.answer) found.add(symbol)
  }
  return found
}

/** Groups examples by size, in rising order. */
export function bySize<E extends { readonly size: number }>(examples: readonly E[]): Map<number, E[]> {
  const groups = new Map<number, E[]>()
  for (const example of examples) {
    const group = groups.get(example.size)
    if (group) group.push(example)
    else groups.set(example.size, [example])
  }
  return new Map([...groups].sort(([a], [b]) => a - b))
}

/** One pass over the pairs of a group of sizes. `name` tells its number and the words of its random stream. */
interface Epoch {
  readonly name: string
  /** The order of the batches. */
  readonly batches: readonly number[]
  /** The order of the pairs of each size. */
  readonly orders: Map<number, readonly number[]>
}

/** A random order of the numbers 0 .. n − 1 (Fisher and Yates). */
function shuffled(n: number, choose: Random): number[] {
  const order = Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = choose.below(i + 1)
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}

export function listedPairs(training: readonly SizedExample[], tests: readonly SizedExample[]): Pairs {
  const trained = bySize(training)
  const testSizes = bySize(tests)
  /** The present epoch of each group of sizes. */
  const epochs = new Map<string, Epoch>()

  /** The batches of each group of sizes, kept because every training step asks for one of them. */
  const listed = new Map<string, readonly (readonly [size: number, batch: number])[]>()

  /** The batches of each size between two sizes, the last one of a size filled up. */
  const batchesOf = ([from, to]: readonly [number, number], count: number) =>
    [...trained]
      .filter(([size]) => size >= from && size <= to)
      .flatMap(([size, some]) =>
        Array.from({ length: Math.ceil(some.length / count) }, (_, batch) => [size, batch] as const),
      )

  return {
    batch(sizes, count, step, words) {
      const group = String([sizes, count])
      const all = listed.get(group) ?? batchesOf(sizes, count)
      listed.set(group, all)
      if (all.length === 0)
        throw new UserError(`sizes: got ${sizes.join("-")}, expected lengths of questions that training pairs have`)
      const number = Math.floor(step / all.length)
      const name = String([number, ...words])
      let epoch = epochs.get(group)
      if (epoch?.name !== name) {
        epoch = {
          name,
          batches: shuffled(all.length, random(...words, Stream.data, number, ...sizes)),
          orders: new Map(),
        }
        epochs.set(group, epoch)
      }
      const [size, batch] = all[epoch.batches[step % all.length]]
      const some = trained.get(size) ?? []
      const order = epoch.orders.get(size) ?? shuffled(some.length, random(...words, Stream.data, number, size))
      epoch.orders.set(size, order)
      // a batch that is not full begins again with the first pairs of its size
      const examples = Array.from({ length: count }, (_, i) => some[order[(batch * count + i) % some.length]])
      return { size, examples }
    },
    tests(size, samples, choose) {
      const some = [...testSizes].filter(([own]) => own <= size).flatMap(([, examples]) => examples)
      return drawn(some, samples, choose)
    },
    trained(size, samples, choose) {
      const nearest = [...trained.keys()].filter((own) => own <= size).at(-1) ?? [...trained.keys()][0]
      return drawn(trained.get(nearest) ?? [], samples, choose)
    },
    testSizes,
  }
}

/** All examples, or as many as wanted, each at most once. */
const drawn = (some: readonly Example[], samples: number, choose: Random): readonly Example[] =>
  some.length <= samples
    ? some
    : shuffled(some.length, choose)
        .slice(0, samples)
        .map((i) => some[i])
