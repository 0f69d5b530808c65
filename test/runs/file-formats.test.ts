// Which tensors of a checkpoint are the weights.

import { expect, it } from "vitest"
import { weightsOf } from "../../src/runs/file-formats.ts"
import { tensorName, tensorRole } from "../../src/training/tensor-names.ts"

const tensor = (x: number) => ({ shape: [1], data: Float32Array.of(x) })

it("the weights are those with an average, also where one's name ends in another's", () => {
  const names = ["output/read0/kernel", "controller/output/read0/kernel"]
  const tensors = new Map(
    names.flatMap((name, i) => [
      [name, tensor(i)] as const,
      [`ema/${name}`, tensor(10 + i)] as const,
      [`optimizer/momentum/${name}`, tensor(20)] as const,
    ]),
  )
  expect(weightsOf(tensors)).toEqual(new Map(names.map((name, i) => [name, tensor(10 + i)])))
})

it.each(["weights", "ema", "momentum"])("a tensor of %s is found again by its name", (array) => {
  for (const parameter of ["input/kernel", "dcgru/candidate/bias"])
    expect(tensorRole(tensorName(array, parameter))).toEqual({ array, parameter })
})
