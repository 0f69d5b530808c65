// All tasks on symbols; add a task here.

import { UserError } from "../core/errors.ts"
import { didYouMean } from "../core/nearest.ts"
import { add } from "./add.ts"
import { addAligned } from "./add-aligned.ts"
import { add3 } from "./add3.ts"
import { copy } from "./copy.ts"
import { count } from "./count.ts"
import { duplicate } from "./duplicate.ts"
import { type ImageTask, imageTask, imageTasks } from "./images/index.ts"
import { increment } from "./increment.ts"
import { kvsort } from "./kvsort.ts"
import { left } from "./left.ts"
import { leftShift } from "./left-shift.ts"
import { mul } from "./mul.ts"
import { mulBcd } from "./mul-bcd.ts"
import { BETWEEN, multitask } from "./multitask.ts"
import { type PartialTaskOptions, resolveOptions } from "./options.ts"
import { askedTask } from "./own/task.ts"
import { reverse } from "./reverse.ts"
import { reversePairs } from "./reverse-pairs.ts"
import { right } from "./right.ts"
import { rightShift } from "./right-shift.ts"
import { search } from "./search.ts"
import { sort } from "./sort.ts"
import type { KnownTask, Suggested, Task, TaskFamily, Vocabulary } from "./task.ts"
import { quote } from "./typing.ts"
import { type VectorTask, vectorTask, vectorTasks } from "./vectors/index.ts"

export { imageTasks } from "./images/index.ts"
export type { PartialTaskOptions } from "./options.ts"
export * from "./own/index.ts"
export * from "./task.ts"
export { vectorTasks } from "./vectors/index.ts"

export const taskFamilies: readonly TaskFamily[] = [
  add,
  mul,
  add3,
  addAligned,
  increment,
  mulBcd,
  copy,
  reverse,
  reversePairs,
  duplicate,
  count,
  sort,
  kvsort,
  left,
  right,
  leftShift,
  rightShift,
  search,
]

/**
 * Creates a task by name: createTask("add", { base: 10 }). Throws a UserError for an unknown name or an
 * impossible option.
 */
export function createTask(name: string, options: PartialTaskOptions = {}): KnownTask {
  if (name.includes(BETWEEN)) return createTasks(name.split(BETWEEN), options)
  const family = taskFamilies.find((family) => family.name === name)
  if (vectorTask(name) || imageTask(name))
    throw new UserError(
      `${name} is a task on ${vectorTask(name) ? "vectors" : "images"}, which cannot be typed; use eval for its models`,
    )
  if (family === undefined) {
    const names = [...taskFamilies, ...vectorTasks, ...imageTasks].map((family) => family.name)
    throw new UserError(`got the task ${quote(name)}, expected one of ${names.join(", ")}${didYouMean(name, names)}`)
  }
  return family.create(resolveOptions(family, options))
}

/**
 * Creates several tasks that are learned together: createTask("copy,reverse"). They share one base: the given
 * one, or the largest of their defaults.
 */
function createTasks(names: readonly string[], given: PartialTaskOptions): KnownTask {
  const alone = names.find((name) => vectorTask(name) || imageTask(name))
  if (alone !== undefined)
    throw new UserError(`${names}: got ${alone}, expected only tasks on symbols, which can be learned together`)
  const base = given.base ?? Math.max(...names.map((name) => createTask(name).options.base))
  const options = { base, output: given.output ?? "padded" }
  return multitask(
    names.map((name) => createTask(name, options)),
    options,
  )
}

/**
 * A task of any kind, with what the trainer and lists need. The size of an image is the length of a side.
 * Tasks on symbols that suggest nothing have the sizes of the config's defaults.
 */
export type FoundTask = {
  readonly minSize: number
  readonly suggested: Suggested | null
  /** Whether the task defines hard examples. */
  readonly hasHard: boolean
} & (
  | { readonly kind: "symbols"; readonly task: Task }
  | { readonly kind: "vectors"; readonly task: VectorTask }
  | { readonly kind: "images"; readonly task: ImageTask }
)

/** Options of a task in a config. With a vocabulary, it is a task of the user's own. */
export type TaskSpecOptions = PartialTaskOptions & { readonly vocabulary?: Vocabulary | null | undefined }

/** What a task of this package learns, by its name; several tasks at once are on symbols. */
export const kindOf = (name: unknown): FoundTask["kind"] =>
  typeof name !== "string" ? "symbols" : vectorTask(name) ? "vectors" : imageTask(name) ? "images" : "symbols"

const only = (range: readonly [number, number]): Suggested => ({ sizes: [range], goal: { size: range[1] } })

/**
 * Finds a task of any kind by name: findTask("copy-vectors"). A task of the user's own comes from its
 * vocabulary; it can be asked, but it has no examples. Throws a UserError for an unknown name.
 */
export function findTask(name: string, { vocabulary, ...options }: TaskSpecOptions = {}): FoundTask {
  // whether it defined hard examples is not known any more, so a stored config is believed
  if (vocabulary)
    return { kind: "symbols", task: askedTask(name, vocabulary), minSize: 1, suggested: null, hasHard: true }
  const vectors = vectorTask(name)
  if (vectors)
    return {
      kind: "vectors",
      task: vectors,
      minSize: vectors.minSize,
      suggested: only(vectors.trained),
      hasHard: false,
    }
  const image = imageTask(name)
  const side = image?.height ?? 0
  if (image) return { kind: "images", task: image, minSize: side, suggested: only([side, side]), hasHard: false }
  const task = createTask(name, options)
  return { kind: "symbols", task, minSize: task.minSize, suggested: null, hasHard: true }
}

/**
 * The task on symbols that a config names.
 * @param found the task with its examples, if it is there
 * @throws UserError if it is on vectors or images, which cannot be typed
 */
export function symbolTask(
  spec: { readonly name: string } & TaskSpecOptions,
  found: FoundTask = findTask(spec.name, spec),
): Task {
  return found.kind === "symbols" ? found.task : createTask(spec.name) // throws the reason
}
