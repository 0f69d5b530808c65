// `play` serves the page and nothing else, with the headers that threads need.

import { mkdirSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { join } from "node:path"
import { expect, test } from "vitest"
import { builtPage } from "../../src/cli/play.ts"
import { serveFolder } from "../../src/cli/static-server.ts"
import { newFolder } from "../runs/folders.ts"
import { run, start } from "./program.ts"

/** Requests a path literally; fetch would normalize it. */
const get = (url: string, path: string, method = "GET") =>
  new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const asked = request(new URL(url), { path, method }, (response) => {
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
