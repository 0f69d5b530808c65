// Tries promises and makes the table.

import fs from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { random } from "../../src/core/rng.ts"
import { packageVersion } from "../../src/runs/package.ts"
import type { Promised } from "./promise.ts"

export interface Outcome {
  readonly promised: Promised
  readonly tries: number
  readonly failures: readonly string[]
  readonly seconds: number
  /** Why it was not tried, if so. */
  readonly skipped: string | undefined
}

/** Tries one promise. `share`: of the usual number of tries. */
export async function tryPromise(promised: Promised, share: number, seed: number): Promise<Outcome> {
  const skipped = promised.whyNot()
  if (skipped !== undefined) return { promised, tries: 0, failures: [], seconds: 0, skipped }
  const folder = fs.mkdtempSync(join(tmpdir(), `neural-gpu-torture-${promised.name}-`))
  const failures: string[] = []
  const began = performance.now()
  let done = 0
  try {
    await promised.run({
      tries: Math.max(1, Math.ceil(share * promised.tries)),
      folder,
      random: random(seed, ...[...promised.name].map((c) => c.charCodeAt(0))),
      tried: () => void done++,
      fail: (what) => void failures.push(what),
    })
  } catch (error) {
    failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  // what failed stays for whoever looks for the reason
  if (failures.length === 0) fs.rmSync(folder, { recursive: true, force: true })
  return { promised, tries: done, failures, seconds: (performance.now() - began) / 1000, skipped }
}

const grouped = (n: number) => n.toLocaleString("en-US")

/** The page docs/reliability.md. */
export function pageOf(outcomes: readonly Outcome[], seed: number): string {
  const rows = outcomes.map(({ promised, tries, failures, skipped }) => {
    const cells = skipped === undefined ? [grouped(tries), grouped(failures.length)] : ["–", skipped]
    return `| ${promised.promise} | ${cells.join(" | ")} | ${promised.how} |`
  })
  const minutes = outcomes.reduce((sum, { seconds }) => sum + seconds, 0) / 60
  return [
    "# What may go wrong, and what then happens",
    "Written by `npm run torture`; do not edit it by hand.",
    "Each row is a promise to the user. A try disturbs the real program and then looks at what is left. A failure is a broken promise.",
    ["| promise | tries | failures | how |", "|---|---|---|---|", ...rows].join("\n"),
    `Version ${packageVersion()}, Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores, seed ${seed}, ${minutes.toFixed(0)} minutes.`,
    "`npm run torture` takes some minutes and other seeds every time; `-- --share 10` ten times as long; `-- --only kills,locks` a part of it. " +
      "`TORTURE_SOAK_SECONDS=3600` watches memory for an hour a device. `npm test` tries a hundredth of most of it.",
    "What is trusted, and what is not: [SECURITY.md](../SECURITY.md).\n",
  ].join("\n\n")
}
