// `models` lists the model families and the trained models of this package.

import { Command } from "commander"
import { modelNames as familyNames, graphTechniques, modelFamilies } from "../models/index.ts"
import { loadModel, modelNames, readModelAbout } from "../runs/model.ts"
import { defaultsFor } from "../training/config.ts"
import { print, printJson, table } from "./output.ts"

export const modelsCommand = (): Command =>
  new Command("models").option("--json", "print one JSON line per model").action(({ json }: { json?: boolean }) => {
    const families = familyNames.map((name) => {
      const { model } = defaultsFor(name)
      const { name: _, ...defaults } = model
      return {
        name,
        kind: "family",
        summary: modelFamilies[name].summary,
        defaults,
        techniques: graphTechniques(model),
      }
    })
    const trained = modelNames().map((name) => {
      const { config, step, seed } = loadModel(name)
      const { recipe, results } = readModelAbout(name)
      const sizes = [...new Set(results.map((r) => r.size))]
      const exact = sizes.filter((size) => results.every((r) => r.size !== size || r.exact === 1))
      const { task, model } = config
      return {
        name,
        kind: "trained",
        model: model.name,
        task: task.name,
        base: task.base,
        exact,
        recipe,
        step,
        seed,
        results,
      }
    })
    if (json) return [...families, ...trained].forEach(printJson)
    table([["--model", "description"], ...families.map((f) => [f.name, f.summary])]).forEach(print)
    if (trained.length === 0) return
    print("")
    const lines = trained.map((r) => [r.name, r.model, r.task, r.exact.join(", ") || "none", r.recipe])
    table([["trained", "model", "task", "exact at sizes", "recipe"], ...lines]).forEach(print)
  })
