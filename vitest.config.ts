import { defineConfig } from "vitest/config"

// Two workers: the engine's own threads and the C compiler want the rest of the machine. Compiling one plan takes a second
// or two, and much longer on a machine that is busy.
export default defineConfig({
  test: { include: ["test/**/*.test.ts"], pool: "forks", maxWorkers: 2, testTimeout: 120_000, hookTimeout: 120_000 },
})
