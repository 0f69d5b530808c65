// `play` serves the page and nothing else, with the headers that threads need.

import { spawn } from "node:child_process"
import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { connect } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, onTestFinished, test } from "vitest"
import { builtPage } from "../../src/cli/play.ts"
import { serveFolder } from "../../src/cli/static-server.ts"
import { newFolder } from "../runs/folders.ts"
import { run, start } from "./program.ts"

/** Requests a path literally; fetch would normalize it. */
const get = (url: string, path: string, method = "GET", headers = {}) =>
  new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const asked = request(new URL(url), { path, method, headers }, (response) => {
      let body = ""
      response.on("data", (data) => (body += data))
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    asked.on("error", reject)
    asked.end()
  })

test("serves a folder's files only, with isolation and types", async () => {
  const folder = newFolder()
  writeFileSync(join(folder, "secret.txt"), "secret")
  const site = join(folder, "site")
  mkdirSync(join(site, "assets"), { recursive: true })
  writeFileSync(join(site, "index.html"), "<!doctype html>page")
  writeFileSync(join(site, "assets", "a.js"), "1")
  const { url, close } = await serveFolder(site, { port: 0, host: "127.0.0.1" })
  const page = await get(url, "/?x#y")
  expect([page.status, page.body, page.headers["content-type"]]).toEqual([
    200,
    "<!doctype html>page",
    "text/html; charset=utf-8",
  ])
  expect(page.headers).toMatchObject({
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "content-security-policy": expect.stringContaining("default-src 'none'; script-src 'self'"),
  })
  expect((await get(url, "/assets/a.js")).headers["content-type"]).toMatch(/^text\/javascript/)
  expect((await get(url, "/assets/a.js", "HEAD")).body).toBe("")
  for (const path of [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/none.js",
    "/assets",
    "/%",
  ])
    expect((await get(url, path)).status, path).toBe(404)
  expect((await get(url, "/", "POST")).status).toBe(405)
  await expect(serveFolder(site, { port: Number(new URL(url).port), host: "127.0.0.1" })).rejects.toThrow(
    /--port: \d+ is in use/,
  )
  close()
})

describe.runIf(process.platform === "linux")("descriptors", () => {
  /** A server of one large file, in a process that may open few. */
  async function serving() {
    const folder = newFolder()
    writeFileSync(join(folder, "index.html"), "<!doctype html>page")
    writeFileSync(join(folder, "large"), new Uint8Array(20_000_000))
    const script = fileURLToPath(new URL("./serve-child.ts", import.meta.url))
    const child = spawn("/bin/sh", ["-c", `ulimit -n 80 && exec "$0" "$@"`, process.execPath, script, folder])
    onTestFinished(() => void child.kill("SIGKILL"))
    const url = await new Promise<string>((resolve) =>
      child.stdout.once("data", (data) => resolve(String(data).trim())),
    )
    return { url, open: () => readdirSync(`/proc/${child.pid}/fd`).length }
  }
  /** Requests the large file, and reads only the first bytes of the answer. */
  const begin = (url: string) =>
    new Promise<{ status: number; breakOff(): void }>((resolve) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1", () =>
        socket.write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"),
      )
      const breakOff = () => void socket.resetAndDestroy()
      socket.on("error", () => resolve({ status: 0, breakOff }))
      socket.on("close", () => resolve({ status: 0, breakOff }))
      socket.once("data", (data) => {
        socket.pause()
        resolve({ status: Number(String(data.subarray(9, 12))), breakOff })
      })
    })

  test("downloads that are broken off cost none", async () => {
    const { url, open } = await serving()
    expect((await get(url, "/")).status).toBe(200)
    const before = open()
    for (let i = 0; i < 200; i++) (await begin(url)).breakOff()
    await expect.poll(open).toBeLessThanOrEqual(before)
    expect((await get(url, "/")).status).toBe(200)
  })

  test("when there are no more, a request is told to come back, and later ones are answered", async () => {
    const { url } = await serving()
    const begun = await Promise.all(Array.from({ length: 70 }, () => begin(url)))
    expect(begun.map(({ status }) => status)).toContain(503)
    for (const { breakOff } of begun) breakOff()
    await expect.poll(async () => (await get(url, "/")).status).toBe(200)
  })
})

test("only requests that name this machine are answered, so that no site reads it through a name of its own", async () => {
  const folder = newFolder()
  writeFileSync(join(folder, "index.html"), "page")
  const { url, close } = await serveFolder(folder, { port: 0, host: "127.0.0.1" })
  const status = async (host: string) => (await get(url, "/", "GET", { host })).status
  for (const host of ["localhost", "localhost:5290", "127.0.0.1:1", "[::1]:5290", "LOCALHOST"])
    expect(await status(host), host).toBe(200)
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:80", "192.168.0.9"])
    expect(await status(host), host).toBe(421)
  close()
  const open = await serveFolder(folder, { port: 0, host: "0.0.0.0" })
  const local = open.url.replace("0.0.0.0", "127.0.0.1")
  const statusThere = async (host: string) => (await get(local, "/", "GET", { host })).status
  expect([await statusThere("192.168.0.9:80"), await statusThere("evil.example")]).toEqual([200, 421])
  open.close()
})

test("a package without the page says so; one with it is served as it is", async () => {
  const folder = newFolder()
  await expect(builtPage(folder)).rejects.toThrow(/lacks the page: expected .*index\.html; install the package again/)
  const web = join(folder, "dist", "web")
  mkdirSync(web, { recursive: true })
  writeFileSync(join(web, "index.html"), "<!doctype html>page")
  expect(await builtPage(folder)).toBe(web)
})

test("tells its address, answers there, and ends on Ctrl-C", async () => {
  const cwd = newFolder()
  expect((await run(["play", "--port", "x"], { cwd })).stderr).toMatch(/--port: got "x"/)
  const { child, until, ended } = start(["play", "--port", "0", "--no-open"], { cwd })
  let out = ""
  child.stdout.on("data", (data) => (out += data))
  await until(/http:\/\/localhost:\d+\//)
  const answer = await get(out.trim().replace("localhost", "127.0.0.1"), "/")
  expect(answer.body).toMatch(/<title>neural-gpu<\/title>/)
  child.kill("SIGINT")
  expect((await ended).code).toBe(130)
})
