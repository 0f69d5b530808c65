// Sweeps without processes: the grid, the scheduler's choices, no duplicates, refusals of wrong files, the
// report.

import fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { spaces } from "../../recipes/sweeps/index.ts"
import { UserError } from "../../src/core/errors.ts"
import { asha, rungsOf } from "../../src/sweep/asha.ts"
import { columns, lines, ticks } from "../../src/sweep/plot.ts"
import { reportOf } from "../../src/sweep/report.ts"
import type { Report, TrialState } from "../../src/sweep/scheduler.ts"
import { all } from "../../src/sweep/schedulers.ts"
import { parseSpace, type Space, trialsOf } from "../../src/sweep/space.ts"
import { openStore, type SweepInfo } from "../../src/sweep/store.ts"
import { resolveConfig } from "../../src/training/config.ts"
import { newFolder, sentence } from "../runs/folders.ts"

const base = resolveConfig({ steps: 90, seed: 5 })
const space: Space = {
  name: "small",
  about: "",
  config: {},
  axes: [
    { name: "rate", fields: ["learningRate"], values: [0.01, 0.02, 0.04] },
    { name: "dropout", fields: ["phases.0.dropout.rate", "phases.1.dropout.rate"], values: [0.3, 0.1] },
  ],
  seeds: 2,
}
const info: SweepInfo = {
  name: "small",
  about: "",
  task: "add",
  source: null,
  scheduler: "all",
  sizes: [20],
  samples: 4,
  device: "wasm",
}

describe("the grid", () => {
  it("has every point, each with seeds of its own, and names the same trials every time", () => {
    const trials = trialsOf(space, base)
    expect(trials).toHaveLength(12)
    expect(new Set(trials.map(({ id }) => id)).size).toBe(12)
    expect(new Set(trials.map(({ config }) => config.seed)).size).toBe(12)
    const points = trials.map(({ config }) =>
      [config.learningRate, ...config.phases.map((p) => p.dropout.rate)].join(" "),
    )
    expect(new Set(points).size).toBe(6)
    for (const point of new Set(points)) expect(points.filter((p) => p === point)).toHaveLength(2)
    expect(trialsOf(space, base)).toEqual(trials)
    expect(trialsOf(space, resolveConfig({ steps: 91, seed: 5 }))[0].id).not.toBe(trials[0].id)
  })

  it("has named variants that set several fields at once, and leave the others as they are", () => {
    const variants = { plain: {}, "no clip": { "clip.norm": null }, small: { "model.maps": 8, "dropout.rate": 0 } }
    const clipped = resolveConfig({ phases: [{ clip: { norm: 1 }, dropout: { rate: 0.25 } }] })
    const trials = trialsOf({ ...space, axes: [{ name: "variant", variants }], seeds: 1 }, clipped)
    const shown = trials.map(({ point, config: { phases, model } }) => [
      ...[point.variant, phases[0].clip.norm, phases[0].dropout.rate],
      model,
    ])
    const { model } = clipped
    expect(shown).toHaveLength(3)
    expect(shown).toContainEqual(["plain", 1, 0.25, model])
    expect(shown).toContainEqual(["no clip", null, 0.25, model])
    expect(shown).toContainEqual(["small", 1, 0, { ...model, maps: 8 }])
  })

  it("refuses a field that the config does not have, and a value that it cannot have", () => {
    const wrong = (field: string, value: number) =>
      trialsOf({ ...space, axes: [{ name: "x", fields: [field], values: [value] }] }, base)
    expect(() => wrong("learningRat", 1)).toThrow(/did you mean learningRate/)
    expect(() => wrong("learningRate", -1)).toThrow(/learningRate: got -1/)
  })

  it.each(spaces.map((s) => [s.name, s] as const))("%s: the space's own fields and values are possible", (_, space) => {
    const trials = trialsOf(space, resolveConfig({ ...space.config, steps: 10 }))
    expect(trials).toHaveLength(
      space.axes.reduce(
        (n, axis) => n * Object.values("variants" in axis ? axis.variants : axis.values).length,
        space.seeds,
      ),
    )
  })
})

