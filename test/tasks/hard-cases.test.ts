// Every hard case of every task is hard in the way that its data (`hard`) states. This is checked on the
// question as text. If long carries did not carry, a model that fails on carries would look right.

import { describe, expect, it } from "vitest"
import { random, Stream } from "../../src/core/rng.ts"
import { createTask, type HardCase, type Task, taskFamilies } from "../../src/tasks/index.ts"

/**
 * A question as digits of each number, least significant first, or as a sequence's symbols, counted from 0.
 */
interface Asked {
  readonly base: number
  readonly size: number
  readonly a: readonly number[]
  /** Absent if the question is one number. */
  readonly b?: readonly number[]
  readonly rest: readonly (readonly number[])[]
  /** The numbers' values. */
  readonly values: readonly bigint[]
}

function read(task: Task, input: Uint8Array): Asked {
  const { base } = task.options
  const text = task.formatInput(input)
  const numbers = text.split(/[+*]/u).map((digits) => Array.from(digits, Number))
  const [a, b, ...rest] = isArithmetic(task) ? numbers.map((digits) => digits.toReversed()) : numbers
  const values = [a, ...(b ? [b] : []), ...rest].map((digits) =>
    digits.reduceRight((sum, digit) => sum * BigInt(base) + BigInt(digit), 0n),
  )
  return { base, size: a.length, a, ...(b ? { b } : {}), rest, values }
}

const isArithmetic = ({ name }: Task) => /^(add|mul|increment)/u.test(name)

/** The places at which the sum of two numbers carries. */
function carries(a: readonly number[], b: readonly number[], base: number): boolean[] {
  let carry = 0
  return a.map((digit, i) => (carry = Number(digit + b[i] + carry >= base)) === 1)
}

type Of<F extends HardCase["family"]> = Extract<HardCase, { family: F }>
type Operand = Of<"operands">["a"]

function isNumber(kind: Operand, digits: readonly number[], base: number): boolean {
  const all = (want: (i: number) => number) => digits.every((digit, i) => digit === want(i))
  const top = base - 1
  if (typeof kind === "object")
    return "power" in kind ? all((i) => +(i === kind.power)) : all((i) => (i < kind.largestOf ? top : 0))
  switch (kind) {
    case "zero":
      return all(() => 0)
    case "one":
      return all((i) => +(i === 0))
    case "two":
      return base > 2 ? all((i) => (i === 0 ? 2 : 0)) : all((i) => +(i === 1))
    case "full":
      return all(() => top)
    case "ones":
      return all(() => 1)
    case "alternating":
      return all((i) => (i % 2 === 0 ? top : 0))
    case "complement":
      return all((i) => (i % 2 === 1 ? top : 0))
    case "random":
      return true
  }
}

const within = (places: number, { size }: Asked) => places >= 1 && places <= size
const onlyEnds = (digits: readonly number[], base: number) => digits.every((x) => x === 0 || x === base - 1)
const opposite = (a: readonly number[], b: readonly number[]) => a.every((x, i) => x !== b[i])

/**
 * What a case of each family states. Where only the first of two numbers is tested, what that number alone
 * can show.
 */
