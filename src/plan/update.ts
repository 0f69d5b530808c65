// The update of a training step: a chain of stages from the gradient to the next weights. A stage is an
// expression over arrays of the size of the weights, so an optimizer or technique is written once for all
// backends.
//
//   const u = new UpdateBuilder(copies, ["weights", "velocity"])
//   u.write("velocity", add(mul(0.9, u.read("velocity")), u.read("gradient")))
//   u.write("weights", sub(u.read("weights"), mul(u.number("learning rate"), u.read("velocity"))))
//   const update = u.finish()

import { type Expr, input } from "../core/expr.ts"
import type { Copies, OverCopies } from "./copies.ts"

/** Holds in steps whose number of this name has this value. */
export interface Condition {
  readonly number: string
  readonly is: 0 | 1
}

export type UpdateStage =
  /** Assigns the value of an expression to an array, element by element. */
  | { readonly k: "map"; readonly to: string; readonly value: Expr }
  /** Assigns the sum of an expression over all elements to a scalar. */
  | { readonly k: "sum"; readonly to: string; readonly value: Expr }
  /** Reduces an array over copies, in the steps that `when` tells. */
  | {
      readonly k: "copies"
      readonly to: string
      readonly of: string
      readonly take: OverCopies
      readonly when: Condition
    }
  /**
   * Fills an array: element i is the i-th standard normal number of the stream with these keys (core/rng.ts).
   */
  | { readonly k: "normal"; readonly to: string; readonly keys: string }

/** An update that backends can run. Input i of its expressions is `operands[i]`. */
export interface Update {
  /** Arrays that persist from step to step, "weights" first. */
  readonly arrays: readonly string[]
  /** Arrays that live only within a step. */
  readonly scratch: readonly string[]
  /** Scalars passed to each step, such as the learning rate. */
  readonly numbers: readonly string[]
  /** Sums that each step returns. */
  readonly sums: readonly string[]
  /** Random streams whose keys are passed to each step. */
  readonly keys: readonly string[]
  readonly operands: readonly { readonly name: string; readonly isArray: boolean }[]
  readonly copies: readonly Copies[]
  readonly stages: readonly UpdateStage[]
}

/** The array that the program fills with the gradient at the start of a step. Stages may change it. */
export const GRADIENT = "gradient"
export const WEIGHTS = "weights"

export class UpdateBuilder {
  /** Parameters with copies (parameter-sharing relaxation). */
  readonly copies: readonly Copies[]
  readonly #arrays: readonly string[]
  readonly #scratch: string[] = []
  readonly #numbers: string[] = []
  readonly #sums: string[] = []
  readonly #keys: string[] = []
  readonly #operands: { name: string; isArray: boolean }[] = []
  readonly #stages: UpdateStage[] = []
  /**
   * The weights after the stages so far. An optimizer assigns it, later stages change it; `writeWeights`
   * stores it.
   */
  weights: Expr

  constructor(copies: readonly Copies[], arrays: readonly string[]) {
    this.copies = copies
    this.#arrays = arrays
    this.weights = this.read(WEIGHTS)
  }

  /** An array, scalar or sum at this point of the chain. Throws if the name is unknown. */
  read(name: string): Expr {
    const isArray = name === GRADIENT || this.#arrays.includes(name) || this.#scratch.includes(name)
    if (!isArray && !this.#numbers.includes(name) && !this.#sums.includes(name))
      throw new Error(`update: there is no array or number ${JSON.stringify(name)}`)
    const known = this.#operands.findIndex((operand) => operand.name === name)
    return input(known >= 0 ? known : this.#operands.push({ name, isArray }) - 1)
  }

  /** A scalar that is passed to each step. */
  number(name: string): Expr {
    if (!this.#numbers.includes(name)) this.#numbers.push(name)
    return this.read(name)
  }

  write(name: string, value: Expr): void {
    if (name !== GRADIENT && !this.#arrays.includes(name)) throw new Error(`update: there is no array ${name}`)
    this.#stages.push({ k: "map", to: name, value })
  }

  /** The sum over all elements, as a scalar; the step returns it under this name. */
  sum(name: string, value: Expr): Expr {
    if (this.#sums.includes(name)) throw new Error(`update: two sums are called ${name}`)
    this.#sums.push(name)
    this.#stages.push({ k: "sum", to: name, value })
    return this.read(name)
  }

  /**
   * The reduction over copies at this point of the chain. It is computed in the steps that `when` tells, and
   * must not be used in others.
   */
  overCopies(of: string, take: OverCopies, when: Condition): Expr {
    const to = this.#newScratch(`${of} ${take}`)
    this.number(when.number)
    this.#stages.push({ k: "copies", to, of, take, when })
    return this.read(to)
  }

  /** Standard normal numbers of a stream whose keys are passed to each step. */
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

  /** Stores the weights and returns their new value, for later stages. */
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