describe("a space in a file", () => {
  it("comes back as it was written", () => {
    expect(parseSpace("s.json", JSON.stringify(space))).toEqual({ ...space, recipe: false, set: {} })
  })

  it.each([
    ["{", "not JSON"],
    ["[]", "an object"],
    ['{"name":"a b"}', "letters"],
    ['{"name":"a","seed":3}', '"seed"'],
    ['{"name":"a","seeds":0}', "whole number"],
    ['{"name":"a","axes":{}}', "a list"],
    ['{"name":"a","axes":[{"name":"x","fields":[],"values":[1]}]}', "learningRate"],
    ['{"name":"a","axes":[{"name":"x","fields":["dropout.rate"],"values":[]}]}', "values"],
    ['{"name":"a","axes":[{"name":"x","variants":{}}]}', "no clip"],
    ['{"name":"a","axes":[{"name":"x","variants":{"y":{"clip.norm":[1]}}}]}', "no clip"],
    [
      '{"name":"a","axes":[{"name":"x","fields":["seed"],"values":[1]},{"name":"x","fields":["steps"],"values":[1]}]}',
      "a name of its own",
    ],
  ])("%s is refused with a sentence", (text, reason) => {
    expect(() => parseSpace("s.json", text)).toThrow(UserError)
    expect(() => parseSpace("s.json", text)).toThrow(reason)
  })
})

describe("schedulers", () => {
  const report = (steps: number, size: number): Report => ({ steps, size, symbol: 0.5, seconds: 1 })
  const trial = (id: string, ...reports: Report[]): TrialState => ({ id, budget: 90, reports, finished: false })

  it("all: everybody in order, to the end", () => {
    const trials = [{ ...trial("a"), finished: true }, trial("b"), trial("c")]
    expect(all(trials, new Set(["b"]))).toEqual({ id: "c", steps: 90 })
    expect(all(trials, new Set(["b", "c"]))).toBeUndefined()
  })

  it("asha: only the best third of those that came as far goes on, and nobody waits for the others", () => {
    const next = asha({ reduction: 3, rungs: 2 })
    expect(rungsOf(90, { reduction: 3, rungs: 2 })).toEqual([10, 30, 90])
    const trials = [trial("a", report(10, 3)), trial("b", report(10, 7)), trial("c")]
    expect(next(trials, new Set())).toEqual({ id: "c", steps: 10 }) // a third of two is none
    const three = [...trials.slice(0, 2), trial("c", report(10, 5)), trial("d")]
    expect(next(three, new Set())).toEqual({ id: "b", steps: 30 })
    expect(next(three, new Set(["b"]))).toEqual({ id: "d", steps: 10 })
    const done = ["b", "e", "f"].map((id, i) => trial(id, report(10, 9), report(30, 9 + i)))
    expect(next([...three.slice(0, 1), ...done], new Set())).toEqual({ id: "f", steps: 90 })
  })

  it("asha: comes to an end, with few trials having used their whole budget", () => {
    const next = asha()
    let trials = Array.from({ length: 27 }, (_, i) => trial(String(i)))
    let steps = 0
    for (let work = next(trials, new Set()); work; work = next(trials, new Set())) {
      const { id, steps: until } = work
      steps += until - (trials.find((t) => t.id === id)?.reports.at(-1)?.steps ?? 0)
      trials = trials.map((t) =>
        t.id === id
          ? { ...t, reports: [...t.reports, report(until, (Number(id) * 10) % 27)], finished: until === 90 }
          : t,
      )
    }
    expect(trials.find((t) => (Number(t.id) * 10) % 27 === 26)?.finished).toBe(true)
    expect(trials.filter((t) => t.finished).length).toBeLessThan(9)
    expect(steps).toBeLessThan(27 * 90 * 0.5)
    expect(trials.every((t) => t.reports.length > 0)).toBe(true)
  })
})

