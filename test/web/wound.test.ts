// How damage spreads: where the damaged run differs from the healthy one, and by how much.

import { expect, it } from "vitest"
import { wasm } from "../../src/backends/wasm/index.ts"
import { createPredictor } from "../../src/inference/predictor.ts"
import { allFrames } from "../../src/inference/trace.ts"
import { loadModel } from "../../src/runs/model.ts"
import { spread } from "../../web/src/wound.ts"

const state = (...numbers: number[]) => ({ tensors: { state: Float32Array.from(numbers) } })

it("is the mean difference of each place, and nothing where the runs are the same", () => {
  const same = state(1, 1, 1, 1)
  const out = spread([same, state(0, 1, 1, 1)], [same, state(1, 1, 1, 1)], "state", 2)
  expect([...out]).toEqual([0, 0, 0.5, 0])
  expect([...spread([same], [], "state", 2)]).toEqual([])
})

it("stays within a cone: a Neural GPU's rule reaches two places a step, through the neighbors' reset gates", async () => {
  const predictor = createPredictor([loadModel("add")], wasm(1))
  const computation = await predictor.trace("110101101+101110110")
  const healthy = await allFrames(computation)
  const [from, place, L, maps] = [6, 9, 19, 24]
  const wiped = healthy[from].tensors.state.slice().fill(0, place * maps, (place + 1) * maps)
  const damaged = healthy.slice(0, from)
  for await (const frame of computation.frames(await computation.change(healthy[from], { state: wiped })))
    damaged.push(frame)
  const out = spread(damaged, healthy, "state", L)
  for (let t = 0; t < healthy.length; t++)
    for (let l = 0; l < L; l++) if (Math.abs(l - place) > 2 * (t - from)) expect(out[t * L + l], `${t} ${l}`).toBe(0)
  expect(out[from * L + place]).toBeGreaterThan(0)
  expect(Math.max(...out.slice((from + 2) * L, (from + 3) * L))).toBeGreaterThan(0)
})
