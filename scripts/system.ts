// What tests need from the system beyond Node: two C compilers for the native backend, and a browser for the
// page and for WebGPU. All of it is optional. Where packages may be installed (root, apt-get), `npm test`
// installs what is missing. Elsewhere the tests that need it are skipped, and this says which.

import { execFileSync, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"

interface Need {
  readonly there: () => boolean
  /** Debian packages that provide it. */
  readonly packages: readonly string[]
  /** What is not tested without it. */
  readonly without: string
}

const onPath = (command: string): boolean =>
  (process.env.PATH ?? "").split(":").some((folder) => folder !== "" && existsSync(join(folder, command)))
const libraryFolders = ["/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]

const needs: Readonly<Record<string, Need>> = {
  gcc: { there: () => onPath("gcc"), packages: ["gcc", "libc6-dev"], without: "the native backend with gcc" },
  clang: { there: () => onPath("clang"), packages: ["clang", "libc6-dev"], without: "the native backend with clang" },
  chromium: { there: () => onPath("chromium"), packages: ["chromium"], without: "the browser and WebGPU" },
  "libvulkan.so.1": {
    there: () => libraryFolders.some((folder) => existsSync(join(folder, "libvulkan.so.1"))),
    packages: ["libvulkan1"],
    without: "WebGPU in Node",
  },
}

const missing = () => Object.entries(needs).filter(([, need]) => !need.there())

/** Installs what is missing, if possible, and reports on stderr what is not tested. */
export function prepareSystem(): void {
  if (process.platform !== "linux" || missing().length === 0) return
  const packages = [...new Set(missing().flatMap(([, need]) => need.packages))]
  if (process.getuid?.() === 0 && onPath("apt-get")) {
    console.error(`installing for the tests: ${packages.join(" ")}`)
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
    try {
      execFileSync("apt-get", ["update", "-q"], { env, stdio: ["ignore", "ignore", "inherit"] })
    } catch {
      // the present package lists may suffice
    }
    // one by one, so that one that fails does not prevent the others
    for (const [, need] of missing())
      spawnSync("apt-get", ["install", "-qy", "--no-install-recommends", ...need.packages], {
        env,
        stdio: ["ignore", "ignore", "inherit"],
      })
  }
  for (const [name, need] of missing()) console.error(`${name} is not installed: ${need.without} is not tested`)
}