describe("the store", () => {
  it("keeps what was submitted once, and one result for each trial, over openings", () => {
    const dir = join(newFolder(), "s")
    const trials = trialsOf(space, base)
    let store = openStore(dir, info)
    expect(store.submit(trials)).toBe(12)
    expect(store.submit(trials)).toBe(0)
    const report = { steps: 30, size: 4, symbol: 1, seconds: 2 }
    store.report(trials[0].id, report)
    store.report(trials[0].id, { ...report, size: 9 })
    expect(store.finish(trials[1].id, { ...report, ended: "steps", evaluation: [] })).toBe(true)
    expect(store.finish(trials[1].id, { ...report, ended: "failed", evaluation: [] })).toBe(false)
    expect(() => openStore(dir)).toThrow(/in use by process/)
    store.close()
    store = openStore(dir)
    expect(store.submit(trials)).toBe(0)
    const [first, second] = store.trials()
    expect(first).toMatchObject({ id: trials[0].id, reports: [report], result: undefined })
    expect(second.result?.ended).toBe("steps")
    expect(store.trials()).toHaveLength(12)
    store.close()
  })

  it("removes what a kill left half written when it is opened, and nothing else", () => {
    const dir = join(newFolder(), "s")
    const begun = openStore(dir, info)
    begun.submit(trialsOf(space, base))
    begun.close()
    const left = [".sweep.json.7.tmp", "results/.a1.json.7.tmp", "reports/.a1-30.json.7.tmp"]
    const whole = { steps: 3, size: 4, symbol: 1, seconds: 2, ended: "steps", evaluation: [] }
    for (const name of [...left, "results/a1.json", ".notes"]) fs.writeFileSync(join(dir, name), JSON.stringify(whole))
    openStore(dir).close()
    expect(left.filter((name) => fs.existsSync(join(dir, name)))).toEqual([])
    expect(fs.readdirSync(join(dir, "results"))).toEqual(["a1.json"])
    expect(fs.readdirSync(dir)).toContain(".notes")
  })

  it("refuses folders that are no sweep, another sweep's, damaged or somebody else's", () => {
    const dir = newFolder()
    const other = join(dir, "other")
    openStore(other, info).close()
    expect(() => openStore(join(dir, "nothing"))).toThrow(/is not a sweep/)
    expect(() => openStore(other, info)).not.toThrow() // a sweep killed before it had trials
    const third = join(dir, "third")
    const made = openStore(third, info)
    made.submit(trialsOf(space, base))
    made.close()
    expect(() => openStore(third, { ...info, task: "mul" })).toThrow(/its task is "add", got "mul"/)
    openStore(third, { ...info, about: "said otherwise" }).close()
    fs.writeFileSync(join(third, "sweep.json"), "{")
    expect(() => openStore(third)).toThrow(/is damaged/)
    const files = join(dir, "files")
    fs.mkdirSync(files)
    fs.writeFileSync(join(files, "thesis.tex"), "")
    expect(() => openStore(files, info)).toThrow(/holds other files/)
    expect(fs.readdirSync(files)).toEqual(["thesis.tex"])
  })
})

