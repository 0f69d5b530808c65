// Serves the files of one folder over HTTP, with the two headers that a page needs for threads. It only
// reads, only inside the folder, and only for requests that name this machine: otherwise any site that is open
// in the browser could read it, through a name of its own that points here (DNS rebinding).

import { createReadStream, realpathSync, statSync } from "node:fs"
import { createServer, type OutgoingHttpHeaders, type ServerResponse } from "node:http"
import { type AddressInfo, isIP } from "node:net"
import { hostname } from "node:os"
import { extname, join, resolve, sep } from "node:path"
import { UserError } from "../core/errors.ts"

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".safetensors": "application/octet-stream",
}

/** COOP and COEP: together they let a page share memory between threads. */
export const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }

/** The page uses only its own files; WebAssembly is compiled in it. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ")
const headers = { ...isolation, "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff" }

/** A connection on which nothing moves for so long is closed. */
const IDLE_MS = 60_000
const MOST_CONNECTIONS = 256

export interface Served {
  readonly url: string
  close(): void
}

/**
 * Serves a folder.
 * @throws UserError if the port is in use
 */
export function serveFolder(folder: string, { port, host }: { port: number; host: string }): Promise<Served> {
  const root = realpathSync(folder)
  const server = createServer((request, response) => {
    const refuse = (code: number) => response.writeHead(code, headers).end()
    if (!namesThisMachine(request.headers.host, host)) return refuse(421)
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405)
    const file = fileOf(root, request.url ?? "/")
    if (!file) return refuse(404)
    // names of built files contain a digest of their content, except that of the page itself
    const cache = file.includes(`${sep}assets${sep}`) ? "public, max-age=31536000, immutable" : "no-cache"
    const type = types[extname(file)] ?? "application/octet-stream"
    const found = { ...headers, "Content-Type": type, "Cache-Control": cache }
    if (request.method === "HEAD") response.writeHead(200, found).end()
    else send(file, response, found)
  })
  server.maxConnections = MOST_CONNECTIONS
  server.setTimeout(IDLE_MS)
  return new Promise((done, fail) => {
    server.on("error", (error: NodeJS.ErrnoException) =>
      fail(
        error.code === "EADDRINUSE"
          ? new UserError(`--port: ${port} is in use on ${host}; use another one, or 0 for any free port`)
          : new UserError(`cannot listen on ${host}:${port}: ${error.message}`),
      ),
    )
    server.listen(port, host, () => {
      const { port, family } = server.address() as AddressInfo
      const name = family === "IPv6" ? `[${host}]` : host === "127.0.0.1" ? "localhost" : host
      done({ url: `http://${name}:${port}/`, close: () => void server.close() })
    })
  })
}

/** Sends a file, and closes it even if the reader goes away. 503 if it cannot be opened now. */
function send(path: string, response: ServerResponse, found: OutgoingHttpHeaders): void {
  const file = createReadStream(path)
  response.on("close", () => file.destroy())
  file.on("open", () => file.pipe(response.writeHead(200, found)))
  file.on("error", () => {
    if (response.headersSent) response.destroy()
    else response.writeHead(503, { ...headers, "Retry-After": "1" }).end()
  })
}

/** Whether the Host header of a request is a name of this machine, at whatever port. */
function namesThisMachine(header: string | undefined, host: string): boolean {
  const name = header
    ?.replace(/:\d+$/u, "")
    .replace(/^\[(.*)\]$/u, "$1")
    .toLowerCase()
  if (name === undefined) return false
  if (["localhost", "127.0.0.1", "::1", host.toLowerCase()].includes(name)) return true
  // on all addresses, any of them may be meant; a site cannot point an address elsewhere
  return ["0.0.0.0", "::"].includes(host) && (isIP(name) > 0 || name === hostname().toLowerCase())
}

/** The file for a URL's path, if there is one inside the folder. */
function fileOf(root: string, url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split(/[?#]/u)[0])
    const asked = resolve(join(root, path.endsWith("/") ? `${path}index.html` : path))
    const real = realpathSync(asked)
    return real.startsWith(root + sep) && statSync(real).isFile() ? real : undefined
  } catch {
    return undefined
  }
}
