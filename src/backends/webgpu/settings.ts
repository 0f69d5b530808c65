// How a program runs on an adapter: what was asked for, what was tuned, and what is chosen otherwise.

import { UserError } from "../../core/errors.ts"
import type { Matrices } from "../../kernel/wgsl-matrix.ts"
import { type AdapterInfo, noHalf } from "./adapter.ts"
import type { WgslOptions } from "./program.ts"

export type WebgpuMode = WgslOptions["mode"]
export interface WebgpuOptions {
  /** See program.ts. Default: deep. */
  readonly mode?: WebgpuMode
  /**
   * Invocations of a workgroup, and the lanes of a block that it carries; default: chosen for the adapter and
   * the number of blocks.
   */
  readonly size?: number
  readonly lanes?: number
  readonly registers?: number
  /** Most nominal operations of one dispatch; default: chosen for the adapter. */
  readonly operations?: number
  /**
   * What a scan keeps of every step, for the way back, is stored in 16 bits; sums are f32 as ever. Default:
   * no.
   */
  readonly half?: boolean
  /** Sums are taken within subgroups where that is possible. Default: no. */
  readonly subgroups?: boolean
  /**
   * With `half`: convolutions of scans and their filter gradients by subgroup matrices of f16, an
   * experimental feature of Dawn. Default: no.
   */
  readonly matrices?: boolean
  /** Settings that were tuned for an adapter, by its key; what is given here goes first. */
  readonly tuned?: (key: string) => Tuned | undefined
  /** Most bytes of the device's memory that a program takes; default: its largest buffer. */
  readonly bytes?: number
}

/** The settings that the tuner chooses (tune.ts). */
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

/** Where WebGPU's indices into memory, i32 floats, end. */
export const MOST_BYTES = 2 ** 31 - 4

/**
 * Defaults. A dispatch must end before the system believes that the GPU hangs (2 s in Windows): 5e10
 * operations are 0.1 s on a small GPU. A software adapter runs invocations one after the other: few of them,
 * and small kernels, whose compilation is what takes time.
 */
export function settingsFor(info: AdapterInfo, device: GPUDevice, given: WebgpuOptions): Settings {
  const halves = given.half ?? false
  const options = { ...given.tuned?.(info.key), ...given }
  const { limits } = device
  if (halves && !info.half) throw new UserError(noHalf(info))
  if (options.subgroups && info.subgroup < 2)
    throw new UserError(`webgpu: ${info.name} has no subgroups in shaders; leave them out`)
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