describe("damaged files of a sweep", () => {
  const sweepWith = (change: (manifest: { info: unknown; trials: unknown[] }) => unknown) => {
    const dir = join(newFolder(), "s")
    const store = openStore(dir, info)
    store.submit(trialsOf(space, base))
    store.close()
    const file = join(dir, "sweep.json")
    fs.writeFileSync(file, JSON.stringify(change(JSON.parse(fs.readFileSync(file, "utf8")))))
    return dir
  }

  it.each<[string, (manifest: { info: unknown; trials: unknown[] }) => unknown]>([
    ["no information", (m) => ({ ...m, info: {} })],
    ["null for it", (m) => ({ ...m, info: null })],
    ["an unknown scheduler", (m) => ({ ...m, info: { ...info, scheduler: "constructor" } })],
    ["a number for a trial", (m) => ({ ...m, trials: [...m.trials, 5] })],
    ["an id that leads out of the folder", (m) => ({ ...m, trials: [{ ...Object(m.trials[0]), id: "../../esc" }] })],
    ["an empty id", (m) => ({ ...m, trials: [{ ...Object(m.trials[0]), id: "" }] })],
    ["a config that cannot be used", (m) => ({ ...m, trials: [{ ...Object(m.trials[0]), config: { steps: -1 } }] })],
    ["no list", (m) => ({ ...m, trials: {} })],
  ])("%s is refused with one sentence", (_, change) => {
    const dir = sweepWith(change)
    expect(sentence(() => openStore(dir))).toMatch(/sweep\.json (is damaged: |cannot be used: )/)
    expect(fs.readdirSync(dir).sort()).toEqual(["reports", "results", "sweep.json", "trials"]) // no lock is left
  })

  it("results and progress that cannot be used are put aside, told, and made again", () => {
    const dir = sweepWith((manifest) => manifest)
    const [a, b, c] = trialsOf(space, base).map(({ id }) => id)
    const whole = { steps: 3, size: 4, symbol: 1, seconds: 2, ended: "steps", evaluation: [] }
    const damaged = { [`results/${a}.json`]: "{}", [`results/${b}.json`]: "", [`reports/${a}-3.json`]: '{"steps":"3"}' }
    for (const [name, text] of Object.entries(damaged)) fs.writeFileSync(join(dir, name), text)
    fs.writeFileSync(join(dir, "results", `${c}.json`), JSON.stringify(whole))
    const store = openStore(dir)
    expect(store.notes).toHaveLength(3)
    for (const name of Object.keys(damaged)) {
      expect(store.notes.join()).toContain(`${join(dir, name)} is damaged; it is now`)
      expect(fs.readFileSync(join(dir, `${name}.damaged`), "utf8")).toBe(damaged[name])
    }
    expect(store.trials().flatMap(({ id, result }) => (result ? [id] : []))).toEqual([c])
    expect(store.finish(a, { ...whole, ended: "steps" })).toBe(true)
    store.close()
  })
})

it("the report ranks runs by how they generalize, and says which hyperparameter matters", () => {
  const trials = trialsOf(space, base).map((trial, i) => ({
    ...trial,
    dir: "",
    reports: [],
    result: {
      steps: 90,
      size: trial.point.rate === 0.02 ? 20 : 5,
      symbol: 0.9,
      seconds: 60,
      ended: "steps" as const,
      evaluation: [{ size: 20, samples: 4, exact: i === 7 ? 1 : 0.25, symbol: 0.9, hard: false }],
    },
  }))
  const curves = new Map(trials.map(({ id }) => [id, [[10, 2] as const, [90, 5] as const]]))
  const { markdown, html, plots } = reportOf(info, trials, curves)
  expect(markdown).toContain("1 of 12 answer all of 4 fresh examples of size 20 right")
  expect(markdown).toContain("| rate | sizes reached | mean size | mean exact at 20 |")
  expect(markdown).toContain("| 0.02 | 20, 20, 20, 20 | 20.0 | 25 % |")
  expect(markdown).toContain("| 0.04 | 5, 5, 5, 5 | 5.0 | 43.7 % |")
  expect(markdown).toContain("100 % of the variance of sizes between runs is explained by rate.")
  expect(markdown).toContain("| 0.1 | 20, 20, 5, 5, 5, 5 | 10.0 | 37.5 % |")
  expect(markdown).toContain("0 % of the variance of sizes between runs is explained by dropout.")
  for (const table of ["<td>0.02</td><td>20, 20, 20, 20</td>", "explained by dropout"]) expect(html).toContain(table)
  const named = [...markdown.matchAll(/\]\(plots\/([^)]*)\)/g)].map(([, name]) => name)
  expect(named).toEqual([...plots.keys()])
  expect(named).toContain("size-by-rate.svg")
  const axes = { "size-over-time": ["steps", "size"], generalization: ["size", "%"], "size-by-rate": ["rate", "size"] }
  for (const [name, texts] of Object.entries(axes))
    for (const text of texts) expect(plots.get(`${name}.svg`), name).toContain(`>${text}</text>`)
  expect(markdown.split("\n").find((line) => line.includes(" 90 | 1.0 |"))).toContain(trials[7].id)
  expect(html.match(/<svg/g)).toHaveLength(6)
  expect(html.match(/<path[^>]*><title>/g)).toHaveLength(12)
  expect(html).not.toMatch(/NaN|undefined|Infinity/)
})

