// Packs this clone and installs the result, without a network: its dependencies come from the clone's node_modules.

import { execFileSync } from "node:child_process"
import fs from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

const root = join(import.meta.dirname, "../..")
export const win = process.platform === "win32"

/** Packs a copy of the clone into a file, because other tests use the clone's own dist/. */
export function pack(tarball: string): void {
  const folder = fs.mkdtempSync(join(tmpdir(), "neural-gpu-pack-"))
  const copy = join(folder, "clone")
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root })
  for (const file of listed.toString().split("\0").filter(Boolean))
    if (fs.existsSync(join(root, file))) fs.cpSync(join(root, file), join(copy, file), { recursive: true })
  fs.symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction")
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: copy, shell: win })
  const [packed] = fs.readdirSync(folder).filter((name) => name.endsWith(".tgz"))
  fs.copyFileSync(join(folder, packed), tarball)
  fs.rmSync(folder, { recursive: true, force: true })
}

/** Installs the packed file into a folder with a package.json, to which it adds dependencies. */
export function install(tarball: string, app: string): void {
  const file = join(app, "package.json")
  const needed = Object.keys(JSON.parse(fs.readFileSync(join(root, "package.json"), "utf8")).dependencies)
  const dependencies = Object.assign({}, ...needed.map((name) => withDependencies(name)), {
    "neural-gpu": `file:${tarball}`,
  })
  fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, "utf8")), dependencies }))
  const options = ["--offline", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
  execFileSync("npm", ["install", ...options], { cwd: app, shell: win })
}

/** A package of the clone, and those that it needs. */
function withDependencies(name: string, from = join(root, "package.json")): Record<string, string> {
  const require = createRequire(from)
  const found = require.resolve.paths(name)?.map((path) => join(path, name, "package.json"))
  const file = found?.find((path) => fs.existsSync(path))
  if (file === undefined) return {} // optional, and not for this system
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(fs.readFileSync(file, "utf8"))
  return Object.assign(
    { [name]: `file:${dirname(file)}` },
    ...Object.keys({ ...dependencies, ...optionalDependencies }).map((other) => withDependencies(other, file)),
  )
}
