// Writes the generated files: the JSON Schema of a config and its reference page, from the fields of a config, the
// page of the public API, and pages of results from their data.
//   node scripts/reference.ts

import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { apiPage } from "./reference/api.ts"
import { configJsonSchema } from "./reference/json-schema.ts"
import { problemsPage, readResults } from "./problems/results.ts"
import { configPage } from "./reference/page.ts"

/** The content of every generated file, by path. */
export const generated = (): ReadonlyMap<string, string> =>
  new Map([
    ["config.schema.json", `${JSON.stringify(configJsonSchema(), null, 2)}\n`],
    ["docs/reference/config.md", configPage()],
    ["docs/reference/api.md", apiPage()],
    ["docs/results/problems.md", problemsPage(readResults(new URL("../results/problems.json", import.meta.url)))],
  ])

if (import.meta.main)
  for (const [path, text] of generated()) {
    writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text)
    console.log(path)
  }
