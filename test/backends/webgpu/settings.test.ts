// The settings of a program on an adapter: what it lacks is refused, typed options come before tuned ones, and
// no buffer is larger than the device allows. No device is needed.

import { expect, it } from "vitest"
import type { AdapterInfo } from "../../../src/backends/webgpu/adapter.ts"
import { MOST_BYTES, settingsFor, type WebgpuOptions } from "../../../src/backends/webgpu/settings.ts"
import { UserError } from "../../../src/core/errors.ts"

const plain = { name: "the adapter", key: "key", software: false, half: false, subgroup: 0, matrices: undefined }
const matrices = { m: 16, n: 16, k: 16 } as unknown as AdapterInfo["matrices"]
const rich = { ...plain, half: true, subgroup: 32, matrices }
const limits = { maxComputeInvocationsPerWorkgroup: 256, maxStorageBufferBindingSize: 2 ** 28, maxBufferSize: 2 ** 29 }

const settings = (info: Partial<AdapterInfo>, options: WebgpuOptions = {}, more: Partial<typeof limits> = {}) =>
  settingsFor(info as AdapterInfo, { limits: { ...limits, ...more } } as unknown as GPUDevice, options)

it.each<[string, Partial<AdapterInfo>, WebgpuOptions, RegExp]>([
  ["16-bit storage", plain, { half: true }, /16 bits|f16|half/],
  ["subgroups", plain, { subgroups: true }, /the adapter does not support subgroups in shaders; turn them off/],
  ["subgroups of one", { ...plain, subgroup: 1 }, { subgroups: true }, /does not support subgroups/],
  [
    "tuned subgroups",
    plain,
    { tuned: () => ({ mode: "deep", registers: 8, size: 64, lanes: 16, subgroups: true }) },
    /subgroups/,
  ],
  ["matrices", plain, { matrices: true }, /matrices.*the adapter does not/],
  ["matrices without half", rich, { matrices: true }, /half is not set/],
  ["large workgroups", rich, { size: 512 }, /got workgroups of 512 invocations, the adapter has at most 256/],
])("refuses what the adapter lacks: %s", (_, info, options, message) => {
  expect(() => settings(info, options)).toThrow(UserError)
  expect(() => settings(info, options)).toThrow(message)
})

it("uses what the adapter has", () => {
  expect(settings(rich, { half: true, subgroups: true, matrices: true })).toMatchObject({
    halves: true,
    subgroup: 32,
    matrices,
  })
  expect(settings(rich)).toMatchObject({ halves: false, subgroup: 1, matrices: undefined })
})

it("puts typed options before tuned ones, and those before defaults", () => {
  const tuned = (key: string) =>
    key === "key" ? ({ mode: "wide", registers: 16, size: 128, lanes: 8 } as const) : undefined
  expect(settings(plain)).toMatchObject({ mode: "deep", registers: 32, size: 256, lanes: undefined })
  expect(settings(plain, { tuned })).toMatchObject({ mode: "wide", registers: 16, size: 128, lanes: 8 })
  expect(settings(plain, { tuned, size: 32 })).toMatchObject({ mode: "wide", registers: 16, size: 32, lanes: 8 })
})

it("gives a software adapter small kernels and short dispatches", () => {
  const [hardware, software] = [settings(plain), settings({ ...plain, software: true })]
  for (const field of ["size", "registers", "operations"] as const)
    expect(software[field]).toBeLessThan(hardware[field])
})

it("keeps to the smallest of all limits of a buffer", () => {
  expect(settings(plain).bytes).toBe(2 ** 28)
  expect(settings(plain, {}, { maxBufferSize: 2 ** 20 }).bytes).toBe(2 ** 20)
  expect(settings(plain, { bytes: 1000 }).bytes).toBe(1000)
  const large = { maxStorageBufferBindingSize: 2 ** 40, maxBufferSize: 2 ** 40 }
  expect(settings(plain, {}, large).bytes).toBe(MOST_BYTES)
  expect(settings(plain, { bytes: 2 ** 39 }, large).bytes).toBe(MOST_BYTES)
})
