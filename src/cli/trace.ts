// `trace` shows the state over time, as a picture, as JSON, or as lines of text.

import { writeFileSync } from "node:fs"
import { Command } from "commander"
import { UserError } from "../core/errors.ts"
import { didYouMean } from "../core/nearest.ts"
import { isShare } from "../core/role.ts"
import { encodePng } from "../formats/png.ts"
import { type Trace, traceQuestion } from "../inference/trace-question.ts"
import { traceVectors } from "../inference/trace-vectors.ts"
import { loadModel, type TrainedModel } from "../runs/model.ts"
import { openModels } from "../runs/open.ts"
import { findTask, symbolTask } from "../tasks/index.ts"
import { deviceHelp, openDevice } from "./device.ts"
import { print, printJson, say } from "./output.ts"
import { drawTrace, type Picture } from "./trace-picture.ts"
import { drawVectorTrace, vectorTraceLines } from "./trace-vectors.ts"
import { whole, workersOf } from "./values.ts"

interface TraceOptions {
  readonly png?: string
  readonly json?: boolean
  readonly tensor: string
  readonly scale?: string
  readonly device: string
  readonly workers?: string
}

/** Limit for the sides of a picture, so that programs can open it. */
const MOST_PIXELS = 16_000

export const traceCommand = (): Command =>
  new Command("trace")
    .argument("<run>", "a run's folder, a checkpoint file, or the name of a trained model")
    .argument("<question>", "such as 1011+110; for tasks on vectors, the size of a random example, such as 20")
    .option("--png <file>", "write a picture with a panel for each channel; time runs down")
    .option("--json", "print one JSON line per step, with all numbers")
    .option("--tensor <name>", "tensor to draw; --json lists their names", "state")
    .option("--scale <n>", "pixels per number in the picture (default: fitted to its size)")
    .option("--device <name>", deviceHelp, "auto")
    .option("--workers <n>", "number of threads (default: all of the machine)")
    .action(async (path: string, question: string, options: TraceOptions) => {
      process.exitCode = await traceModel(path, question, options)
    })

async function traceModel(path: string, question: string, options: TraceOptions): Promise<number> {
  const scale = options.scale === undefined ? undefined : whole("--scale", options.scale, 1, 64)
  const model = loadModel(path)
  const found = findTask(model.config.task.name, model.config.task)
  if (found.kind === "vectors")
    return traceSize(model, whole("question", question, found.minSize, 1000), options, scale)
  symbolTask(model.config.task, model.task).parse(question) // checked before compiling
  const { backend, notes } = await openDevice(options.device, workersOf(options.workers))
  for (const note of [...model.notes, ...notes]) say(note)
  const predictor = openModels([model], backend)
  const { tensors } = await predictor.trace(question)
  const names = tensors.map((t) => t.name)
  if (!names.includes(options.tensor)) {
    throw new UserError(
      `--tensor: got ${JSON.stringify(options.tensor)}, expected one of ${names.join(", ")}${didYouMean(options.tensor, names)}`,
    )
  }
  const trace = await traceQuestion(predictor, question)
  if (options.json) tellJson(trace)
  else tellLines(trace, (predictor.task.parts?.of(trace.input) ?? predictor.task).formatOutput)
  if (options.png !== undefined) writePicture(trace, options.tensor, options.png, scale)
  await predictor.dispose()
  return trace.right === false ? 1 : 0
}

/**
 * Traces one random example of a task on vectors, with the heads' weightings as in the paper's figures [NTM].
 */
async function traceSize(
  model: TrainedModel,
  size: number,
  { json, png, device, workers }: TraceOptions,
  scale = 3,
): Promise<number> {
  const { backend, notes } = await openDevice(device, workersOf(workers))
  for (const note of [...model.notes, ...notes]) say(note)
  const predictor = openModels([model], backend)
  const trace = await traceVectors(predictor, { size })
  await predictor.dispose()
  if (json) for (const line of vectorTraceLines(trace)) printJson(line)
  if (png !== undefined) {
    const picture = drawVectorTrace(trace, scale)
    save(png, picture)
    const weightings = trace.tensors.filter(({ role }) => role === "weighting").map(({ name }) => name)
    say(`${png}: input, answer, target; the memory at the end; ${weightings.join(", ")}; time runs right`)
  }
  say(`${trace.input.length} steps, ${trace.right ? "all bits correct" : "not all bits correct"}`)
  return trace.right ? 0 : 1
}

/** Prints the shapes, then a line per step. */
function tellJson({ question, answer, expected, right, tensors, frames }: Trace): void {
  const listed = tensors.map(({ name, carried, shape }) => ({ name, carried, shape }))
  printJson({ question, answer, right, expected, steps: frames.length - 1, tensors: listed })
  for (const { step, tensors: values } of frames) {
    const shown = tensors.filter(({ name }) => values[name]).map(({ name }) => [name, [...values[name]]] as const)
    printJson({ step, ...Object.fromEntries(shown) })
  }
}

/** Prints the answer if the computation stopped after each step. Steps that change nothing are left out. */
function tellLines({ frames, answer, expected, right }: Trace, format: (symbols: Uint8Array) => string): void {
  const width = String(frames.length - 1).length
  let before = ""
  for (const { step, symbols } of frames) {
    const text = format(symbols)
    if (text !== before) print(`${String(step).padStart(width)}  ${text}`)
    before = text
  }
  const verdict = right === null ? "" : right ? ", correct" : `, wrong, expected ${expected}`
  say(`${answer} after ${frames.length - 1} steps${verdict}`)
}

function writePicture(trace: Trace, tensor: string, file: string, scale: number | undefined): void {
  const longest = Math.max(trace.frames.length, trace.input.length)
  const { width, height, pixels, columns, rows, role } = drawTrace(
    trace,
    tensor,
    scale ?? Math.max(1, Math.min(8, Math.floor(160 / longest))),
  )
  save(file, { width, height, pixels })
  say(
    `${file}: ${tensor}, ${columns * rows === 1 ? "one channel" : `channels in ${rows} rows of ${columns}`}; time runs down, places run right; ${isShare(role) ? "white 0, green 1" : "blue −1, white 0, orange 1"}`,
  )
}

function save(file: string, { width, height, pixels }: Pick<Picture, "width" | "height" | "pixels">): void {
  if (width > MOST_PIXELS || height > MOST_PIXELS)
    throw new UserError(
      `--png: the picture would be ${width} by ${height} pixels; use a smaller --scale or a shorter question`,
    )
  try {
    writeFileSync(file, encodePng(width, height, pixels))
  } catch (error) {
    throw new UserError(`--png: cannot write ${file}: ${(error as Error).message}; use another path`, { cause: error })
  }
}
