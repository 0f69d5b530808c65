// Counts the words of sentences in pages for readers.
//   node scripts/sentences.ts docs/start.md

import { readFileSync } from "node:fs"

const sentences = new Intl.Segmenter("en", { granularity: "sentence" })
const words = new Intl.Segmenter("en", { granularity: "word" })

export interface Sentence {
  readonly text: string
  readonly words: number
}

/** The sentences of a page, without code, tables and headings. What stands in backticks counts as one word. */
export function sentencesOf(page: string): Sentence[] {
  const text = page
    .replace(/^```[\s\S]*?^```/gmu, "\n")
    .replace(/<!--[\s\S]*?-->|^---\n[\s\S]*?^---\n/gmu, "")
    .replace(/^(?:#|\||<).*$/gmu, "\n")
    .replace(/!\[[^\]]*\]\([^)]*\)/gu, "")
    .replace(/`[^`]*`/gu, "Code")
    .replace(/\[([^\]]*)\]\([^)]*\)/gu, "$1")
    .replace(/^\s*(?:[-*]|\d+\.) /gmu, "\n")
    .replace(/\*\*/gu, "")
  return text
    .split(/\n\s*\n/u)
    .flatMap((paragraph) => [...sentences.segment(paragraph.replace(/\s+/gu, " ").trim())])
    .map(({ segment }) => segment.trim())
    .filter(Boolean)
    .map((text) => ({ text, words: [...words.segment(text)].filter(({ isWordLike }) => isWordLike).length }))
}

export const medianWords = (all: readonly Sentence[]): number =>
  all.map(({ words }) => words).sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0

if (import.meta.main)
  for (const file of process.argv.slice(2)) {
    const all = sentencesOf(readFileSync(file, "utf8"))
    const longest = all.toSorted((a, b) => b.words - a.words)[0]
    console.log(
      `${file}: ${all.length} sentences, median ${medianWords(all)}, longest ${longest?.words ?? 0}: ${longest?.text ?? ""}`,
    )
  }
