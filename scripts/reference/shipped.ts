// Generates docs/reference/shipped.md: what each model of this package got right when it was evaluated.

import { modelNames, readModelAbout } from "../../src/runs/model.ts"

const intro = `# Models of the package

<!-- written by scripts/reference.ts from models/*/evaluation.json -->

Right answers of all that were asked, when the model was exported.
\`neural-gpu eval NAME --hard\` asks others.
`

/** The whole page. */
export function shippedPage(): string {
  const all = modelNames().map((name) => ({ name, about: readModelAbout(name) }))
  const sizes = [...new Set(all.flatMap(({ about }) => about.results.map(({ size }) => size)))].sort((a, b) => a - b)
  const rows = all.flatMap(({ name, about: { seed, step, results } }) =>
    [false, true].map((hard) => {
      const cells = sizes.map((size) => {
        const row = results.find((row) => row.size === size && row.hard === hard)
        return row === undefined ? "–" : `${Math.round(row.exact * row.samples)} of ${row.samples}`
      })
      return `| ${[`\`${name}\``, hard ? "hard" : "random", seed, step.toLocaleString("en"), ...cells].join(" | ")} |`
    }),
  )
  const columns = ["model", "questions", "seed", "steps", ...sizes.map((size) => `size ${size}`)]
  return [intro, `| ${columns.join(" | ")} |`, `|${" --- |".repeat(columns.length)}`, ...rows, ""].join("\n")
}
