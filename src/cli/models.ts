// `models`: the trained models that come with this package.

import { Command } from "commander"
import { loadModel, modelNames, readModelAbout } from "../runs/model.ts"
import { print, printJson, say, table } from "./output.ts"

export const modelsCommand = (): Command =>
  new Command("models")
    .description("trained models that are there already; their names work like runs")
    .option("--json", "a JSON line each")
    .action(({ json }: { json?: boolean }) => {
      const rows = modelNames().map((name) => {
        const { config, step, seed } = loadModel(name)
        const { recipe, results } = readModelAbout(name)
        const sizes = [...new Set(results.map((r) => r.size))]
        const exact = sizes.filter((size) => results.every((r) => r.size !== size || r.exact === 1))
        return { name, task: config.task.name, base: config.task.base, exact, recipe, step, seed, results }
      })
      if (json) return rows.forEach(printJson)
      if (rows.length === 0) return say("there are no trained models here yet; make one with: neural-gpu train add")
      const lines = rows.map((r) => [r.name, r.task, r.exact.join(", ") || "none", r.recipe])
      table([["name", "task", "exact at sizes", "recipe"], ...lines]).forEach(print)
    })
