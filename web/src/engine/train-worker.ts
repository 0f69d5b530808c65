// The training worker: one training session and its messages.

import { createDevice } from "./create-device.ts"
import type { TrainReply, TrainRequest } from "./messages.ts"
import { TrainingSession } from "./training-session.ts"

const send = (reply: TrainReply) => postMessage(reply)
const failed = (error: unknown) =>
  send({ k: "failed", message: error instanceof Error ? error.message : String(error) })

let session: TrainingSession | undefined
async function serve(request: TrainRequest): Promise<void> {
  if (request.k === "stop") return session?.stop(request.quick)
  if (request.k === "save") return session?.save()
  session = new TrainingSession(await createDevice(request.deviceName), request, send)
  return session.run()
}

export const hear = (request: TrainRequest): void => void serve(request).catch(failed)
