// The documentation as a reader meets it: links lead somewhere, every technique has a page, messages are those of
// the program, and sentences are short.

import fs from "node:fs"
import { dirname, join, normalize } from "node:path"
import { describe, expect, it } from "vitest"
import { medianWords, sentencesOf } from "../../scripts/sentences.ts"
import { techniques } from "../../src/training/techniques/index.ts"
import { sourceFiles } from "../source-files.ts"
import { allPages, blocks, read, readerPages, root } from "./reader-pages.ts"

/** A heading's anchor, as GitHub and the site make it. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/gu, "$1")
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/ /gu, "-")
const anchorsOf = (page: string) => [...read(page).matchAll(/^#+ (.*)$/gmu)].map(([, heading]) => anchor(heading))
const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gmu, "").replace(/`[^`\n]*`/gu, "")

it.each(allPages)("the links of %s lead somewhere", (page) => {
  for (const [, link] of withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/gu)) {
    if (/^(?:https?:|mailto:)/u.test(link)) continue
    const [path, section] = link.split("#")
    const target = path === "" ? page : normalize(join(dirname(page), path)).replaceAll("\\", "/")
    expect(fs.existsSync(join(root, target)), `${page}: ${link}`).toBe(true)
    if (section !== undefined) expect(anchorsOf(target), `${page}: ${link}`).toContain(section)
  }
})

describe.each(readerPages)("the language of %s", (page) => {
  const sentences = sentencesOf(read(page))
  it("has a median of at most 17 words a sentence", () => expect(medianWords(sentences)).toBeLessThanOrEqual(17))
  it("has no sentence of more than 35 words", () => {
    expect(sentences.filter(({ words }) => words > 35).map(({ text }) => text)).toEqual([])
  })
})

const kebab = (name: string) => name.replace(/[A-Z]/gu, (capital) => `-${capital.toLowerCase()}`)
it.each(Object.keys(techniques))("the technique %s has a page with all its parts", (name) => {
  const page = `docs/concepts/techniques/${kebab(name)}.md`
  const headings = ["Idea", "Formula", "Source", "What it is worth here", "Switch it on"]
  expect([...read(page).matchAll(/^## (.*)$/gmu)].map(([, heading]) => heading)).toEqual(headings)
  expect(blocks(page, "sh").length).toBe(1)
  expect(read("docs/concepts/techniques.md")).toContain(`techniques/${kebab(name)}.md`)
  expect(read("docs/.vitepress/config.ts")).toMatch(new RegExp(`"?${kebab(name)}"?: "`, "u"))
})

it("every page is in the site's sidebar", () => {
  const config = read("docs/.vitepress/config.ts")
  const names = allPages.flatMap((page) => /^docs\/(?:.*\/)?([^/]+)\.md$/u.exec(page)?.[1] ?? [])
  for (const name of names.filter((name) => name !== "index"))
    expect(config, name).toMatch(new RegExp(`["/ ]${name}"?[:"]`, "u"))
})

it("docs/reference/errors.md quotes messages of the program", () => {
  const code = [...sourceFiles("src").values()].map(({ text }) => text).join("\n") + read("bin/neural-gpu.mjs")
  const quoted = [...read("docs/reference/errors.md").matchAll(/^\| `([^`]+)` \|/gmu)].map(([, message]) => message)
  expect(quoted.length).toBeGreaterThan(4)
  for (const message of quoted) expect(code, message).toContain(message)
})

it("CITATION.cff names the version of package.json", () => {
  expect(read("CITATION.cff")).toContain(`\nversion: ${JSON.parse(read("package.json")).version}\n`)
})

it("README has at most 110 lines, and one value a cell in its tables", () => {
  const lines = read("README.md").split("\n")
  expect(lines.length).toBeLessThanOrEqual(111)
  for (const row of lines.filter((line) => line.startsWith("|"))) expect(row).not.toMatch(/[;,]\s*\d/u)
})
