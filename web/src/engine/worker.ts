// The one script of all workers: most of what tracing and training need is the same, and is loaded once. A
// worker's name says what it is for.

import type { WorkerName } from "./start-worker.ts"
import { serveTraces } from "./trace-worker.ts"
import { serveTraining } from "./train-worker.ts"

if (self.name === ("train" satisfies WorkerName)) serveTraining()
else serveTraces()
