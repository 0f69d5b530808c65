// Access to WebGPU: the browser's, or in Node the optional npm package `webgpu` (Dawn). Nothing is loaded
// before a device is requested.

import { UserError } from "../../core/errors.ts"
import type { Matrices } from "../../kernel/wgsl-matrix.ts"

/** What is known about an adapter before anything runs on it. */
export interface AdapterInfo {
  /** Vendor, architecture and description, as far as the adapter reports them. */
  readonly name: string
  /** A CPU that emulates a GPU: correct, so useful for tests, but slow. */
  readonly software: boolean
  /** Identifies adapter and driver. Tuned settings are valid for one key only. */
  readonly key: string
  /** Whether shaders and memory support 16-bit floats. */
  readonly half: boolean
  /** The smallest subgroup size; 1 if shaders cannot use subgroups. */
  readonly subgroup: number
  /** The largest f16 product with f32 sums that a subgroup computes in one instruction. */
  readonly matrices: Matrices | undefined
}

export interface OpenedAdapter {
  readonly adapter: GPUAdapter
  readonly info: AdapterInfo
}

export const OTHER_DEVICES = "use --device native or --device wasm, which need no GPU"

/**
 * Opens the adapter of this machine. `experimental` also requests features that Dawn hides by default. Throws
 * a UserError if there is no adapter.
 */
export async function openAdapter(experimental = false): Promise<OpenedAdapter> {
  const gpu = await findGpu(experimental)
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" })
  if (!adapter) throw new UserError(`webgpu: there is no GPU that WebGPU can use; ${OTHER_DEVICES}`)
  return { adapter, info: describe(adapter) }
}

interface Dawn {
  readonly globals: object
  create(options: readonly string[]): GPU
}
/** Node's instances, with and without experimental features. Dawn lives only as long as it is referenced. */
const dawns = new Map<boolean, Promise<GPU>>()
const EXPERIMENTAL = "enable-dawn-features=allow_unsafe_apis"

async function findGpu(experimental: boolean): Promise<GPU> {
  if (typeof navigator !== "undefined" && navigator.gpu) return navigator.gpu
  if (typeof process === "undefined" || !process.versions?.node)
    throw new UserError("webgpu: this browser has no WebGPU; use the device wasm, or a newer browser")
  const known = dawns.get(experimental)
  if (known) return await known
  const dawn = (async () => {
    const name = "webgpu" // a variable, so that bundlers for browsers do not resolve it
    let module: Dawn
    try {
      module = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Dawn
    } catch (error) {
      const reason = (error as Error).message.split("\n")[0]
      throw new UserError(
        `webgpu: the npm package webgpu could not be loaded (${reason}); npm install webgpu, or ${OTHER_DEVICES}`,
      )
    }
    Object.assign(globalThis, module.globals)
    return module.create(experimental ? [EXPERIMENTAL] : [])
  })()
  dawns.set(experimental, dawn)
  return await dawn
}

const MATRICES = "chromium-experimental-subgroup-matrix"
/** Dawn's description of its experimental feature, which the types of WebGPU lack. */
interface SubgroupInfo {
  readonly subgroupMinSize?: number
  readonly subgroupMaxSize?: number
  readonly subgroupMatrixConfigs?: Iterable<{
    readonly componentType: string
    readonly resultComponentType: string
    readonly M: number
    readonly N: number
    readonly K: number
  }>
}

function matricesOf(adapter: GPUAdapter): Matrices | undefined {
  const { subgroupMinSize = 1, subgroupMaxSize, subgroupMatrixConfigs = [] } = adapter.info as SubgroupInfo
  // Kernels need a subgroup size that is known in advance.
  if (!adapter.features.has(MATRICES) || !adapter.features.has("shader-f16") || subgroupMinSize !== subgroupMaxSize)
    return undefined
  return [...subgroupMatrixConfigs]
    .filter((c) => c.componentType === "f16" && c.resultComponentType === "f32")
    .map(({ M, N, K }) => ({ M, N, K, subgroup: subgroupMinSize }))
    .sort((a, b) => b.M * b.N * b.K - a.M * a.N * a.K)[0]
}

function describe(adapter: GPUAdapter): AdapterInfo {
  const { vendor, architecture, device, description } = adapter.info
  const words = [vendor, architecture, description || device].filter((word) => word !== "")
  const name = words.length > 0 ? words.join(" ") : "an adapter that does not tell its name"
  const software =
    (adapter.info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(name)
  const { subgroupMinSize = 1 } = adapter.info as SubgroupInfo
  return {
    name,
    software,
    key: JSON.stringify([vendor, architecture, device, description]),
    half: adapter.features.has("shader-f16"),
    subgroup: adapter.features.has("subgroups") ? subgroupMinSize : 1,
    matrices: matricesOf(adapter),
  }
}

/** Opens a device with the adapter's largest memory and workgroups, and its features that kernels use. */
export async function openDevice({ adapter, info }: OpenedAdapter): Promise<GPUDevice> {
  const { limits } = adapter
  try {
    const features = ["shader-f16", "subgroups", MATRICES] as GPUFeatureName[]
    return await adapter.requestDevice({
      requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
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
      `webgpu: no device could be created on ${info.name} (${(error as Error).message.split("\n")[0]}); ${OTHER_DEVICES}`,
    )
  }
}

export const describeAdapter = ({ name, software }: AdapterInfo): string =>
  software ? `${name}: a software adapter, right but slow; not for comparing speeds` : name

export const noHalf = ({ name }: AdapterInfo): string =>
  `webgpu-half: ${name} has no 16-bit floats in shaders (shader-f16); use --device webgpu`
