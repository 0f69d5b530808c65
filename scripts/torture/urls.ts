// Paths and requests to the server of `play`.

import fs from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { serveFolder } from "../../src/cli/static-server.ts"
import type { Random } from "../../src/core/rng.ts"
import { mutant } from "./mutants.ts"
import { atOnce, type Promised, pick } from "./promise.ts"

const parts = [
  "..",
  "%2e%2e",
  "%2E.",
  ".%2e",
  "..%2f",
  "..%5c",
  "\\..",
  "%252e%252e",
  "..;",
  "%c0%ae%c0%ae",
  "...",
  "%00",
  "~",
]
const ends = ["secret", "assets/a.js", "", "index.html", "%", "secret%00.html", "etc/passwd", "//secret"]
const hosts = ["localhost", "localhost:1", "127.0.0.1", "evil.example", "", "[::1]", "a\tb"]

function request(random: Random): Uint8Array {
  const depth = random.below(6)
  const path = `${pick(random, ["/", "//", "/assets/", "http://localhost/", ""])}${Array.from({ length: depth }, () => pick(random, parts)).join("/")}/${pick(random, ends)}`
  const method = pick(random, ["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "X"])
  const whole = new TextEncoder().encode(
    `${method} ${path} HTTP/1.1\r\nHost: ${pick(random, hosts)}\r\nConnection: close\r\n\r\n`,
  )
  return random.below(4) === 0 ? mutant(whole, random) : whole
}

/** A mutant may be half a request, for whose rest the server waits. */
const QUIET_MS = 300

/** Sends raw bytes, and returns all that comes back. */
const send = (port: number, bytes: Uint8Array) =>
  new Promise<string>((resolve) => {
    let said = ""
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes))
    socket.setTimeout(QUIET_MS, () => socket.destroy())
    socket.on("data", (data) => (said += data))
    socket.on("error", () => {})
    socket.on("close", () => resolve(said))
  })

export const urls: Promised = {
  name: "urls",
  promise: "`play` gives no file outside of its folder, answers no request for another host, and goes on answering.",
  how: "paths with encoded and nested parents, links, other hosts and methods, mutants of requests",
  tries: 5000,
  whyNot: () => undefined,
  async run({ tries, folder, random, tried, fail }) {
    const site = join(folder, "site")
    fs.mkdirSync(join(site, "assets"), { recursive: true })
    fs.writeFileSync(join(folder, "secret"), "SECRET")
    fs.writeFileSync(join(site, "index.html"), "PAGE")
    fs.writeFileSync(join(site, "assets", "a.js"), "SCRIPT")
    if (process.platform !== "win32") fs.symlinkSync(join(folder, "secret"), join(site, "secret"))
    const { url, close } = await serveFolder(site, { port: 0, host: "127.0.0.1" })
    const port = Number(new URL(url).port)
    const one = async () => {
      const bytes = request(random)
      const text = new TextDecoder("latin1").decode(bytes)
      const answer = await send(port, bytes)
      tried()
      if (answer.includes("SECRET") || answer.includes("root:")) fail(`a file from outside: ${JSON.stringify(text)}`)
      if (/PAGE|SCRIPT/u.test(answer) && /Host: evil/u.test(text)) fail(`another host: ${JSON.stringify(text)}`)
    }
    let begun = 0
    await atOnce(20, () => (begun++ < tries ? one : undefined))
    const last = await send(
      port,
      new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    )
    if (!last.includes("PAGE")) fail("it no longer answers")
    close()
  },
}
