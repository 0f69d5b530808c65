import { join, relative } from "node:path"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** The slowest files begin first, so that both workers end together. A wrong order costs only time. */
const slowest = [
  "ops/conformance",
  "golden/golden",
  "layers/conformance",
  "core/scan",
  "training/trace",
  "browser/play",
  "cli/sweep",
  "cli/train",
  "backends/webgpu/webgpu",
  "core/planner",
  "browser/webgpu",
  "golden/models",
  "backends/workers",
  "cli/ask",
  "golden/run",
  "ops/conv-tiles",
  "backends/webgpu/half",
  "runs/checkpoint",
  "models/families",
  "tasks/tasks",
]

/** Without it vitest knows of a clean clone only how long its files are in bytes. */
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = slowest.indexOf(relative("test", moduleId).replaceAll("\\", "/").replace(".test.ts", ""))
      return at < 0 ? slowest.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

// Two workers: the engine's own threads and the C compiler want the rest of the machine. Compiling one plan takes a second
// or two, and much longer on a machine that is busy.
export default defineConfig({
  // examples import the package by its name
  resolve: {
    alias: [
      { find: /^neural-gpu$/, replacement: join(import.meta.dirname, "src/index.ts") },
      { find: /^neural-gpu\/(browser|engine)$/, replacement: join(import.meta.dirname, "src/$1.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    sequence: { sequencer: SlowestFirst },
  },
})
