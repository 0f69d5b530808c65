// Names of tensors in snapshots and checkpoints, in both directions.

import { expect, it } from "vitest"
import { defaultsFor } from "../../src/training/config.ts"
import { optimizers } from "../../src/training/optimizers/index.ts"
import { tensorName, tensorRole, tensorsOf } from "../../src/training/tensor-names.ts"
import { arraysOf } from "../../src/training/update.ts"

const parameters = ["input/kernel", "dcgru0/update/bias", "head/read0/key/kernel", "first"]

it("every array of every optimizer has names of its own, which tell array and parameter", () => {
  for (const name of Object.keys(optimizers) as (keyof typeof optimizers)[]) {
    const arrays = arraysOf({ ...defaultsFor(), optimizer: { name } as never })
    const names = arrays.flatMap((array) => parameters.map((parameter) => tensorName(array, parameter)))
    expect(new Set(names).size).toBe(names.length)
    for (const array of arrays)
      for (const parameter of parameters) expect(tensorRole(tensorName(array, parameter))).toEqual({ array, parameter })
  }
})

it("weights stand under their own names, the average under ema, an optimizer's arrays under optimizer", () => {
  expect(tensorName("weights", "input/kernel")).toBe("input/kernel")
  expect(tensorName("ema", "input/kernel")).toBe("ema/input/kernel")
  expect(tensorName("first moment", "input/kernel")).toBe("optimizer/first moment/input/kernel")
})

it("the tensors of one array are found by their parameters", () => {
  const tensors = new Map(["a/b", "ema/a/b", "c", "ema/c", "optimizer/velocity/a/b"].map((name) => [name, name]))
  expect(tensorsOf("ema", tensors)).toEqual(
    new Map([
      ["a/b", "ema/a/b"],
      ["c", "ema/c"],
    ]),
  )
  expect([...tensorsOf("weights", tensors).keys()]).toEqual(["a/b", "c"])
  expect([...tensorsOf("velocity", tensors).keys()]).toEqual(["a/b"])
})
