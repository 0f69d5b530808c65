// This package's own folder, which holds its models and its version.

import fs from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseJsonObject } from "./json.ts"

/** Searches upwards, because src/ and dist/ have different depths. */
export function findPackage(): { root: string; version: string } {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    const file = join(dir, "package.json")
    const manifest = fs.existsSync(file) ? parseJsonObject(fs.readFileSync(file, "utf8")) : undefined
    if (manifest?.name === "neural-gpu") return { root: dir, version: String(manifest.version) }
    if (dir === dirname(dir)) return { root: dir, version: "unknown" }
  }
}

export const packageVersion = (): string => findPackage().version
