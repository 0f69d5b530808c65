// A device that is out of memory or lost reports one sentence with a remedy, wherever it happens: in a step,
// in resident state, in reading back. The device is a stand-in, because no adapter runs out of memory on
// purpose.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { allocated, submitted, unlessLost } from "../../../src/backends/webgpu/guard.ts"
import { UserError } from "../../../src/core/errors.ts"

type Problem = { readonly message: string } | null

/** A device whose error scopes return these errors, by their filter. */
const deviceWith = (problems: Readonly<Record<string, Problem>>) => {
  const open: string[] = []
  return {
    pushErrorScope: (filter: string) => void open.push(filter),
    popErrorScope: async () => problems[open.pop() as string] ?? null,
  } as unknown as GPUDevice
}
const bufferWhose = (mapAsync: () => Promise<void>) => ({ buffer: { mapAsync } as unknown as GPUBuffer, bytes: 4 })
const GIBIBYTE = 2 ** 30

async function problemOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work()
  } catch (error) {
    return error as Error
  }
  throw new Error("nothing went wrong")
}

const FULL =
  "webgpu: the device's memory is full (1.5 GiB were wanted); use a smaller batch, or use --device native or --device wasm, which need no GPU"

beforeEach(() => void vi.stubGlobal("GPUMapMode", { READ: 1 }))
afterEach(() => void vi.unstubAllGlobals())

describe("a device without memory", () => {
  it("says in one sentence how much was wanted and what to do, also where what failed for it complains first", async () => {
    // a buffer that could not be created is invalid: using it is a validation error, and mapping it fails
    const device = deviceWith({
      "out-of-memory": { message: "allocation failed" },
      validation: { message: "[Invalid Buffer] is invalid" },
    })
    const failing = bufferWhose(() => Promise.reject(new Error("mapping failed")))
    const step = () =>
      submitted(
        device,
        () => failing,
        () => 1.5 * GIBIBYTE,
      )
    const state = () => allocated(device, () => "buffers", 1.5 * GIBIBYTE)
    for (const work of [step, state]) {
      const problem = await problemOf(work)
      expect(problem).toBeInstanceOf(UserError)
      expect(problem.message).toBe(FULL)
      expect(await problemOf(() => unlessLost<unknown>(() => undefined, work))).toEqual(problem)
    }
  })

  it("is not blamed for a mistake of the engine's, and nothing is said where nothing is wrong", async () => {
    const step = (device: GPUDevice, map: () => Promise<void>) => () =>
      submitted(
        device,
        () => bufferWhose(map),
        () => GIBIBYTE,
      )
    const fine = async () => {}
    const problem = await problemOf(step(deviceWith({ validation: { message: "wrong layout" } }), fine))
    expect(problem).not.toBeInstanceOf(UserError)
    expect(problem.message).toBe("webgpu: wrong layout")
    await step(deviceWith({}), fine)()
    expect(await allocated(deviceWith({}), () => "buffers", 4)).toBe("buffers")
  })
})

describe("a device that is lost", () => {
  it("in the middle of a step is what is told, whatever failed for it", async () => {
    let lost: string | undefined
    const device = deviceWith({ validation: { message: "the device is lost" } })
    const dying = bufferWhose(() => {
      lost = "the driver crashed"
      return Promise.reject(new Error("mapping was aborted"))
    })
    const problem = await problemOf(() =>
      unlessLost(
        () => lost,
        () =>
          submitted(
            device,
            () => dying,
            () => GIBIBYTE,
          ),
      ),
    )
    expect(problem).toBeInstanceOf(UserError)
    expect(problem.message).toBe(
      "webgpu: the device was lost (the driver crashed); go on from the last checkpoint with --resume, or use --device native or --device wasm, which need no GPU",
    )
  })
})
