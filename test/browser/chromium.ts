// What browser tests share: the system's Chromium, headless, and a Vite server on localhost. Nothing is ever
// downloaded; where Chromium is not installed, tests skip with `noChromium` as their reason.

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
  "--enable-unsafe-webgpu", // else a machine without a GPU has no adapter, not even a software one
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
  /** Folder whose files are served, TypeScript included; default: the repository. */
  readonly root?: string
  /** HTML of `/`, instead of the root's index.html. */
  readonly page?: string
  /** COOP and COEP headers: without them a page has no SharedArrayBuffer. Default: true. */
  readonly isolated?: boolean
  /** Vite's own settings, e.g. `configFile`. */
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

/** Serves sources: modules are compiled as the page asks for them. */
export async function serve(options: ServeOptions = {}): Promise<Site> {
  const { page, isolated } = options
  const common = settings(options)
  const plugins = page === undefined ? [] : [answer(page)]
  const site = await createServer({
    ...common,
    plugins: [...plugins, ...(common.plugins ?? [])],
    // packages are found before the first page asks: found later, they would want a reload that nobody does
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

/** Answers `/` with this HTML, compiled as any page. */
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
