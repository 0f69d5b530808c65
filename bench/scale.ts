// Memory and time of long evaluations and long training steps: node bench/scale.ts [native|wasm]

import { loadavg } from "node:os"
import type { Backend } from "../src/backends/backend.ts"
import { createBackend } from "../src/backends/index.ts"
import { initialValues } from "../src/core/params.ts"
import { random } from "../src/core/rng.ts"
import { blocksOf, encodingOf } from "../src/encoding/index.ts"
import { planEvaluation } from "../src/inference/member.ts"
import { neuralGpuForms } from "../src/models/neural-gpu.ts"
import { createTask } from "../src/tasks/index.ts"
import { planTraining } from "../src/training/model.ts"

const task = createTask("add")
const examples = (count: number, size: number) =>
  Array.from({ length: count }, (_, i) => task.random(size, random(1, i)))

async function measure(
  what: string,
  backend: Backend,
  training: boolean,
  maps: number,
  size: number,
  batch: number,
): Promise<void> {
  const model = { name: "neural-gpu", ...neuralGpuForms.diagonal, maps } as const
  const encoding = encodingOf(task, model)
  const longest = task.length(size)
  const plan = training
    ? planTraining(model, encoding.signature, { longest })
    : planEvaluation(model, encoding.signature)
  const program = await backend.compile(plan)
  const shared = initialValues(plan.shared, 1)
  const begin = performance.now()
  await program.run(shared, blocksOf(encoding, examples(batch, size), 0, 1 / batch), { seed: 1, trainStep: 0 })
  const seconds = (performance.now() - begin) / 1000
  // three gates of 3 taps, m × m, at every place and step; backward costs twice the forward pass
  const gflop = (batch * longest * longest * 9 * maps * maps * 2 * (training ? 3 : 1)) / 1e9
  const memory = plan.options.memory ?? "no gradient"
  console.log(
    `${what}, ${backend.name}, ${backend.workers} workers: L ${longest}, m ${maps}, batch ${batch}: ${seconds.toFixed(2)} s, ` +
      `${(gflop / seconds).toFixed(0)} GFLOP/s, ${(program.peakBytes / 2 ** 20).toFixed(0)} MiB (${memory}), load ${loadavg()[0].toFixed(1)}`,
  )
  await program.dispose()
}

const names = process.argv.slice(2)
for (const name of names.length > 0 ? names : ["native", "wasm"]) {
  const { backend } = await createBackend(name, { workers: 2, env: process.env, ownThread: true })
  await measure("training step", backend, true, 48, 100, 32)
  if (name === "native") await measure("training step beyond the limit of storing", backend, true, 48, 200, 32)
  if (name === "native") await measure("one batch of additions", backend, false, 24, 2000, 16)
}
