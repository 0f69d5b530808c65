// Everything that reads what others wrote, with mutants of what it should read. Inputs that once failed are
// kept in corpus/ and tried first.

import { createHash } from "node:crypto"
import fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { isDeepStrictEqual } from "node:util"
import { wasm } from "../../src/backends/wasm/index.ts"
import { MOST_CHARACTERS } from "../../src/core/errors.ts"
import type { Random } from "../../src/core/rng.ts"
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.ts"
import { loadCheckpoint, saveCheckpoint } from "../../src/runs/checkpoint.ts"
import { checkedConfig } from "../../src/runs/file-formats.ts"
import { readUsableMetrics } from "../../src/runs/metrics.ts"
import { parseSpace } from "../../src/sweep/space.ts"
import { createTask, taskFamilies } from "../../src/tasks/index.ts"
import { resolveConfig } from "../../src/training/config.ts"
import type { Snapshot } from "../../src/training/events.ts"
import { checkState } from "../../src/training/state.ts"
import { train } from "../../src/training/trainer.ts"
import { readUrl, writeUrl } from "../../web/src/url.ts"
import { changed, mutant } from "./mutants.ts"
import { type Promised, pick } from "./promise.ts"

const corpus = fileURLToPath(new URL("./corpus/", import.meta.url))
/** No input of a few kilobytes may take longer. */
const MOST_MS = 5000
const config = resolveConfig({ task: { name: "copy" }, model: { maps: 3 }, sizes: [[1, 2]], steps: 2 })
const encode = (text: string) => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const json = (value: unknown) => encode(JSON.stringify(value))

interface Parser {
  readonly name: string
  /** An input, from what the program itself writes. */
  input(random: Random): Uint8Array
  /** Reads it. Throws a UserError or SafetensorsError if it cannot be used, and any other error for a fault. */
  read(bytes: Uint8Array): void
}

function require(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

/** The parsers, with files that a training of two steps has written. */
async function parsers(folder: string): Promise<Parser[]> {
  let last: Snapshot | undefined
  for await (const event of train(config, wasm(1))) if (event.type === "step") last = await event.snapshot()
  const snapshot = last as Snapshot
  const whole = fs.readFileSync(saveCheckpoint(folder, snapshot))
  const [file, metrics] = [join(folder, "mutant.safetensors"), join(folder, "metrics.jsonl")]
  const space = {
    name: "grid",
    about: "rates",
    config: { task: { name: "add" } },
    axes: [{ name: "rate", fields: ["learningRate"], values: [0.01, 0.02] }],
  }
  const links = ["#v=2&page=watch&model=add&q=1011%2B110&t=4&ch=0.1.2&cell=1.0.2", "#v=1&keep=0.9&rate=0.01"]
  const row = JSON.stringify({ type: "step", step: 10, size: 2, seconds: 0.1 })
  return [
    {
      name: "safetensors",
      input: (random) => mutant(whole, random),
      read(bytes) {
        const { tensors, metadata } = decodeSafetensors(bytes)
        require(encodeSafetensors(tensors, metadata).length > 0, "it cannot be written again")
      },
    },
    {
      name: "checkpoint",
      input: (random) => mutant(whole, random),
      read(bytes) {
        fs.writeFileSync(file, bytes)
        const { step, state } = loadCheckpoint(file)
        require(step === snapshot.step && isDeepStrictEqual(state, snapshot.state), "a changed file was accepted")
      },
    },
    {
      name: "state",
      input: (random) => json(changed(snapshot.state, random)),
      read: (bytes) => checkState(config, snapshot.step, JSON.parse(decode(bytes))),
    },
    {
      name: "config",
      input: (random) => json(changed(config, random)),
      read(bytes) {
        const whole = checkedConfig("config.json", JSON.parse(decode(bytes)))
        const again = checkedConfig("config.json", whole)
        require(JSON.stringify(again) === JSON.stringify(whole), "it is another one the second time")
      },
    },
    {
      name: "space",
      input: (random) => (random.below(2) === 0 ? json(changed(space, random)) : mutant(json(space), random)),
      read: (bytes) => void parseSpace("space.json", decode(bytes)),
    },
    {
      name: "question",
      input(random) {
        const family = pick(random, taskFamilies)
        const { question } = createTask(family.name).typed
        return encode(`${family.name}:${decode(mutant(encode(question), random))}`)
      },
      read(bytes) {
        const [name, ...question] = decode(bytes).split(":")
        const task = createTask(name)
        const input = task.parse(question.join(":"))
        require(task.oracle(input).length === input.length, "the answer has another length")
      },
    },
    {
      name: "metrics",
      input: (random) => mutant(encode(`${row}\n${row}\n${row}\n`), random),
      read(bytes) {
        fs.writeFileSync(metrics, bytes)
        for (const found of readUsableMetrics(metrics).rows) require(typeof found === "object", "no row")
      },
    },
    {
      name: "link",
      input: (random) => mutant(encode(pick(random, links)), random),
      read(bytes) {
        const { state, notes } = readUrl(decode(bytes))
        for (const note of notes) require(note.length <= MOST_CHARACTERS, `a note of ${note.length} characters`)
        const link = writeUrl(state)
        require(writeUrl(readUrl(link).state) === link, "its own link is another one")
      },
    },
  ]
}

/** What is wrong with how a parser takes an input; undefined if nothing is. */
function whyWrong({ read }: Parser, bytes: Uint8Array): string | undefined {
  const began = performance.now()
  try {
    read(bytes)
  } catch (error) {
    const { name, message } = error as Error
    if (name !== "UserError" && name !== "SafetensorsError") return `${name}: ${message}`
    if (message.length > MOST_CHARACTERS || /\p{Cc}/u.test(message)) return `no sentence: ${message.slice(0, 400)}`
  }
  const took = performance.now() - began
  return took > MOST_MS ? `it takes ${took.toFixed(0)} ms` : undefined
}

const prototype = JSON.stringify(Object.getOwnPropertyNames(Object.prototype))

export const fuzzing: Promised = {
  name: "parsers",
  promise:
    "Checkpoints, states, configs, sweeps, questions, metrics and links that are damaged or made up are used or refused with one sentence, at once.",
  how: "random mutants of what the program writes, eight parsers, after the kept inputs that once failed",
  tries: 120_000,
  whyNot: () => undefined,
  async run({ tries, folder, random, tried, fail }) {
    const all = await parsers(folder)
    const take = (parser: Parser, bytes: Uint8Array, from: string) => {
      tried()
      const wrong = whyWrong(parser, bytes)
      if (wrong === undefined) return
      const name = `${parser.name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}`
      if (from === "a mutant") fs.writeFileSync(join(corpus, name), bytes)
      fail(`${parser.name}, ${from === "a mutant" ? `kept as corpus/${name}` : from}: ${wrong}`)
    }
    for (const name of fs.readdirSync(corpus)) {
      const parser = all.find((p) => p.name === name.split("-")[0])
      if (parser) take(parser, fs.readFileSync(join(corpus, name)), name)
    }
    for (let i = 0; i < tries; i++) {
      const parser = all[i % all.length]
      take(parser, parser.input(random), "a mutant")
      if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve)) // signals
    }
    if (JSON.stringify(Object.getOwnPropertyNames(Object.prototype)) !== prototype) fail("Object.prototype has changed")
  },
}
