// The script of all workers. Tracing and training share most of their code, so it is loaded once; the
// worker's name selects the role.

import type { WorkerName } from "./start-worker.ts"
import { serveTraces } from "./trace-worker.ts"
import { serveTraining } from "./train-worker.ts"

if (self.name === ("train" satisfies WorkerName)) serveTraining()
else serveTraces()
