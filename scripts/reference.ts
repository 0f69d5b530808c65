// Writes the generated files: the JSON Schema of a config and its reference page, from the fields of a config; the
// pages of the commands and of the public API; the picture of the README; and pages of results from their data.
//   node scripts/reference.ts

import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { problemsPage, readResults } from "./problems/results.ts"
import { apiPage } from "./reference/api.ts"
import { commandsPage } from "./reference/commands.ts"
import { configJsonSchema } from "./reference/json-schema.ts"
import { configPage } from "./reference/page.ts"
import { additionPicture } from "./reference/picture.ts"
import { shippedPage } from "./reference/shipped.ts"

/** What npm run problems measured. */
const problems = new URL("../results/problems.json", import.meta.url)

/** The content of every generated file, by path. */
export const generated = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([
    ["config.schema.json", `${JSON.stringify(configJsonSchema(), null, 2)}\n`],
    ["docs/reference/config.md", configPage()],
    ["docs/reference/api.md", apiPage()],
    ["docs/reference/commands.md", await commandsPage()],
    ["docs/reference/shipped.md", shippedPage()],
    ["docs/pictures/add.svg", await additionPicture()],
    ["docs/results/problems.md", problemsPage(readResults(problems))],
  ])

if (import.meta.main)
  for (const [path, text] of await generated()) {
    writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text)
    console.log(path)
  }
