// Counts tests for the last line of scripts/test.ts.

import type { Reporter, TestCase, TestModule } from "vitest/node"

export class Counter implements Reporter {
  passed = 0
  failed = 0
  skipped = 0

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result()
    if (state === "passed" || state === "failed" || state === "skipped") this[state]++
  }

  /** A file that cannot be imported fails without any test. */
  onTestModuleEnd(module: TestModule): void {
    if (module.errors().length > 0) this.failed++
  }

  summary(): string {
    return `${this.passed} passed, ${this.failed} failed${this.skipped > 0 ? `, ${this.skipped} skipped` : ""}`
  }
}
