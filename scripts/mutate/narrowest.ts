// Finds the tests that could detect a change of a file: those that import it, directly or indirectly. Those
// with the fewest imports come first.

import fs from "node:fs"
import { dirname, join, normalize } from "node:path"

/** Type imports have no effect when a test runs. */
const typesOnly = /^(?:import|export) type (?:\{[^}]*\}|\w+) from "[^"]*"/gmu

/** The relative paths that a file names: imports, workers, programs that a test starts, data. */
function named(root: string, file: string): string[] {
  const text = fs.readFileSync(join(root, file), "utf8").replace(typesOnly, "")
  const paths = [...text.matchAll(/["'`](\.{1,2}\/[^"'`\s$*]+)["'`]/gu)].map(([, path]) =>
    normalize(join(dirname(file), path)),
  )
  return [...new Set(paths)].filter(
    (path) => !path.startsWith("..") && fs.statSync(join(root, path), { throwIfNoEntry: false })?.isFile(),
  )
}

export interface TestFile {
  readonly file: string
  /** Every file that it depends on, including itself. */
  readonly needs: ReadonlySet<string>
}

/** All test files with their dependencies. */
export function testFiles(root: string): TestFile[] {
  const known = new Map<string, string[]>()
  const namedBy = (file: string) => {
    const found = known.get(file) ?? (/\.(m?js|tsx?)$/u.test(file) ? named(root, file) : [])
    known.set(file, found)
    return found
  }
  return fs.globSync("test/**/*.test.ts", { cwd: root }).map((file) => {
    const needs = new Set([file])
    for (const need of needs) for (const next of namedBy(need)) needs.add(next)
    return { file, needs }
  })
}

/** The tests of a file, narrowest first. Equally narrow ones are ordered by time. */
export function testsOf(tests: readonly TestFile[], file: string, secondsOf = (_: string) => 0): string[] {
  const rank = ({ needs }: TestFile) => Math.round(Math.log(needs.size) / Math.log(1.3))
  return tests
    .filter(({ needs }) => needs.has(file))
    .toSorted((a, b) => rank(a) - rank(b) || secondsOf(a.file) - secondsOf(b.file) || (a.file < b.file ? -1 : 1))
    .map((test) => test.file)
}