const promises: { readonly [F in HardCase["family"]]: (hard: Of<F>, asked: Asked) => boolean } = {
  operands: ({ a, b }, { a: first, b: second, base }) =>
    isNumber(a, first, base) && (second === undefined || isNumber(b, second, base)),
  own: () => true, // a task of the user's own promises nothing
  equal: (_, { a, b }) => b === undefined || String(a) === String(b),
  "sum-below-power": ({ places }, asked) => {
    const [a, b] = asked.values
    const most = BigInt(asked.base) ** BigInt(places) - 1n
    return within(places, asked) && (b === undefined ? a <= most : a + b === most)
  },
  "sum-power": ({ places }, asked) => {
    const [a, b] = asked.values
    const power = BigInt(asked.base) ** BigInt(places)
    return within(places, asked) && a > 0n && (b === undefined ? a < power : a + b === power)
  },
  carry: ({ places, from }, asked) => {
    const { a, b, base, size } = asked
    if (!within(places, asked) || from < 0 || from + places > size) return false
    if (!b) return a[from] === base - 1
    const out = carries(a, b, base)
    return out.slice(from, from + places).every(Boolean) && out[from + places] !== true
  },
  all: ({ symbol }, { a }) => a.every((x) => x === symbol - 1),
  alternating: ({ first }, { a, base }) =>
    onlyEnds(a, base) && a[0] === (first === "lowest" ? 0 : base - 1) && opposite(a.slice(1), a.slice(0, -1)),
  blocks: ({ order }, { a, base, size }) => {
    const counts = Array.from({ length: base }, (_, symbol) => a.filter((x) => x === symbol).length)
    return isOrdered(a, order) && counts.every((n) => Math.abs(n - size / base) < 1)
  },
  "again-and-again": ({ order }, { a, base }) =>
    a.every((x, i) => x === (order === "ascending" ? i % base : base - 1 - (i % base))),
  "two-blocks": ({ first }, { a, base, size }) => {
    const changes = a.filter((x, i) => i > 0 && x !== a[i - 1]).length
    const lower = a.filter((x) => x === (first === "lowest" ? 0 : base - 1)).length
    const begins = a[0] === (first === "lowest" ? 0 : base - 1)
    return onlyEnds(a, base) && begins && changes <= 1 && Math.abs(2 * lower - size) <= 1
  },
  "one-out": ({ most, place }, { a, base }) => {
    const [usual, other] = most === "lowest" ? [0, base - 1] : [base - 1, 0]
    return a.every((x, i) => x === (i === place ? other : usual)) && a[place] === other
  },
  palindrome: (_, { a }) => String(a) === String(a.toReversed()),
  "half-twice": (_, { a, size }) => {
    const half = Math.ceil(size / 2)
    return a.slice(half).every((x, i) => x === a[i])
  },
  "in-order": ({ order }, { a }) => isOrdered(a, order),
  keys: ({ keys }, asked) => {
    const a = asked.a.filter((_, i) => i % 2 === 0)
    return keeps(keys, { ...asked, a, size: a.length })
  },
  "key-at": ({ pairs }, { a }) => {
    const keys = a.slice(0, -1).filter((_, i) => i % 2 === 0)
    const last = keys.length - 1
    const at = keys.flatMap((key, i) => (key === a.at(-1) ? [i] : []))
    const wanted = {
      none: [],
      all: [...keys.keys()],
      first: [0],
      last: [last],
      "first and last": last === 0 ? [0] : [0, last],
      middle: [keys.length >> 1],
    }
    return String(at) === String(wanted[pairs])
  },
}

const isOrdered = (a: readonly number[], order: "ascending" | "descending") =>
  a.every((x, i) => i === 0 || (order === "ascending" ? a[i - 1] <= x : a[i - 1] >= x))

function keeps(hard: HardCase, asked: Asked): boolean {
  if ("rest" in hard && !asked.rest.every((digits) => isNumber(hard.rest ?? "random", digits, asked.base))) return false
  const promise = promises[hard.family] as (hard: HardCase, asked: Asked) => boolean
  return promise(hard, asked)
}

const tasks = taskFamilies.flatMap((family) =>
  [...new Set([family.bases[0], family.defaults.base, family.bases[1]])].map((base): [string, Task] => [
    `${family.name} base ${base}`,
    family.create({ base, output: "padded" }),
  ]),
)
const cases = (task: Task, size: number, seed = 1) => task.hardCases(size, random(seed, Stream.data, size))

describe.each(tasks)("%s", (_, task) => {
  it("has cases that are what they say, at every size", () => {
    for (const size of [1, 2, 3, 4, 5, 8, 13, 20, 33])
      for (const seed of [1, 2, 3])
        for (const { name, hard, input } of cases(task, size, seed))
          expect(keeps(hard, read(task, input)), `${name}, which is ${task.formatInput(input)}`).toBe(true)
  })
})

const pair = (a: Operand, b: Operand) => ({ family: "operands", a, b })
const both = (a: Operand, b: Operand) => [pair(a, b), pair(b, a)]
const orders = ["ascending", "descending"]
const ends = ["lowest", "highest"]
const sequences = [
  ...[1, 2, 3, 4, 5, 6].map((symbol) => ({ family: "all", symbol })),
  ...["alternating", "two-blocks"].flatMap((family) => ends.map((first) => ({ family, first }))),
  ...["blocks", "again-and-again", "in-order"].flatMap((family) => orders.map((order) => ({ family, order }))),
  ...ends.flatMap((most) => [0, 1, 10, 18, 19].map((place) => ({ family: "one-out", most, place }))),
  ...["palindrome", "half-twice"].map((family) => ({ family })),
]

