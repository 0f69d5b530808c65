// Setting single fields of a config by path, as the command line, sweeps and the page do.

import { describe, expect, it } from "vitest"
import { UserError } from "../../src/core/errors.ts"
import { defaultConfig, resolveConfig } from "../../src/training/config.ts"
import { settable, valueAt, withField } from "../../src/training/settable.ts"

const refusal = (path: string, value: unknown, from?: string) => {
  try {
    withField(defaultConfig, path, value, from)
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    return (error as Error).message
  }
  return undefined
}

describe("a field is set by its path", () => {
  it("at the top, in a group, in a phase", () => {
    expect(withField(defaultConfig, "seed", 7).seed).toBe(7)
    expect(withField(defaultConfig, "goal.size", 50).goal).toEqual({ ...defaultConfig.goal, size: 50 })
    const { phases, ...own } = withField(defaultConfig, "phases.1.ema.decay", 0.5)
    expect(phases.map((phase) => phase.ema.decay)).toEqual([0, 0.5])
    expect(own).toEqual({ ...defaultConfig, phases: undefined, ...own })
    expect(phases[0]).toBe(defaultConfig.phases[0])
  })

  it("a phase's field without its phase in all phases", () => {
    expect(withField(defaultConfig, "dropout.rate", 0.4).phases.map((phase) => phase.dropout.rate)).toEqual([0.4, 0.4])
    expect(withField(defaultConfig, "clip.norm", 2).phases.map((phase) => phase.clip.norm)).toEqual([2, 2])
  })

  it("another model, optimizer or schedule brings its own defaults", () => {
    expect(withField(defaultConfig, "model.name", "gru").model).toEqual({
      name: "gru",
      units: 128,
      layers: 1,
      initScale: 1,
    })
    expect(withField(defaultConfig, "optimizer.name", "sgd").optimizer).toEqual({ name: "sgd", momentum: 0.9 })
    const schedules = withField(defaultConfig, "schedule.name", "exponential").phases.map(({ schedule }) => schedule)
    expect(schedules).toEqual(Array(2).fill({ name: "exponential", decay: 0.995, floor: 0.2 }))
    const wide = withField(defaultConfig, "model.maps", 96)
    expect(withField(wide, "model.name", "neural-gpu").model).toEqual(wide.model)
  })

  it("and the rest stays what it is, for every field and its own default", () => {
    for (const [path, field] of settable) {
      const value = valueAt({ ...defaultConfig, ...defaultConfig.phases[0] }, path)
      if (value === undefined) continue // of another model, optimizer or schedule
      const at = path in defaultConfig || path.split(".")[0] in defaultConfig ? path : `phases.0.${path}`
      expect(withField(defaultConfig, at, value), path).toEqual(defaultConfig)
      expect(field.about, path).toMatch(/\.$/)
    }
    expect(settable.size).toBeGreaterThan(80)
  })

  it("gives a config that resolves to itself", () => {
    const config = withField(withField(defaultConfig, "model.maps", 12), "phases.0.schedule.factor", 0.9)
    expect(resolveConfig(config)).toEqual(config)
  })
})

describe("refusals", () => {
  it("tell a wrong value with what is expected, by the name that a person typed", () => {
    expect(refusal("dropout.rate", 2)).toBe("dropout.rate: got 2, expected a number of at least 0, below 1")
    expect(refusal("goal.size", "far", "--goal-size")).toBe(
      '--goal-size: got "far", expected a whole number of at least 1',
    )
    expect(refusal("model.name", "gpu")).toMatch(/^model\.name: got "gpu", expected one of neural-gpu, rnn/)
    expect(refusal("phases.0.until", "fitted")).toMatch(/^phases\.0\.until: got "fitted", expected one of joined/)
  })

  it("tell an unknown path with the nearest", () => {
    expect(refusal("goal.sizes", 5)).toBe(
      'goal.sizes: got "goal.sizes", expected a field of the config, did you mean goal.size?',
    )
    expect(refusal("phases.0.dropout.rat", 0.5)).toMatch(/did you mean phases\.0\.dropout\.rate\?$/)
    expect(refusal("dropuot.rate", 0.5, "--set")).toMatch(/^--set: got "dropuot.rate", .*did you mean dropout\.rate\?$/)
    expect(refusal("quite.another.thing.altogether", 1)).toMatch(/such as goal\.size or phases\.0\.dropout\.rate$/)
  })

  it("tell a phase that is not there, and a field of another model, optimizer or schedule", () => {
    expect(refusal("phases.2.dropout.rate", 0.5)).toMatch(/: got phases\.2, expected phases\.0 to phases\.1$/)
    expect(refusal("model.units", 5)).toBe("model.units: the model neural-gpu has no units")
    expect(refusal("optimizer.momentum", 0.5)).toMatch(/: the optimizer adamax has no momentum$/)
    expect(refusal("schedule.decay", 0.5)).toMatch(/: the schedule .* has no decay$/)
  })

  it("take no group for a field", () => {
    for (const path of ["goal", "model", "phases", "phases.0", "dropout", "", "__proto__", "constructor.name"])
      expect(refusal(path, {}), path).toMatch(/expected a field/)
  })
})
