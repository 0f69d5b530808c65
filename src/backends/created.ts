// What becomes of the wish for a device.

import type { Backend } from "./backend.ts"

export type Created =
  | {
      readonly backend: Backend
      /** What the user should know, such as why faster devices were skipped. */
      readonly note: string | undefined
    }
  | {
      readonly backend: undefined
      /** Why the device cannot run. */
      readonly note: string
    }
