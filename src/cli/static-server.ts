// Serves the files of one folder over HTTP, with the two headers that a page needs for threads. It only
// reads, and only inside the folder.

import { createReadStream, realpathSync, statSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
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
    const refuse = (code: number) => response.writeHead(code, isolation).end()
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405)
    const file = fileOf(root, request.url ?? "/")
    if (!file) return refuse(404)
    // names of built files contain a digest of their content, except that of the page itself
    const cache = file.includes(`${sep}assets${sep}`) ? "public, max-age=31536000, immutable" : "no-cache"
    response.writeHead(200, {
      ...isolation,
      "Content-Type": types[extname(file)] ?? "application/octet-stream",
      "Cache-Control": cache,
      "X-Content-Type-Options": "nosniff",
    })
    if (request.method === "HEAD") response.end()
    else
      createReadStream(file)
        .on("error", () => response.destroy())
        .pipe(response)
  })
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