it("ticks are round and within the axis", () => {
  expect(ticks(0, 20)).toEqual([0, 5, 10, 15, 20])
  expect(ticks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  expect(ticks(0, 2000).length).toBeLessThan(7)
})

describe("plots", () => {
  const of = { title: "title", x: "x", y: "y" }
  /** The numbers of an attribute or a group, in the order of the picture. */
  const numbers = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].map((m) => m.slice(1).map(Number))
  const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length

  it("columns stand over their names, with a bar at the mean of their points", () => {
    const all = [
      { name: "a", values: [1, 2, 3, 10] },
      { name: "b", values: [4, 4] },
      { name: "c", values: Array.from({ length: 20 }, (_, i) => i) },
    ]
    const svg = columns(of, all)
    const names = numbers(svg, /<text x="([\d.]+)" y="[\d.]+" text-anchor="middle" font-size="11">/g).flat()
    const bars = numbers(svg, /<path d="M([\d.]+) ([\d.]+)H([\d.]+)" stroke="#c33"/g)
    const dots = numbers(svg, /<circle cx="([\d.]+)" cy="([\d.]+)"/g)
    expect([names.length, bars.length, dots.length]).toEqual([3, 3, 26])
    expect([...names].sort((a, b) => a - b)).toEqual(names)
    expect(names[0] - 56).toBeCloseTo(628 - names[2], 0) // the columns fill the axis
    let first = 0
    for (const [i, { values }] of all.entries()) {
      const own = dots.slice(first, (first += values.length))
      const [from, y, to] = bars[i]
      expect((from + to) / 2).toBeCloseTo(names[i], 0)
      expect(mean(own.map(([x]) => x))).toBeGreaterThan(from)
      expect(mean(own.map(([x]) => x))).toBeLessThan(to)
      expect(mean(own.map(([, cy]) => cy))).toBeCloseTo(y, 0)
      // a larger value is higher, which in SVG is a smaller y
      const higher = [...own.keys()].sort((a, b) => values[b] - values[a]).map((j) => own[j][1])
      expect([...higher].sort((a, b) => a - b)).toEqual(higher)
      // points of neighbouring columns do not mix
      for (const [x] of own)
        for (const [j, name] of names.entries())
          if (j !== i) expect(Math.abs(x - name)).toBeGreaterThan(Math.abs(x - names[i]))
    }
    expect(new Set(dots.slice(4, 6).map(([x]) => x)).size).toBe(2) // equal values stay visible
    for (const [x, y] of dots) expect(x > 56 && x < 628 && y >= 28 && y <= 240, `${x}, ${y}`).toBe(true)
    expect(columns(of, [{ name: "none", values: [] }])).not.toMatch(/circle|NaN/)
  })

  it("a grid's lines are named by their values, from 0 to the top", () => {
    const svg = lines(of, [{ name: "one", rank: 1, points: [[0, 0], [1, 20]] }]) // biome-ignore format: points
    const names = numbers(svg, /<text x="50" y="([\d.]+)" text-anchor="end">([\d.]+)</g)
    const grid = numbers(svg, /<path d="M56 ([\d.]+)H628" stroke="#ddd"/g).flat()
    expect(names.map(([, value]) => value)).toEqual([0, 5, 10, 15, 20])
    expect(names.map(([y]) => y - 4)).toEqual(grid)
    expect(grid).toEqual([240, 187, 134, 81, 28])
  })

  it("lines go to the right and reach the top of the axes at the largest values", () => {
    const svg = lines(of, [
      { name: "low", rank: 0, points: [[0, 0], [50, 5]] }, // biome-ignore format: points
      { name: "high", rank: 1, points: [[0, 0], [100, 20]] }, // biome-ignore format: points
    ])
    const paths = numbers(svg, /<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)" fill="none"/g)
    expect(paths).toEqual([
      [56, 240, 342, 187],
      [56, 240, 628, 28],
    ])
  })
})
