// Generates docs/reference/api.md: what the package's entries export, and every declaration that these exports
// reach. A change of the public API so shows in review.

import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { parseAst } from "vite"

const root = fileURLToPath(new URL("../..", import.meta.url))

const intro = `# The public API

<!-- written by scripts/reference.ts: edit the sources, then run node scripts/reference.ts -->

What the entries of the package export, and below every declaration that an export reaches.
`

type Tree = { readonly type: string; readonly start: number; readonly end: number } & Readonly<Record<string, unknown>>
const isTree = (x: unknown): x is Tree => typeof x === "object" && x !== null && "type" in x
const trees = (x: unknown): Tree[] => [x].flat().filter(isTree)
const nameOf = (x: unknown): string => (isTree(x) ? String(x.name ?? x.value) : "")

/** A declaration: its file, and its name there. */
interface Place {
  readonly file: string
  readonly name: string
}

/** Stands for all that a file exports: `export * as kernel`. */
const ALL = "*"

interface Module {
  readonly text: string
  /** The declarations of each name: functions may have several. */
  readonly declared: ReadonlyMap<string, readonly Tree[]>
  /** What a name stands for that the file imports or exports again. */
  readonly imported: ReadonlyMap<string, Place>
  readonly exported: ReadonlyMap<string, Place>
  /** Files of which it exports everything. */
  readonly stars: readonly string[]
}

function read(folder: string, file: string): Module {
  const text = readFileSync(join(folder, file), "utf8")
  const declared = new Map<string, Tree[]>()
  const imported = new Map<string, Place>()
  const exported = new Map<string, Place>()
  const stars: string[] = []
  const at = (source: unknown) => declarationFile(file, nameOf(source))
  const declare = (declaration: Tree, isExported: boolean) => {
    const ids = declaration.type === "VariableDeclaration" ? trees(declaration.declarations) : [declaration]
    for (const { id } of ids) {
      declared.set(nameOf(id), [...(declared.get(nameOf(id)) ?? []), declaration])
      if (isExported) exported.set(nameOf(id), { file, name: nameOf(id) })
    }
  }
  for (const statement of (parseAst(text, { lang: "ts" }) as unknown as { body: Tree[] }).body) {
    const { type, declaration, source, specifiers } = statement
    if (type === "ExportAllDeclaration" && isTree(statement.exported))
      exported.set(nameOf(statement.exported), { file: at(source), name: ALL })
    else if (type === "ExportAllDeclaration") stars.push(at(source))
    else if (type === "ImportDeclaration")
      for (const { local, imported: name } of trees(specifiers))
        imported.set(nameOf(local), { file: at(source), name: nameOf(name) })
    else if (type === "ExportNamedDeclaration" && isTree(declaration)) declare(declaration, true)
    else if (type === "ExportNamedDeclaration")
      for (const { local, exported: name } of trees(specifiers))
        exported.set(nameOf(name), { file: isTree(source) ? at(source) : file, name: nameOf(local) })
    else declare(statement, false)
  }
  return { text, declared, imported, exported, stars }
}

/** The file that an import means; "" for a package. */
const declarationFile = (from: string, source: string): string =>
  source.startsWith(".") ? join(dirname(from), source).replace(/\.[jt]s$/u, ".d.ts") : ""

class Api {
  readonly #folder: string
  readonly #modules = new Map<string, Module>()

  constructor(folder: string) {
    this.#folder = folder
  }

  module(file: string): Module {
    const module = this.#modules.get(file) ?? read(this.#folder, file)
    this.#modules.set(file, module)
    return module
  }

  /** The names that a file exports. */
  namesOf(file: string): string[] {
    const { exported, stars } = this.module(file)
    return [...new Set([...exported.keys(), ...stars.flatMap((star) => this.namesOf(star))])].sort()
  }

  /** Where a name of a file is declared; undefined for names of packages and of the language. */
  find({ file, name }: Place): Place | undefined {
    if (file === "") return undefined
    const { declared, imported, exported, stars } = this.module(file)
    if (name === ALL || declared.has(name)) return { file, name }
    const next = imported.get(name) ?? exported.get(name)
    if (next && (next.file !== file || next.name !== name)) return this.find(next)
    for (const star of stars) {
      const found = this.find({ file: star, name })
      if (found) return found
    }
    return undefined
  }

  /** The declarations that a syntax tree names. */
  reachedBy(file: string, tree: Tree): Place[] {
    const found: Place[] = []
    const visit = (node: Tree) => {
      const named = [
        node.typeName,
        node.exprName,
        node.type === "TSInterfaceHeritage" ? node.expression : node.superClass,
      ]
      for (const name of trees(named)) if (name.type === "Identifier") found.push({ file, name: nameOf(name) })
      if (node.type === "TSImportType")
        found.push({ file: declarationFile(file, nameOf(node.source)), name: nameOf(node.qualifier) })
      for (const child of Object.values(node).flat()) if (isTree(child)) visit(child)
    }
    visit(tree)
    return found.map((place) => this.find(place)).filter((place) => place !== undefined)
  }
}

/** The whole page. */
export function apiPage(): string {
  const folder = mkdtempSync(join(tmpdir(), "neural-gpu-api-"))
  try {
    const args = ["-p", "tsconfig.build.json", "--outDir", folder, "--emitDeclarationOnly", "--removeComments"]
    execFileSync(join(root, "node_modules/.bin/tsc"), args, { cwd: root })
    return pageOf(new Api(folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The entries of package.json, and the file of each one's types. */
function entries(): [name: string, file: string][] {
  const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  return Object.entries<{ types: string }>(exports).map(([entry, { types }]) => [
    entry.replace(/^\./u, name),
    relative("dist", types),
  ])
}

function pageOf(api: Api): string {
  const sections = entries().map(([entry, file]) => {
    const names = api.namesOf(file).map((name) => `\`${name}\``)
    return `## ${entry}\n\n${names.join(", ")}\n`
  })
  const places = entries().flatMap(([, file]) => api.namesOf(file).map((name) => api.find({ file, name })))
  return [intro, ...sections, "## Declarations\n", ...declarations(api, places)].join("\n")
}

/** The text of all declarations that these reach, file by file. */
function declarations(api: Api, places: readonly (Place | undefined)[]): string[] {
  const texts = new Map<string, Map<number, string>>()
  const queue = places.filter((place) => place !== undefined)
  for (const { file, name } of queue) {
    if (name === ALL) {
      queue.push(...api.namesOf(file).flatMap((one) => api.find({ file, name: one }) ?? []))
      continue
    }
    const { text, declared } = api.module(file)
    const own = texts.get(file) ?? new Map<number, string>()
    texts.set(file, own)
    for (const tree of declared.get(name) ?? []) {
      if (own.has(tree.start)) continue
      own.set(
        tree.start,
        text
          .slice(tree.start, tree.end)
          .replace(/^declare /u, "")
          .replace(/^ {4,}/gmu, halved),
      )
      queue.push(...api.reachedBy(file, tree))
    }
  }
  return [...texts.keys()].sort().map((file) => {
    const own = [...(texts.get(file) as Map<number, string>)].sort(([a], [b]) => a - b).map(([, text]) => text)
    return `### ${file.replace(/^src\//u, "").replace(/\.d\.ts$/u, "")}\n\n\`\`\`ts\n${own.join("\n")}\n\`\`\`\n`
  })
}

const halved = (spaces: string): string => spaces.slice(0, spaces.length / 2)
