// `tasks` lists the tasks, with an example of each.

import { Command } from "commander"
import { createTask, imageTasks, taskFamilies, vectorTasks } from "../tasks/index.ts"
import { print, printJson, table } from "./output.ts"

export const tasksCommand = (): Command =>
  new Command("tasks").option("--json", "print one JSON line per task").action(({ json }: { json?: boolean }) => {
    const rows = taskFamilies.map(({ name, summary, sizes }) => ({ name, summary, sizes, ...createTask(name).typed }))
    const vectors = vectorTasks.map(({ name, summary, width, answer, trained: [from, to] }) => {
      return { name, summary, sizes: `trained: ${from} to ${to}`, width, answer }
    })
    const images = imageTasks.map(({ name, summary, height, width, classes }) => {
      return { name, summary, sizes: `${height} x ${width} pixels`, classes }
    })
    if (json) return [...rows, ...vectors, ...images].forEach(printJson)
    table(rows.map((r) => [r.name, r.summary, `${r.question} -> ${r.answer}`, `size: ${r.sizes}`])).forEach(print)
    print("")
    const shape = (r: (typeof vectors)[number]) => `${r.width} numbers -> ${r.answer} bits per step`
    const others = [
      ...vectors.map((r) => [r.name, r.summary, shape(r), `size: ${r.sizes}`]),
      ...images.map((r) => [r.name, r.summary, `image -> one of ${r.classes.length}`, r.sizes]),
    ]
    table(others).forEach(print)
  })
