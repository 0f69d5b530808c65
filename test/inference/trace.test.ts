// A trace ends with the answer of a normal run, follows the formulas, and lets a frame be changed.

import { describe, expect, it } from "vitest"
import type { Backend } from "../../src/backends/backend.ts"
import { reference } from "../../src/backends/reference/index.ts"
import { wasm } from "../../src/backends/wasm/index.ts"
import { add, step } from "../../src/core/expr.ts"
import { Graph } from "../../src/core/graph.ts"
import { initialValues } from "../../src/core/params.ts"
import { blocksOf } from "../../src/encoding/encoding.ts"
import { symbolEncoding } from "../../src/encoding/symbols.ts"
import { loadModel } from "../../src/index.ts"
import { explainCell } from "../../src/inference/cell.ts"
import { planEvaluation, type Trained } from "../../src/inference/member.ts"
import { createPredictor } from "../../src/inference/predictor.ts"
import type { Frame } from "../../src/inference/trace.ts"
import { type Trace, traceQuestion } from "../../src/inference/trace-question.ts"
import { namedWeights, type Weights } from "../../src/inference/weights.ts"
import { type ModelConfig, modelFamily, modelNames } from "../../src/models/index.ts"
import { neuralGpuForms } from "../../src/models/neural-gpu.ts"
import { carryName, extractScan, nextName } from "../../src/plan/extract-scan.ts"
import { plan } from "../../src/plan/planner.ts"
import { createTask } from "../../src/tasks/index.ts"
import { defaultsFor, resolveConfig, type TrainConfig } from "../../src/training/config.ts"
import { difference } from "../engine.ts"

/** A model with random weights. */
function untrained(model: ModelConfig): { path: string; config: TrainConfig; weights: Weights } {
  const config = resolveConfig({ task: { name: "add" }, model })
  const plan = planEvaluation(config.model, symbolEncoding(createTask("add"), config.model).signature)
  return { path: "the model", config, weights: namedWeights(plan, initialValues(plan.shared, 5)) }
}
const forms = {
  original: { ...neuralGpuForms.original, maps: 6, width: 3 },
  diagonal: { ...neuralGpuForms.diagonal, maps: 6 },
}
/** Both forms of the Neural GPU, and every other family with its defaults. */
const models: [string, ModelConfig][] = [
  ...Object.entries(forms).map(([form, model]): [string, ModelConfig] => [form, { name: "neural-gpu", ...model }]),
  ...modelNames
    .filter((name) => name !== "neural-gpu" && modelFamily(name).learns.includes("symbols"))
    .map((name): [string, ModelConfig] => [name, defaultsFor(name).model]),
]
const question = "10110+1001"

const last = ({ frames }: Pick<Trace, "frames">) => frames[frames.length - 1]
const open = (model: Trained, backend: Backend) => createPredictor([model], backend, Number.POSITIVE_INFINITY)
const all = async (frames: AsyncIterable<Frame>) => {
  const out: Frame[] = []
  for await (const frame of frames) out.push(frame)
  return out
}

describe.each(models)("%s", (_, model) => {
  const given = untrained(model)
  const { config } = given

  // for a backend a trace is a plan like any other, so one beside the reference is enough
  it("on wasm equals the reference at every step", async () => {
    const predictors = [open(given, reference), open(given, wasm(1))]
    const [want, got] = await Promise.all(predictors.map((p) => traceQuestion(p, question)))
    expect(got.frames).toHaveLength((await predictors[0].trace(question)).steps + 1)
    expect(got.tensors.length).toBeGreaterThan(0)
    for (const [t, frame] of want.frames.entries()) {
      expect(Object.keys(got.frames[t].tensors)).toEqual(Object.keys(frame.tensors))
      for (const [name, values] of Object.entries(frame.tensors))
        expect(difference(got.frames[t].tensors[name], values), `${name} after step ${t}`).toBeLessThan(1e-5)
      expect(difference(got.frames[t].logits, frame.logits)).toBeLessThan(1e-5)
    }
    await Promise.all(predictors.map((p) => p.dispose()))
  })

  it("ends with the logits of a whole run", async () => {
    const encoding = symbolEncoding(createTask("add"), config.model)
    const p = planEvaluation(config.model, encoding.signature)
    const { input, frames } = await traceQuestion(open(given, reference), question)
    const program = await reference.compile(p)
    const blocks = blocksOf(encoding, [{ input, target: input }], 0, 0)
    const { outputs } = await program.run(initialValues(p.shared, 5), blocks, { seed: 0, trainStep: 0 })
    const lane = outputs[0].logits.filter((_, i) => i % 16 === 0)
    expect(difference(frames[frames.length - 1].logits, lane)).toBeLessThan(1e-5)
  })
})

