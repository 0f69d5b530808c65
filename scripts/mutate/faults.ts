// Lists every single-line fault of a source: a changed operator, number, condition, statement, argument or
// field. Comments, types, imports and messages are left alone.

import { parseSync } from "vite"

export const kinds = [
  "arithmetic",
  "comparison",
  "negation",
  "constant",
  "condition",
  "statement removed",
  "early return",
  "swapped arguments",
  "swapped function",
  "string or field",
] as const
export type Kind = (typeof kinds)[number]

export interface Fault {
  readonly file: string
  readonly line: number
  readonly kind: Kind
  /** The characters of the source to replace, and their replacement. */
  readonly from: number
  readonly to: number
  readonly before: string
  readonly after: string
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const arithmetic: Readonly<Record<string, string>> = {
  ...{ "+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "**": "*", "<<": ">>", ">>": "<<", ">>>": "<<" },
  ...{ "&": "|", "|": "&", "^": "&", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=" },
}
const comparisons: Readonly<Record<string, readonly string[]>> = {
  ...{ "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"] },
  ...{ "===": ["!=="], "!==": ["==="], "==": ["!="], "!=": ["=="] },
}
const logical: Readonly<Record<string, string>> = { "&&": "||", "||": "&&" }
/** Functions that can replace one another: of Math, of expressions and of the kernel language. */
const functions = new Map<string, readonly string[]>(
  Object.entries({
    ...{ min: ["max"], max: ["min"], floor: ["ceil", "round"], ceil: ["floor"], round: ["floor"] },
    ...{ add: ["sub"], sub: ["add"], mul: ["div", "add"], div: ["mul"], tanh: ["sigmoid"], sigmoid: ["tanh"] },
    ...{ iadd: ["isub"], isub: ["iadd"], imul: ["iadd"], every: ["some"], some: ["every"], exp: ["tanh"] },
    ...{ softplus: ["sigmoid"], less: ["equal"], sqrt: ["abs"] },
  }),
)
/** Functions whose arguments may be swapped without effect. */
const commutative = /^(min|max|add|mul|equal|iadd|imul|imax|imin|hypot)$/u
/** Functions whose arguments are messages. */
const talkers = /^(Error|UserError|TypeError|RangeError|say|print|printJson|description|option|addHelpText)$/u
const proseKeys = /^(about|summary|label|title|sizes|help)$/u

/** All faults of one file, in order of position. */
export function faultsIn(file: string, source: string): Fault[] {
  const { program } = parseSync(file, source)
  const lineOf = (at: number) => source.slice(0, at).split("\n").length
  const faults: Fault[] = []
  const put = (kind: Kind, from: number, to: number, after: string) => {
    const before = source.slice(from, to)
    if (before.includes("\n") || before === after) return
    faults.push({ file, line: lineOf(from), kind, from, to, before, after })
  }
  const text = (node: Node) => source.slice(node.start, node.end)
  const visit = visitor({ source, put, text, others: namesIn(program as unknown as Node, text) })
  visit(program as unknown as Node, [])
  return faults.toSorted((a, b) => a.from - b.from || a.to - b.to)
}

interface Names {
  /** Names that the file imports or defines. */
  readonly known: ReadonlySet<string>
  /** Fields that are read of each name, and words that occur as strings. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>
  readonly words: readonly string[]
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string"

function* children(node: Node): Generator<Node> {
  for (const [key, value] of Object.entries(node)) {
    if (key === "typeAnnotation" || key === "typeArguments" || key === "typeParameters" || key === "returnType")
      continue
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield child
  }
}

/** Types and module names are not code. */
const isSkipped = ({ type }: Node) =>
  (type.startsWith("TS") && !/^TS(As|Satisfies|NonNull)/u.test(type)) || /^(Import|ExportAll)Decl/u.test(type)

function namesIn(program: Node, text: (node: Node) => string): Names {
  const known = new Set<string>()
  const fields = new Map<string, Set<string>>()
  const words = new Set<string>()
  const look = (node: Node): void => {
    if (node.type === "ImportSpecifier") known.add(text(node.local as Node))
    if (node.type === "MemberExpression" && !node.computed && (node.object as Node).type === "Identifier") {
      const name = text(node.object as Node)
      fields.set(name, (fields.get(name) ?? new Set()).add(text(node.property as Node)))
    }
    if (node.type === "Literal" && isWord(node.value)) words.add(node.value)
    for (const child of children(node)) if (!isSkipped(child) || /^Import/u.test(child.type)) look(child)
  }
  look(program)
  return { known, fields, words: [...words] }
}

const isWord = (value: unknown): value is string => typeof value === "string" && /^[\w/-]{1,24}$/u.test(value)

interface Surroundings {
  readonly source: string
  readonly put: (kind: Kind, from: number, to: number, after: string) => void
  readonly text: (node: Node) => string
  readonly others: Names
}

function visitor(around: Surroundings) {
  const { put, text } = around
  return function visit(node: Node, parents: readonly Node[]): void {
    if (isSkipped(node) || isProse(node, text)) return
    const [left, right] = [node.left, node.right] as Node[]
    switch (node.type) {
      case "BinaryExpression":
      case "AssignmentExpression":
      case "LogicalExpression":
        operator(around, node, left, right)
        break
      case "UnaryExpression":
        if (node.operator === "!" || node.operator === "-") put("negation", node.start, node.start + 1, "")
        break
      case "Literal":
        literal(around, node, parents)
        break
      case "IfStatement":
      case "ConditionalExpression":
        for (const value of ["true", "false"])
          put("condition", (node.test as Node).start, (node.test as Node).end, value)
        break
      case "ExpressionStatement":
      case "ThrowStatement":
      case "ContinueStatement":
        statement(around, node, parents)
        break
      case "CallExpression":
      case "NewExpression":
        call(around, node)
        break
      case "MemberExpression":
        field(around, node, parents[parents.length - 1])
        break
    }
    const within = [...parents, node]
    for (const child of children(node)) if (!isKey(node, child)) visit(child, within)
  }
}

const isKey = (node: Node, child: Node) => node.type === "Property" && child === node.key && !node.computed

function isProse(node: Node, text: (node: Node) => string): boolean {
  if (node.type === "TemplateLiteral") return /[a-z] [a-z]/iu.test(text(node))
  if (node.type === "Property") return proseKeys.test(text(node.key as Node))
  if (node.type !== "CallExpression" && node.type !== "NewExpression") return false
  const callee = node.callee as Node
  return talkers.test(text((callee.type === "MemberExpression" ? callee.property : callee) as Node))
}

function operator({ source, put, text }: Surroundings, node: Node, left: Node, right: Node): void {
  const sign = node.operator as string
  const between = source.slice(left.end, right.start)
  const from = left.end + between.indexOf(sign)
  const swap = (kind: Kind, after: string) => put(kind, from, from + sign.length, after)
  if (sign === "+" && /["'`]/u.test(text(left) + text(right))) return // sentences
  if (arithmetic[sign]) swap("arithmetic", arithmetic[sign])
  for (const other of comparisons[sign] ?? []) swap("comparison", other)
  if (logical[sign]) swap("condition", logical[sign])
  if (sign === "??") put("condition", node.start, node.end, text(right))
}

function literal({ put, others }: Surroundings, node: Node, parents: readonly Node[]): void {
  const change = (kind: Kind, after: string) => put(kind, node.start, node.end, after)
  const { value } = node
  if (typeof value === "boolean") change("negation", String(!value))
  else if (typeof value === "number")
    for (const other of new Set([2 * value, value + 1, 0])) if (other !== value) change("constant", String(other))
  if (!isWord(value) || parents.length < 2) return
  const at = others.words.indexOf(value)
  const other = others.words[(at + 1) % others.words.length]
  if (other !== value) change("string or field", JSON.stringify(other))
}

function statement({ put }: Surroundings, node: Node, parents: readonly Node[]): void {
  if (node.directive) return
  put("statement removed", node.start, node.end, "{}")
  const body = parents[parents.length - 1]
  const around = parents[parents.length - 2]
  if (node.type !== "ExpressionStatement" || body?.type !== "BlockStatement" || !/Function/u.test(around?.type ?? ""))
    return
  const first = (body.body as Node[])[0] === node
  if (!first && !returnsValue(body)) put("early return", node.start, node.start, "return; ")
}

function returnsValue(node: Node): boolean {
  if (node.type === "ReturnStatement") return node.argument !== null
  return [...children(node)].some((child) => !/Function/u.test(child.type) && returnsValue(child))
}

function call({ source, put, text, others }: Surroundings, node: Node): void {
  const callee = node.callee as Node
  const given = node.arguments as Node[]
  const of = callee.type === "MemberExpression" ? (callee.property as Node) : callee
  for (let i = 0; i + 1 < given.length && !commutative.test(text(of)); i++) {
    const [a, b] = [given[i], given[i + 1]]
    if ([a, b].some((x) => /Function|Spread|Object/u.test(x.type) || isProse(x, text)) || text(a) === text(b)) continue
    put("swapped arguments", a.start, b.end, text(b) + source.slice(a.end, b.start) + text(a))
  }
  const free = callee.type === "MemberExpression" // a method needs no import
  for (const other of functions.get(text(of)) ?? [])
    if (free || others.known.has(other)) put("swapped function", of.start, of.end, other)
}

function field({ put, text, others }: Surroundings, node: Node, parent: Node | undefined): void {
  const property = node.property as Node
  const isCalled = parent?.type === "CallExpression" && parent.callee === node
  if (node.computed || isCalled || (node.object as Node).type !== "Identifier") return
  const all = [...(others.fields.get(text(node.object as Node)) ?? [])]
  const other = all[(all.indexOf(text(property)) + 1) % all.length]
  if (other !== undefined) put("string or field", property.start, property.end, other)
}
