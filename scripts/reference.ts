// Writes the files that are generated from the fields of a config: its JSON Schema and its reference page.
//   node scripts/reference.ts

import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { configJsonSchema } from "./reference/json-schema.ts"
import { configPage } from "./reference/page.ts"

/** The content of every generated file, by path. */
export const generated = (): ReadonlyMap<string, string> =>
  new Map([
    ["config.schema.json", `${JSON.stringify(configJsonSchema(), null, 2)}\n`],
    ["docs/reference/config.md", configPage()],
  ])

if (import.meta.main)
  for (const [path, text] of generated()) {
    writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text)
    console.log(path)
  }
