// How a program runs on an adapter. Explicit options come first, then tuned settings, then defaults.

import { UserError } from "../../core/errors.ts"
import type { Matrices } from "../../kernel/wgsl-matrix.ts"
import { type AdapterInfo, noHalf } from "./adapter.ts"
import type { WgslOptions } from "./program.ts"

export type WebgpuMode = WgslOptions["mode"]
export interface WebgpuOptions {
  /** See program.ts. Default: "deep". */
  readonly mode?: WebgpuMode
  /**
   * Invocations per workgroup, and the lanes of a block that it computes. Default: by adapter and number of
   * blocks.
   */
  readonly size?: number
  readonly lanes?: number
  readonly registers?: number
  /** The most nominal operations of one dispatch. Default: by adapter. */
  readonly operations?: number
  /** Store tensors saved for backward in 16 bits; sums stay f32. Default: false. */
  readonly half?: boolean
  /** Sum within subgroups where possible. Default: false. */
  readonly subgroups?: boolean
  /**
   * With `half`: compute convolutions of scans and their filter gradients by f16 subgroup matrices, an
   * experimental feature of Dawn. Default: false.
   */
  readonly matrices?: boolean
  /** Looks up tuned settings by the adapter's key. Explicit options override them. */
  readonly tuned?: (key: string) => Tuned | undefined
  /** The most device memory of a program, in bytes. Default: the device's largest buffer. */
  readonly bytes?: number
}

/** The settings that the autotuner chooses (tune.ts). */
export type Tuned = Required<Pick<WebgpuOptions, "mode" | "registers" | "size" | "lanes">> &
  Pick<WebgpuOptions, "subgroups" | "matrices">

export interface Settings {
  readonly mode: WebgpuMode
  readonly size: number
  readonly lanes: number | undefined
  readonly registers: number
  readonly operations: number
  readonly halves: boolean
  readonly subgroup: number
  readonly matrices: Matrices | undefined
  readonly bytes: number
}

/** The range of the i32 float indices that kernels use, in bytes. */
export const MOST_BYTES = 2 ** 31 - 4

/**
 * Resolves all settings. Throws a UserError if the adapter does not support one.
 *
 * A dispatch must end before the system assumes that the GPU hangs (2 s on Windows); 5e10 operations stay far
 * below that even on a small GPU. A software adapter runs invocations in sequence, so it gets few of them,
 * and small kernels that compile fast.
 */
export function settingsFor(info: AdapterInfo, device: GPUDevice, given: WebgpuOptions): Settings {
  const halves = given.half ?? false
  const options = { ...given.tuned?.(info.key), ...given }
  const { limits } = device
  if (halves && !info.half) throw new UserError(noHalf(info))
  if (options.subgroups && info.subgroup < 2)
    throw new UserError(`webgpu: ${info.name} does not support subgroups in shaders; turn them off`)
  if (options.matrices && !(halves && info.matrices))
    throw new UserError(
      `webgpu: matrices want half and an adapter that multiplies matrices of f16 with sums in f32; ${info.name} ${info.matrices ? "does, half is not set" : "does not"}`,
    )
  const size = options.size ?? (info.software ? 64 : 256)
  if (size > limits.maxComputeInvocationsPerWorkgroup)
    throw new UserError(
      `webgpu: got workgroups of ${size} invocations, ${info.name} has at most ${limits.maxComputeInvocationsPerWorkgroup}`,
    )
  return {
    mode: options.mode ?? "deep",
    size,
    lanes: options.lanes ?? (info.software ? 16 : undefined),
    registers: options.registers ?? (info.software ? 8 : 32),
    operations: options.operations ?? (info.software ? 5e8 : 5e10),
    halves,
    subgroup: options.subgroups ? info.subgroup : 1,
    matrices: options.matrices ? info.matrices : undefined,
    bytes: Math.min(options.bytes ?? MOST_BYTES, limits.maxStorageBufferBindingSize, limits.maxBufferSize, MOST_BYTES),
  }
}
