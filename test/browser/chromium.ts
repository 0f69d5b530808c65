// Shared by browser tests: the system's Chromium, headless, and a Vite server on localhost. Nothing is
// downloaded. Where Chromium is not installed, tests are skipped with `noChromium` as the reason.

import { existsSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Browser, chromium } from "playwright-core"
import { createServer, type InlineConfig, type Plugin, preview } from "vite"

export const repository = fileURLToPath(new URL("../..", import.meta.url))

const executable = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
  .find((path) => path.startsWith("/") && existsSync(path))

/** Why browser tests are skipped; undefined where they run. */
export const noChromium: string | undefined = executable
  ? undefined
  : "chromium is not on the PATH: browser tests are skipped (apt-get install chromium)"
if (noChromium) console.warn(noChromium)

const flags = [
  "--no-sandbox",
  "--enable-unsafe-webgpu", // otherwise a machine without a GPU has no adapter at all
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
]

/** A headless browser; close it when done. */
export async function launch(extraFlags: readonly string[] = []): Promise<Browser> {
  if (!executable) throw new Error(noChromium)
  return await chromium.launch({ executablePath: executable, headless: true, args: [...flags, ...extraFlags] })
}

export interface Site {
  /** Ends with a slash. */
  readonly url: string
  close(): Promise<void>
}

export interface ServeOptions {
  /** Folder to serve, TypeScript included; the repository by default. */
  readonly root?: string
  /** HTML of `/`, instead of the folder's index.html. */
  readonly page?: string
  /** COOP and COEP headers; true by default. Without them a page has no SharedArrayBuffer. */
  readonly isolated?: boolean
  /** Vite's own settings, such as `configFile`. */
  readonly vite?: InlineConfig
}

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
}

const settings = ({ root = repository, vite = {} }: ServeOptions): InlineConfig => ({
  configFile: false,
  root,
  logLevel: "error",
  clearScreen: false,
  ...vite,
})
const server = (isolated = true) => ({
  host: "127.0.0.1",
  port: 0,
  ...(isolated ? { headers: isolation } : {}),
})

/** Serves sources. Modules are compiled on request. */
export async function serve(options: ServeOptions = {}): Promise<Site> {
  const { page, isolated } = options
  const common = settings(options)
  const plugins = page === undefined ? [] : [answer(page)]
  const site = await createServer({
    ...common,
    plugins: [...plugins, ...(common.plugins ?? [])],
    // find packages before the first page loads; later ones would cause a reload
    optimizeDeps: { entries: ["test/browser/*-page.ts"] },
    server: { ...server(isolated), hmr: false, watch: null, ...common.server },
  })
  await site.listen()
  return { url: urlOf(site.httpServer?.address()), close: () => site.close() }
}

/** Serves a folder that `vite build` has written. */
export async function serveBuilt(folder: string, options: ServeOptions = {}): Promise<Site> {
  const common = settings(options)
  const site = await preview({
    ...common,
    build: { outDir: folder },
    preview: { ...server(options.isolated), ...common.preview },
  })
  return { url: urlOf(site.httpServer.address()), close: () => site.close() }
}

const urlOf = (address: AddressInfo | string | null | undefined) => `http://127.0.0.1:${(address as AddressInfo).port}/`

/** Serves this HTML at `/`. */
const answer = (page: string): Plugin => ({
  name: "test-page",
  configureServer(site) {
    site.middlewares.use(async (request, response, next) => {
      if (request.url !== "/") return next()
      for (const [name, value] of Object.entries(site.config.server.headers)) response.setHeader(name, `${value}`)
      response.setHeader("Content-Type", "text/html")
      response.end(await site.transformIndexHtml("/", page))
    })
  },
})