/** The hard cases of tasks that show all kinds of them. They decide what "all correct" means. */
it.each<[string, number, object[]]>([
  [
    "add",
    10,
    [
      ...(["zero", "one", "two", "ones", "full", "alternating"] as const).map((a) => pair(a, a)),
      ...[both("two", "full"), both("full", "one"), both("full", "zero"), both("full", "random")].flat(),
      ...[both("random", "zero"), both("random", "one"), both("alternating", "complement")].flat(),
      { family: "equal" },
      ...[1, 2, 5, 10, 15, 19, 20].flatMap((places) =>
        ["sum-below-power", "sum-power", "carry"].map((family) => ({ family, places })),
      ),
      ...[2, 5, 10, 15, 19].flatMap((k) => [
        ...[both({ power: k - 1 }, "one"), both({ power: k - 1 }, "random"), both({ largestOf: k }, "one")].flat(),
        ...both({ largestOf: k }, "full"),
        ...[pair({ power: k - 1 }, { power: k - 1 }), pair({ largestOf: k }, { largestOf: k })],
      ]),
    ],
  ],
  ["sort", 6, sequences],
  [
    "kvsort",
    6,
    [
      ...[1, 6].map((symbol) => ({ family: "all", symbol })),
      ...orders.map((order) => ({ family: "again-and-again", order })),
      ...["alternating", "two-blocks"].map((family) => ({ family, first: "highest" })),
      { family: "one-out", most: "highest", place: 19 },
    ].map((keys) => ({ family: "keys", keys })),
  ],
  [
    "search",
    6,
    ["none", "all", "first", "last", "first and last", "middle"].map((pairs) => ({ family: "key-at", pairs })),
  ],
])("%s in base %i has every case where there is room", (name, base, wanted) => {
  const task = createTask(name, { base })
  const found = cases(task, 20).map(({ hard }) => ({ ...hard, from: undefined }))
  for (const hard of wanted) expect(found).toContainEqual(hard)
})

describe.each(tasks.filter(([, task]) => isArithmetic(task) && task.name !== "increment"))("%s", (_, task) => {
  it.each([5, 20, 64])("has carries of every length, one of them through all %i places", (size) => {
    const asked = cases(task, size).map(({ input }) => read(task, input))
    const longest = asked.map(({ a, b = [], base }) => {
      const runs = carries(a, b, base).map((carry) => (carry ? "1" : "0"))
      return Math.max(
        ...runs
          .join("")
          .split("0")
          .map(({ length }) => length),
      )
    })
    for (const k of [0, 1, 2, Math.ceil(size / 2), size]) expect(longest).toContain(k)
    const random = asked.filter(({ a, b = [] }) => new Set(a).size > 1 && new Set(b).size > 1)
    expect(random.length).toBeGreaterThan(asked.length / 4)
  })
})

it("says of several tasks' cases the same as of each one's", () => {
  const together = createTask("copy,reverse")
  const alone = ["copy", "reverse"].flatMap((name) => cases(createTask(name), 20))
  expect(new Set(cases(together, 20).map(({ hard }) => JSON.stringify(hard)))).toEqual(
    new Set(alone.map(({ hard }) => JSON.stringify(hard))),
  )
})

describe("the hard examples that training draws", () => {
  /** Share of drawn questions that satisfy a condition. */
  const share = (task: Task, kind: "random" | "hard", such: (asked: Asked) => boolean) => {
    const drawn = Array.from({ length: 2000 }, (_, seed) => read(task, task[kind](20, random(seed)).input))
    return drawn.filter(such).length / drawn.length
  }
  const longest = (flags: readonly boolean[]) => {
    const runs = flags.map(Number).join("").split("0")
    return Math.max(...runs.map(({ length }) => length))
  }

  it("have long runs of one symbol, which random ones have not", () => {
    const copy = createTask("copy")
    const runs = ({ a }: Asked) => longest(a.map((x, i) => i > 0 && x === a[i - 1])) >= 9
    expect(share(copy, "random", runs)).toBeLessThan(0.03)
    expect(share(copy, "hard", runs)).toBeGreaterThan(0.65)
  })

  it("have numbers that are base^k, or one less", () => {
    const one = createTask("increment", { base: 10 })
    const special = ({ values: [a] }: Asked) => /^(10*|9+)$/u.test(String(a))
    expect(share(one, "random", special)).toBeLessThan(0.01)
    expect(share(one, "hard", special)).toBeGreaterThan(0.25)
  })

  it("have long carries", () => {
    const add = createTask("add", { base: 10 })
    const carry = ({ a, b = [], base }: Asked) => longest(carries(a, b, base)) >= 10
    expect(share(add, "random", carry)).toBeLessThan(0.02)
    expect(share(add, "hard", carry)).toBeGreaterThan(0.2)
  })
})
