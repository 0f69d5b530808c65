// `npm start` learns addition from nothing, shows how far it generalizes, and adds two long numbers.

import { Command } from "commander"
import { random } from "../core/rng.ts"
import type { Predictor } from "../inference/predictor.ts"
import { loadModel } from "../runs/model.ts"
import { openModels } from "../runs/open.ts"
import { deviceHelp, openDevice } from "./device.ts"
import { evaluateLive, evaluationHeader, evaluationLine } from "./eval.ts"
import { colorsFor, columnsOf, print, say } from "./output.ts"
import { SAVE_EVERY, trainRun } from "./train.ts"
import { newConfig } from "./train-config.ts"
import { clock, workersOf } from "./values.ts"

interface StartOptions {
  readonly device: string
  readonly workers?: string
  readonly seed?: string
  readonly time?: string
}

/** The sizes shown, with few enough random examples to be quick. Hard examples are shown at small sizes. */
const shown = [
  { size: 20, samples: 256, hard: true },
  { size: 100, samples: 256, hard: true },
  { size: 200, samples: 256, hard: true },
  { size: 500, samples: 64, hard: false },
  { size: 2000, samples: 16, hard: false },
] as const
const BITS = 2000

export const startCommand = (): Command =>
  new Command("npm start --")
    .description("learn binary addition from nothing, then add two long numbers")
    .option("--device <name>", deviceHelp, "auto")
    .option("--workers <n>", "number of threads (default: all of the machine)")
    .option("--seed <n>", "seed of all random numbers")
    .option("--time <time>", "time limit, such as 90s, 5m or 2h")
    .action(async (options: StartOptions) => {
      process.exitCode = await startHere(options)
    })

async function startHere(options: StartOptions): Promise<number> {
  const { backend } = await openDevice(options.device, workersOf(options.workers))
  await newConfig("add", { ...options }) // refuses wrong options first
  const title = colorsFor(process.stderr).bold
  say(title("1. Learning to add binary numbers from examples of at most 20 bits"))
  const { exitCode, dir, outcome } = await trainRun("add", { ...options, saveEvery: SAVE_EVERY })
  if (outcome?.reason !== "generalizes") {
    if (exitCode === 0) say("it does not generalize yet")
    return exitCode || 1
  }
  const trained = loadModel(dir)
  const model = openModels([trained], backend)
  say(title("\n2. Testing it on fresh numbers, up to a hundred times as long"))
  print(evaluationHeader)
  const [longest] = shown.slice(-1)
  for (const row of shown.slice(0, -1)) await showSize(model, row)
  // sixteen examples of 2000 bits keep one core busy for a while, so a second model adds the two numbers
  // meanwhile
  const second = openModels([trained], backend)
  const [sum] = await Promise.all([addLongNumbers(second), showSize(model, longest)])
  say(title(`\n3. Two random numbers of ${BITS} bits`))
  showSum(sum)
  await Promise.all([model.dispose(), second.dispose()])
  say(title("\nWhat to try next"))
  for (const line of next(dir)) say(`  ${line}`)
  return sum.answer === sum.expected ? 0 : 1
}

async function showSize(model: Predictor, { size, samples, hard }: (typeof shown)[number]): Promise<void> {
  for (const kind of hard ? [false, true] : [false])
    print(evaluationLine(await evaluateLive(model, size, { samples, hard: kind })))
}

interface Sum {
  readonly a: string
  readonly b: string
  readonly answer: string
  /** The sum by BigInt. */
  readonly expected: string
  readonly seconds: number
}

/** Asks for the sum of two random numbers, different ones every time. */
async function addLongNumbers(model: Predictor): Promise<Sum> {
  const stream = random(Date.now() & 0x7fffffff)
  const bits = () => `1${Array.from({ length: BITS - 1 }, () => stream.below(2)).join("")}`
  const [a, b] = [bits(), bits()]
  const began = performance.now()
  const { answer } = await model.predict(`${a}+${b}`)
  const expected = (BigInt(`0b${a}`) + BigInt(`0b${b}`)).toString(2)
  return { a, b, answer, expected, seconds: (performance.now() - began) / 1000 }
}

function showSum({ a, b, answer, expected, seconds }: Sum): void {
  const columns = columnsOf(process.stdout) - 2
  print(`  ${shortened(a, columns)}`)
  print(`+ ${shortened(b, columns)}`)
  print(`= ${shortened(answer, columns)}`)
  const bitsRight = [...expected].filter((bit, i) => bit === answer[i - expected.length + answer.length]).length
  const verdict =
    answer === expected ? "all bits are correct" : `wrong: ${bitsRight} of ${expected.length} bits are correct`
  print(`${verdict}, checked with BigInt (${clock(seconds)})`)
}

/** A long number without its middle, aligned at its end. */
function shortened(number: string, columns: number): string {
  const middle = ` ... ${number.length} bits ... `
  const each = Math.max(4, Math.min(24, Math.floor((columns - middle.length) / 2)))
  return `${number.slice(0, each)}${middle}${number.slice(-each)}`
}

const next = (dir: string): string[] => [
  `npx neural-gpu run ${dir} 1011+110          ask it yourself`,
  `npx neural-gpu eval ${dir} --hard     the hard cases`,
  "npx neural-gpu train count                      learn something else",
  "npx neural-gpu --help                           all commands",
]
