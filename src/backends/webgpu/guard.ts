// Turns device failures into errors that suggest a way out.

import { UserError } from "../../core/errors.ts"
import { OTHER_DEVICES } from "./adapter.ts"

/** Why the device is lost; undefined while it works. */
export type Lost = () => string | undefined

/** Runs `work`. If it fails because the device was lost, the error says so. */
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

/** Creates extra buffers by `make`; `wanted` is their size in bytes, for the error message. */
export async function allocated<T>(device: GPUDevice, make: () => T, wanted: number): Promise<T> {
  device.pushErrorScope("out-of-memory")
  const made = make()
  if (await device.popErrorScope()) throw full(wanted)
  return made
}

/**
 * Records and submits commands, then waits until `buffer` is readable. `wanted` is the requested memory in
 * bytes.
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
