// The update of a training step: a chain of stages between the gradient of the step and the weights of the next. A stage is
// an expression over arrays as long as the weights, so that an optimizer or a technique is written once for every backend.
//
//   const u = new UpdateBuilder(copies, ["weights", "velocity"])
//   u.write("velocity", add(mul(0.9, u.read("velocity")), u.read("gradient")))
//   u.write("weights", sub(u.read("weights"), mul(u.number("learning rate"), u.read("velocity"))))
//   const update = u.finish()

import { type Expr, input } from "../core/expr.ts"
import type { Copies, OverCopies } from "./copies.ts"

export type UpdateStage =
  /** An array becomes the value of an expression, element by element. */
  | { readonly k: "map"; readonly to: string; readonly value: Expr }
  /** A number becomes the sum of an expression over all elements. */
  | { readonly k: "sum"; readonly to: string; readonly value: Expr }
  | { readonly k: "copies"; readonly to: string; readonly of: string; readonly take: OverCopies }
  /** Element i becomes the i-th standard normal number of the stream with these keys (core/rng.ts). */
  | { readonly k: "normal"; readonly to: string; readonly keys: string }

/** An update that backends can run. Input i of its expressions is `operands[i]`. */
export interface Update {
  /** Arrays that stay from step to step, "weights" first. */
  readonly arrays: readonly string[]
  /** Arrays that a step fills for itself. */
  readonly scratch: readonly string[]
  /** Numbers that each step is told. */
  readonly numbers: readonly string[]
  /** Numbers that each step adds up and reports. */
  readonly sums: readonly string[]
  /** Random streams whose keys each step is told. */
  readonly keys: readonly string[]
  readonly operands: readonly { readonly name: string; readonly isArray: boolean }[]
  readonly copies: readonly Copies[]
  readonly stages: readonly UpdateStage[]
}

/** The array that the program fills at the beginning of a step; stages may change it. */
export const GRADIENT = "gradient"
export const WEIGHTS = "weights"

export class UpdateBuilder {
  /** Parameters with copies. */
  readonly copies: readonly Copies[]
  readonly #arrays: readonly string[]
  readonly #scratch: string[] = []
  readonly #numbers: string[] = []
  readonly #sums: string[] = []
  readonly #keys: string[] = []
  readonly #operands: { name: string; isArray: boolean }[] = []
  readonly #stages: UpdateStage[] = []
  /** What the weights become when the chain ends: an optimizer sets it, later stages change it. Not written before. */
  weights: Expr

  constructor(copies: readonly Copies[], arrays: readonly string[]) {
    this.copies = copies
    this.#arrays = arrays
    this.weights = this.read(WEIGHTS)
  }

  /** An array's element, or a number that was told or added up, as it is at this point of the chain. */
  read(name: string): Expr {
    const isArray = name === GRADIENT || this.#arrays.includes(name) || this.#scratch.includes(name)
    if (!isArray && !this.#numbers.includes(name) && !this.#sums.includes(name))
      throw new Error(`update: there is no array or number ${JSON.stringify(name)}`)
    const known = this.#operands.findIndex((operand) => operand.name === name)
    return input(known >= 0 ? known : this.#operands.push({ name, isArray }) - 1)
  }

  /** A number that each step is told. */
  number(name: string): Expr {
    if (!this.#numbers.includes(name)) this.#numbers.push(name)
    return this.read(name)
  }

  write(name: string, value: Expr): void {
    if (name !== GRADIENT && !this.#arrays.includes(name)) throw new Error(`update: there is no array ${name}`)
    this.#stages.push({ k: "map", to: name, value })
  }

  /** The sum over all elements, as a number; the step reports it under this name. */
  sum(name: string, value: Expr): Expr {
    if (this.#sums.includes(name)) throw new Error(`update: two sums are called ${name}`)
    this.#sums.push(name)
    this.#stages.push({ k: "sum", to: name, value })
    return this.read(name)
  }

  /** What stands in the copies of each number, at this point of the chain. */
  overCopies(of: string, take: OverCopies): Expr {
    const to = this.#newScratch(`${of} ${take}`)
    this.#stages.push({ k: "copies", to, of, take })
    return this.read(to)
  }

  /** Standard normal numbers of a stream whose keys each step is told. */
  normal(keys: string): Expr {
    const to = this.#newScratch(keys)
    this.#keys.push(keys)
    this.#stages.push({ k: "normal", to, keys })
    return this.read(to)
  }

  #newScratch(name: string): string {
    if (this.#scratch.includes(name)) throw new Error(`update: two scratch arrays are called ${name}`)
    this.#scratch.push(name)
    return name
  }

  /** The weights as they are after the chain, for what follows them. */
  writeWeights(): Expr {
    this.write(WEIGHTS, this.weights)
    return this.read(WEIGHTS)
  }

  finish(): Update {
    return {
      arrays: this.#arrays,
      scratch: this.#scratch,
      numbers: this.#numbers,
      sums: this.#sums,
      keys: this.#keys,
      operands: this.#operands,
      copies: this.copies,
      stages: this.#stages,
    }
  }
}
