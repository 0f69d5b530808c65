#!/usr/bin/env node
// The command line. In a clone it runs the sources, which Node reads as they are; in the published package, what was built.

import { existsSync } from "node:fs"
import * as module from "node:module"
import { privateFolder } from "./private-folder.mjs"

const [major, minor] = process.versions.node.split(".").map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `neural-gpu needs Node 22.18 or newer, and this is Node ${process.versions.node}; in a clone, npx neural-gpu brings its own after npm ci`,
  )
  process.exit(2)
}
// A third of the time to start. Node's own choice, a folder in /tmp, may be somebody else's.
const { folder } = privateFolder(process.env, "js")
if (folder !== undefined) module.enableCompileCache?.(folder) // Deno has none
const source = new URL("../src/cli/index.ts", import.meta.url)
const built = new URL("../dist/src/cli/index.js", import.meta.url)
const { main } = await import((existsSync(source) ? source : built).href)
await main(process.argv.slice(2))
