// What goes wrong on a device, as sentences with a way out.

import { UserError } from "../../core/errors.ts"
import { OTHER_DEVICES } from "./adapter.ts"

/** Why the device is lost; undefined while it is not. */
export type Lost = () => string | undefined

/** What `work` gives; where the device was lost meanwhile, that is said instead of whatever failed for it. */
export async function unlessLost<T>(lost: Lost, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const reason = lost()
    if (reason === undefined) throw error
    throw new UserError(
      `webgpu: the device was lost (${reason}); go on from the last checkpoint with --resume, or ${OTHER_DEVICES}`,
    )
  }
}

const full = (bytes: number) =>
  new UserError(
    `webgpu: the device's memory is full (${(bytes / 2 ** 30).toFixed(1)} GiB were wanted); use a smaller batch, or ${OTHER_DEVICES}`,
  )

/** Buffers that `make` creates beside a step; `wanted`: their bytes. */
export async function allocated<T>(device: GPUDevice, make: () => T, wanted: number): Promise<T> {
  device.pushErrorScope("out-of-memory")
  const made = make()
  if (await device.popErrorScope()) throw full(wanted)
  return made
}

/**
 * Records and submits, then waits for `buffer` to be readable; `wanted`: bytes that the device was asked to
 * hold.
 */
export async function submitted(
  device: GPUDevice,
  record: () => { readonly buffer: GPUBuffer; readonly bytes: number },
  wanted: () => number,
): Promise<void> {
  device.pushErrorScope("out-of-memory")
  device.pushErrorScope("validation")
  const { buffer, bytes } = record()
  const problems = Promise.all([device.popErrorScope(), device.popErrorScope()])
  const mapped = buffer.mapAsync(GPUMapMode.READ, 0, bytes).then(
    () => undefined,
    (error: Error) => error,
  )
  const [validation, memory] = await problems
  const failed = await mapped
  if (memory) throw full(wanted())
  if (validation) throw new Error(`webgpu: ${validation.message}`)
  if (failed) throw failed
}
