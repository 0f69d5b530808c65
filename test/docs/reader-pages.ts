// The pages for readers: all but generated ones and the notebook.

import fs from "node:fs"
import { join } from "node:path"

export const root = join(import.meta.dirname, "../..")
export const read = (page: string): string => fs.readFileSync(join(root, page), "utf8")

const under = (folder: string): string[] =>
  fs
    .readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .sort()

const single = [
  "index",
  "start",
  "own-problem",
  "attack",
  "browser",
  "engine",
  "models",
  "glossary",
  "results",
  "reproducing",
  "architecture",
  "gpu",
  "kernels",
  "sweeps",
  "page",
  "compare",
]
export const readerPages: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...single.map((page) => `docs/${page}.md`),
  ...under("docs/guide"),
  ...under("docs/concepts"),
  "docs/reference/files.md",
  "docs/reference/errors.md",
]

/** All pages of the repository, without the site's build. */
export const allPages: readonly string[] = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"],
  ...under("docs").filter((page) => !/\/(?:\.vitepress|public)\//u.test(page)),
]

/** The code blocks of a language. */
export const blocks = (page: string, language: string): string[] =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gmsu"))].map(([, code]) => code)
