// Where WebGPU comes from: the browser's, or in Node the npm package `webgpu` (Dawn), an optional dependency. Nothing of it is loaded
// before a device is asked for.

import { UserError } from "../../core/errors.ts"

/** What is known of an adapter before anything runs on it. */
export interface AdapterInfo {
  /** For people: vendor, architecture, description as far as the adapter tells them. */
  readonly name: string
  /** A CPU that imitates a GPU: right for tests, of no use for speed. */
  readonly software: boolean
  /** Names adapter and driver: what was tuned for one is not used for another. */
  readonly key: string
}

export interface OpenedAdapter {
  readonly adapter: GPUAdapter
  readonly info: AdapterInfo
}

export const OTHER_DEVICES = "use --device native or --device wasm, which need no GPU"

/** The adapter of this machine; throws a sentence where there is none. */
export async function openAdapter(): Promise<OpenedAdapter> {
  const gpu = await findGpu()
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" })
  if (!adapter) throw new UserError(`webgpu: there is no GPU that WebGPU can use; ${OTHER_DEVICES}`)
  return { adapter, info: describe(adapter) }
}

interface Dawn {
  readonly globals: object
  create(options: readonly string[]): GPU
}
/** Node's instance: Dawn lives as long as it is referenced. */
let dawn: Promise<GPU> | undefined

async function findGpu(): Promise<GPU> {
  if (typeof navigator !== "undefined" && navigator.gpu) return navigator.gpu
  if (typeof process === "undefined" || !process.versions?.node)
    throw new UserError("webgpu: this browser has no WebGPU; use the device wasm, or a newer browser")
  dawn ??= (async () => {
    const name = "webgpu" // not written in the import: a bundler for the browser must not look for it
    let module: Dawn
    try {
      module = (await import(/* @vite-ignore */ name)) as Dawn
    } catch (error) {
      const reason = (error as Error).message.split("\n")[0]
      throw new UserError(
        `webgpu: the npm package webgpu could not be loaded (${reason}); npm install webgpu, or ${OTHER_DEVICES}`,
      )
    }
    Object.assign(globalThis, module.globals)
    return module.create([])
  })()
  return await dawn
}

function describe(adapter: GPUAdapter): AdapterInfo {
  const { vendor, architecture, device, description } = adapter.info
  const words = [vendor, architecture, description || device].filter((word) => word !== "")
  const name = words.length > 0 ? words.join(" ") : "an adapter that does not tell its name"
  const software =
    (adapter.info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(name)
  return { name, software, key: JSON.stringify([vendor, architecture, device, description]) }
}

/** A device with as much memory and as large workgroups as the adapter has. */
export async function openDevice({ adapter, info }: OpenedAdapter): Promise<GPUDevice> {
  const { limits } = adapter
  try {
    return await adapter.requestDevice({
      requiredLimits: {
        maxBufferSize: limits.maxBufferSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      },
    })
  } catch (error) {
    throw new UserError(
      `webgpu: ${info.name} gave no device (${(error as Error).message.split("\n")[0]}); ${OTHER_DEVICES}`,
    )
  }
}