it("every frame names the likeliest symbol of each place, PAD among them", async () => {
  const seen = new Set<number>()
  for (const [name, model] of models) {
    const { frames } = await traceQuestion(open(untrained(model), reference), question)
    for (const { step, symbols, logits } of frames) {
      const V = logits.length / symbols.length
      const best = Array.from(symbols, (_, l) => {
        const place = Array.from(logits.subarray(l * V, (l + 1) * V))
        return place.indexOf(Math.max(...place))
      })
      expect([...symbols], `${name}, step ${step}`).toEqual(best)
      for (const symbol of best) seen.add(symbol)
    }
  }
  expect(seen).toContain(0) // PAD
})

describe.each(["original", "diagonal"] as const)("the %s form", (form) => {
  const given = untrained({ name: "neural-gpu", ...forms[form] })

  it("can be explained cell by cell: weighted sums, gates and candidate make the memory that the trace shows", async () => {
    const { frames } = await traceQuestion(open(given, reference), question)
    const { width: W, maps: M } = forms[form]
    const name = form === "original" ? "cgru" : "dcgru"
    for (const t of [0, 4])
      for (const l of [0, 5, 10])
        for (let w = 0; w < W; w++)
          for (let m = 0; m < M; m++) {
            const [before, after] = [frames[t], frames[t + 1]]
            const stories = explainCell(forms[form], given.weights, before, after, { l, w, m })
            const i = (l * W + w) * M + m
            for (const [layer, story] of stories.entries())
              for (const kind of ["update", "reset", "candidate"] as const)
                expect(Math.abs(story[kind].value - after.tensors[`${name}${layer}/${kind}`][i])).toBeLessThan(1e-5)
            expect(Math.abs(stories[stories.length - 1].value - after.tensors.state[i])).toBeLessThan(1e-5)
          }
  })
})

describe("the shipped model", () => {
  const model = loadModel("add")

  it("gives the answer that run gives, and can be continued from any frame", async () => {
    const predictor = open(model, wasm(1))
    for (const question of ["1011+110", "1111111111+1", "0+0"]) {
      const trace = await traceQuestion(predictor, question)
      const { answer, expected } = await predictor.predict(question)
      expect(trace).toMatchObject({ answer, expected, right: true })
      const computation = await predictor.trace(question)
      expect(await all(computation.frames(trace.frames[2]))).toEqual(trace.frames.slice(2))
    }
    await predictor.dispose()
  })

  it("answers questions that come together as if they came alone", async () => {
    const predictor = open(model, wasm(1))
    const questions = ["1011+110", "11010110+1101011", "1+1"]
    const together = await Promise.all(questions.map((question) => traceQuestion(predictor, question)))
    for (const [i, question] of questions.entries())
      expect(together[i]).toEqual(await traceQuestion(predictor, question))
    await predictor.dispose()
  })

  it("feels damage: a memory that is wiped does not give the answer", async () => {
    const predictor = open(model, wasm(1))
    const trace = await traceQuestion(predictor, "101101+10011")
    const state = trace.frames[4].tensors.state.map(() => 0)
    const computation = await predictor.trace("101101+10011")
    const damaged = await computation.change(trace.frames[4], { state })
    expect(damaged.tensors.state).toEqual(state)
    expect(damaged.step).toBe(4)
    const frames = await all(computation.frames(damaged))
    expect(frames).toHaveLength(trace.frames.length - 4)
    expect(predictor.task.formatAnswer(last({ frames }).symbols)).not.toBe(trace.answer)
    await predictor.dispose()
  })
})

describe("a scan taken apart", () => {
  it("knows its step's number, and what scans before it found", async () => {
    const g = new Graph()
    const x = g.lane("x", ["L", 1, 1])
    const [out] = g.scan([x], ([s]) => [g.map([s], (a) => add(a, step))])
    const { step: part } = extractScan(g, { out })
    const run = async ({ graph, outputs }: typeof part, steps: number, inputs: Record<string, Float32Array>) => {
      const program = await reference.compile(plan(graph, { outputs }))
      const block = { length: 2, steps, firstExample: 0, inputs }
      return (await program.run(new Float32Array(0), [block], { seed: 0, trainStep: 0 })).outputs[0]
    }
    const number = { step: new Float32Array(16).fill(7) }
    const now = await run(part, 1, { [carryName(0)]: new Float32Array(32).fill(0.5), ...number })
    expect([...now[nextName(0)]]).toEqual(new Array(32).fill(7.5))

    // a second scan: twice the first one's result, added at every step
    const double = g.map([out], (a) => add(a, a))
    const [again] = g.scan([g.zeros(["L", 1, 1])], ([s]) => [g.map([s, double], add)])
    const parts = extractScan(g, { again })
    const found = await run(parts.begin, 3, { x: new Float32Array(32).fill(1) })
    expect([found[nextName(0)][0], found[nextName(1)][0]]).toEqual([0, 4]) // 1 + 0 + 1 + 2
    const carries = { [carryName(0)]: found[nextName(0)], [carryName(1)]: found[nextName(1)] }
    const after = await run(parts.step, 1, { ...carries, ...number })
    expect([after[nextName(0)][0], after[nextName(1)][0]]).toEqual([8, 4])
  })
})
