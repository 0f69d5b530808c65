// The sources as data, for architecture.test.ts: the imports of each file, and the length of its functions.

import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { parseAst } from "vite"

const root = fileURLToPath(new URL("..", import.meta.url))

export interface Import {
  /** Path of the file, from the project's root. */
  readonly from: string
  /** Whether it imports only types. */
  readonly types: boolean
  /** Whether it is a dynamic import. */
  readonly lazy: boolean
}
export interface LongFunction {
  readonly name: string
  readonly lines: number
}
export interface SourceFile {
  readonly path: string
  readonly text: string
  /** The source without comments; strings are unchanged. */
  readonly code: string
  readonly imports: readonly Import[]
  /** Packages, and modules of Node. */
  readonly packages: readonly Import[]
  readonly functions: readonly LongFunction[]
}

type Tree = { readonly type: string; readonly start: number; readonly end: number } & Readonly<Record<string, unknown>>
const isTree = (x: unknown): x is Tree => typeof x === "object" && x !== null && "type" in x
const children = (tree: Tree): Tree[] => Object.values(tree).flat().filter(isTree)

function read(path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8")
  const imports: Import[] = []
  const packages: Import[] = []
  const functions: LongFunction[] = []
  const note = (name: unknown, types: boolean, lazy: boolean) => {
    if (typeof name !== "string") return
    if (!name.startsWith(".")) packages.push({ from: name, types, lazy })
    else imports.push({ from: join(dirname(path), name).replaceAll("\\", "/"), types, lazy })
  }
  const visit = (tree: Tree, name: string): void => {
    const { source, specifiers } = tree
    if (tree.type === "TSImportType") {
      if (isTree(source)) note(source.value, true, false)
    } else if (isTree(source)) {
      const kinds = Array.isArray(specifiers) ? specifiers.map((s) => s.importKind ?? s.exportKind) : []
      const types =
        [tree.importKind, tree.exportKind].includes("type") || (kinds.length > 0 && kinds.every((k) => k === "type"))
      note(source.value, types, tree.type === "ImportExpression")
    }
    // new URL("./worker.ts", import.meta.url): the entry file of another thread
    if (tree.type === "NewExpression" && isTree(tree.callee) && tree.callee.name === "URL") {
      const [first] = tree.arguments as Tree[]
      if (typeof first?.value === "string" && /^\.\/.*\.[jt]sx?$/.test(first.value))
        note(first.value.replace(/\.js$/, ".ts"), false, true)
    }
    const named = [tree.id, tree.key].find(isTree)?.name ?? name
    if (/Function/.test(tree.type) && isTree(tree.body))
      functions.push({ name: String(named), lines: text.slice(tree.start, tree.end).split("\n").length })
    for (const child of children(tree)) visit(child, String(named))
  }
  visit(parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts" }) as unknown as Tree, "")
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "")
  return { path, text, code, imports, packages, functions }
}

/** All TypeScript under some folders, by path. */
export const sourceFiles = (...folders: readonly string[]): ReadonlyMap<string, SourceFile> =>
  new Map(
    folders
      .flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((f) => join(folder, f)),
      )
      .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"))
      .map((path) => relative(root, join(root, path)).replaceAll("\\", "/"))
      .sort()
      .map((path) => [path, read(path)]),
  )

/** The import cycles, types included: the shortest one for every file that is in a cycle. */
export function circles(files: ReadonlyMap<string, SourceFile>): string[][] {
  const found = new Map<string, string[]>()
  for (const start of files.keys()) {
    const before = new Map<string, string>()
    const queue = [start]
    for (const at of queue)
      for (const { from, lazy } of files.get(at)?.imports ?? []) {
        if (lazy || before.has(from)) continue
        before.set(from, at)
        queue.push(from)
      }
    if (!before.has(start)) continue
    const circle = [start]
    for (let at = before.get(start); at !== undefined && at !== start; at = before.get(at)) circle.unshift(at)
    const first = circle.indexOf([...circle].sort()[0])
    found.set([...circle].sort().join(" "), [...circle.slice(first), ...circle.slice(0, first)])
  }
  return [...found.values()]
}
