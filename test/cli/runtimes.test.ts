// The program where something is missing that Node, or a whole installation, has.

import { tmpdir } from "node:os"
import { expect, it } from "vitest"
import { jsonLines, refusal, run } from "./program.ts"

/** Runs the program after this code. */
const after = (code: string) => (args: readonly string[]) => {
  const before = `--import data:text/javascript,${encodeURIComponent(code)}`
  return run(args, { cwd: tmpdir(), env: { NODE_OPTIONS: before } })
}
const withoutKoffi = after(`
  import { registerHooks } from "node:module"
  registerHooks({ resolve(name, context, next) {
    if (name === "koffi") throw new Error("Cannot find the native Koffi module")
    return next(name, context)
  } })`)
const underBun = after(`
  Object.defineProperty(process, "versions", { value: { ...process.versions, bun: "1.4.5" } })`)
/** As Deno: no compile cache, no hooks. */
const underDeno = after(`
  import module, { syncBuiltinESMExports } from "node:module"
  delete module.enableCompileCache
  syncBuiltinESMExports()`)

const answers = async (program: typeof withoutKoffi, device: string) => {
  const { code, stdout } = await program(["run", "add", "111+1", "--device", device])
  expect([code, stdout]).toEqual([0, "1000\n"])
}
const native = async (program: typeof withoutKoffi) => {
  const { stdout } = await program(["devices", "--json"])
  return jsonLines(stdout).find(({ name }) => name === "native")
}

it("without koffi all works but native, which tells the reason", async () => {
  expect((await withoutKoffi(["--help"])).code).toBe(0)
  await answers(withoutKoffi, "wasm")
  await answers(withoutKoffi, "auto")
  const reason =
    "the package koffi, which calls C, cannot be loaded on this machine (Cannot find the native Koffi module); npm install koffi"
  expect(await native(withoutKoffi)).toMatchObject({ available: false, auto: false, description: reason })
  expect(refusal(await withoutKoffi(["run", "add", "1+1", "--device", "native"]))).toBe(
    `device native is not available: ${reason}`,
  )
})

it("under Bun auto takes wasm, and native is refused", async () => {
  await answers(underBun, "auto")
  expect(await native(underBun)).toMatchObject({ available: false })
  expect(refusal(await underBun(["run", "add", "1+1", "--device", "native"]))).toBe(
    "device native is not available: under Bun its results are not reliable; use wasm, or Node or Deno",
  )
})

it("under Deno, which has no compile cache, it starts", async () => {
  await answers(underDeno, "wasm")
})
