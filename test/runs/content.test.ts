// Which tensors of a checkpoint are the weights.

import { expect, it } from "vitest"
import { weightsOf } from "../../src/runs/content.ts"

const tensor = (x: number) => ({ shape: [1], data: Float32Array.of(x) })

it("the weights are those with an average, also where one's name ends in another's", () => {
  const names = ["output/read0/kernel", "controller/output/read0/kernel"]
  const tensors = new Map(
    names.flatMap((name, i) => [
      [name, tensor(i)] as const,
      [`average/${name}`, tensor(10 + i)] as const,
      [`adamax/momentum/${name}`, tensor(20)] as const,
    ]),
  )
  expect(weightsOf(tensors)).toEqual(new Map(names.map((name, i) => [name, tensor(10 + i)])))
})

it("without averages, they are the tensors that are not the memory of another one", () => {
  const tensors = new Map([
    ["input/kernel", tensor(1)],
    ["adam/momentum/input/kernel", tensor(2)],
  ])
  expect(weightsOf(tensors)).toEqual(new Map([["input/kernel", tensor(1)]]))
})
