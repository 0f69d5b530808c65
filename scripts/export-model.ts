// Makes a model of this package from a run: evaluates it at the sizes of models/ and writes models/<name>/.
//   node scripts/export-model.ts <run> <name> <recipe> [largest size]

import { join } from "node:path"
import { openDevice } from "../src/cli/device.ts"
import { evaluateLive, evaluationHeader, evaluationLine } from "../src/cli/eval.ts"
import { exitWith } from "../src/cli/exit.ts"
import { print, say } from "../src/cli/output.ts"
import { findRecipe } from "../src/cli/train-config.ts"
import { workersOf } from "../src/cli/values.ts"
import { UserError } from "../src/core/errors.ts"
import type { EvaluationRow } from "../src/inference/predictor.ts"
import { loadModel, modelsFolder, saveModel } from "../src/runs/model.ts"
import { openModels } from "../src/runs/open.ts"

/** Models are part of the package, which is small. */
const MOST_BYTES = 1_000_000

const shown = [
  { size: 20, samples: 256 },
  { size: 100, samples: 256 },
  { size: 200, samples: 256 },
  { size: 2000, samples: 32 },
]

await exitWith(async () => {
  const [run, name, recipe, largest = "2000"] = process.argv.slice(2)
  if (recipe === undefined || !/^[a-z0-9][a-z0-9-]*$/u.test(name))
    throw new UserError("expected: node scripts/export-model.ts <run> <name> <recipe> [largest size]")
  await findRecipe(recipe)
  const model = loadModel(run)
  const { backend } = await openDevice("auto", workersOf(undefined))
  const predictor = openModels([model], backend)
  const results: EvaluationRow[] = []
  print(evaluationHeader)
  for (const { size, samples } of shown.filter(({ size }) => size <= Number(largest)))
    for (const hard of [false, true]) {
      const row = await evaluateLive(predictor, size, { samples, hard })
      print(evaluationLine(row))
      results.push(row)
    }
  const dir = join(modelsFolder(), name)
  const bytes = saveModel(dir, model, { recipe, device: backend.name, results })
  if (bytes > MOST_BYTES) throw new UserError(`${dir}: ${bytes} bytes of weights, expected at most ${MOST_BYTES}`)
  say(`${dir}: ${bytes} bytes of weights`)
  return 0
})
