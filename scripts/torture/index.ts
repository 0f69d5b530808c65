// All promises that are tried, in the order of the table.

import { caches } from "./caches.ts"
import { diskErrors, diskKills } from "./disk.ts"
import { kills, signals } from "./kills.ts"
import { locks } from "./locks.ts"
import { fuzzing } from "./parsers.ts"
import type { Promised } from "./promise.ts"
import { resources } from "./resources.ts"
import { sweeps } from "./sweeps.ts"
import { urls } from "./urls.ts"

export const promises: readonly Promised[] = [
  kills,
  diskKills,
  diskErrors,
  signals,
  locks,
  sweeps,
  fuzzing,
  urls,
  caches,
  resources,
]
