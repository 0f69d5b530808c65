// `tasks`: what can be learnt, with an example of each.

import { Command } from "commander"
import { createTask, taskFamilies } from "../tasks/index.ts"
import { print, printJson, table } from "./output.ts"

export const tasksCommand = (): Command =>
  new Command("tasks")
    .description("what can be learnt")
    .option("--json", "a JSON line each")
    .action(({ json }: { json?: boolean }) => {
      const rows = taskFamilies.map(({ name, summary, sizes }) => ({ name, summary, sizes, ...createTask(name).typed }))
      if (json) rows.forEach(printJson)
      else
        table(rows.map((r) => [r.name, r.summary, `${r.question} -> ${r.answer}`, `size: ${r.sizes}`])).forEach(print)
    })
