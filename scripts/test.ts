// npm test: runs vitest and prints, as the very last line, how many tests passed and failed. Before that it
// installs what tests need from the system, if it may (system.ts). Arguments go to vitest: `npm test --
// test/tasks`, `npm test -- -t "ten steps"`. BACKENDS=wasm tests only that backend. --fast (npm run
// test:fast) leaves out slow tests and needs only Node: the reference and wasm, no C compiler, no browser.

import { parseCLI, startVitest } from "vitest/node"
import { Counter } from "../test/reporter.ts"
import { prepareSystem } from "./system.ts"

const given = process.argv.slice(2).filter((arg) => arg !== "--fast")
const fast = given.length < process.argv.length - 2
if (fast) process.env.BACKENDS ??= "wasm"
else prepareSystem()
const leftOut = fast ? ["--exclude", "test/browser/**", "--exclude", "test/backends/webgpu/**"] : []

const { filter, options } = parseCLI(["vitest", "run", ...given, ...leftOut], { allowUnknownOptions: false })
const counter = new Counter()
const vitest = await startVitest("test", filter, {
  ...options,
  watch: false,
  reporters: ["default", counter],
})
const errors = vitest.state.getUnhandledErrors().length
await vitest.close()
const ran = counter.passed + counter.failed > 0
process.exitCode = ran && counter.failed === 0 && errors === 0 ? 0 : 1
if (!ran) console.error("no test ran: check the file name")
if (errors > 0) console.error(`${errors} errors outside tests`)
process.on("exit", () => console.log(counter.summary()))
