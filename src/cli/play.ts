// `play` serves the playground from this machine. In a clone it builds the page first; the package contains
// it built.

import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { Command } from "commander"
import { UserError } from "../core/errors.ts"
import { findPackage } from "../runs/package.ts"
import { print, say } from "./output.ts"
import { serveFolder } from "./static-server.ts"
import { whole } from "./values.ts"

interface PlayOptions {
  readonly port: string
  readonly host: string
  readonly open: boolean
}

export const playCommand = (): Command =>
  new Command("play")
    .option("--port <n>", "port to listen on; 0: any free port", "5290")
    .option("--host <address>", "address to listen on; any other than the default opens it to the network", "127.0.0.1")
    .option("--no-open", "do not open a browser")
    .action(async (options: PlayOptions) => {
      const port = whole("--port", options.port, 0, 65535)
      const { url } = await serveFolder(await builtPage(), { port, host: options.host })
      print(url)
      say("the playground is open at this address; Ctrl-C ends it")
      if (options.open) openBrowser(url)
      await new Promise(() => {}) // until a signal
    })

/** The folder of the built page of the package at `root`. In a clone it is built first, which takes seconds. */
export async function builtPage(root = findPackage().root): Promise<string> {
  const built = join(root, "dist", "web")
  const config = join(root, "web", "vite.config.ts")
  if (existsSync(config)) {
    say("building the page …")
    await build(root, config)
  } else if (!existsSync(join(built, "index.html")))
    throw new UserError(`this package lacks the page: expected ${join(built, "index.html")}; install the package again`)
  return built
}

/** Runs vite in a process of its own, since it needs far more memory than serving what it built. */
function build(root: string, config: string): Promise<void> {
  const vite = join(dirname(createRequire(join(root, "package.json")).resolve("vite/package.json")), "bin", "vite.js")
  const child = spawn(process.execPath, [vite, "build", "--config", config, "--logLevel", "error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  })
  process.once("exit", () => child.kill())
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new UserError(`the page could not be built: vite ended with code ${code}`)),
    )
  })
}

/** Opens the system's browser. Without one, the user can copy the address. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", url]
        : ["xdg-open", url]
  const child = spawn(command, args, { stdio: "ignore", detached: true })
  child.on("error", () => {})
  child.unref()
}
