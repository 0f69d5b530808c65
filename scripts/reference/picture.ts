// Generates docs/pictures/add.svg: the shipped model of addition at work. WebAssembly computes it, which gives the
// same numbers on every machine. Place 0, the lowest digit of the first number, is drawn at the right, as people
// write numbers: so the second number stands left of the first.

import { wasm } from "../../src/backends/wasm/index.ts"
import { paper, signed } from "../../src/formats/colors.ts"
import { encodePng } from "../../src/formats/png.ts"
import { type Trace, traceQuestion } from "../../src/inference/trace-question.ts"
import { loadModel } from "../../src/runs/model.ts"
import { openModels } from "../../src/runs/open.ts"

const QUESTION = "011010111011+101101110101"
/** Pixels: a place is so wide, a step so high. */
const [PLACE, STEP] = [9, 12]
const [MARGIN, GAP, TOP] = [24, 32, 74]

/** The whole picture: two channels of the state, and the answer that each step would give. */
export async function additionPicture(): Promise<string> {
  const predictor = openModels([loadModel("add")], wasm(1))
  const trace = await traceQuestion(predictor, QUESTION)
  const answers = trace.frames.map(({ symbols }) => predictor.task.formatOutput(symbols).padStart(places(trace), " "))
  await predictor.dispose()
  const asDrawn = QUESTION.split("+").reverse().join("+")
  const panels = liveliest(trace).map((channel, i) => heatMap(trace, channel, leftOf(trace, i)))
  const width = leftOf(trace, 2) + places(trace) * PLACE + MARGIN
  const bottom = TOP + trace.frames.length * STEP
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 40}" font-family="ui-monospace, monospace">`,
    `<title>A Neural GPU adds ${trace.question} step by step: ${trace.answer}</title>`,
    `<rect width="100%" height="100%" rx="10" fill="rgb(${paper})"/>`,
    ...["one channel of the state", "another channel", "the answer so far"].map((text, i) =>
      label(leftOf(trace, i), 28, text),
    ),
    ...[0, 1].map((i) => spaced(leftOf(trace, i), TOP - 14, asDrawn, "#222")),
    ...panels,
    ...answers.map((text, step) => answerRow(leftOf(trace, 2), TOP + (step + 0.8) * STEP, text, answers.at(-1) ?? "")),
    label(MARGIN, bottom + 24, `time runs down: ${trace.frames.length - 1} steps, one a symbol; blue −1, orange 1`),
    label(leftOf(trace, 2), bottom + 24, `the sum: ${trace.answer.replace(/^0+/u, "")}`),
    "</svg>",
  ].join("\n")}\n`
}

const places = ({ input }: Trace): number => input.length
const leftOf = (trace: Trace, panel: number): number => MARGIN + panel * (places(trace) * PLACE + GAP)
const stateOf = ({ tensors }: Trace["frames"][number]): Float32Array => tensors.state

/** The two channels that change most from step to step. */
function liveliest({ frames, tensors }: Trace): number[] {
  const channels = tensors.find(({ name }) => name === "state")?.shape[2] ?? 0
  const changes = Array.from({ length: channels }, (_, channel) => {
    let sum = 0
    for (const [t, frame] of frames.slice(1).entries())
      for (let i = channel; i < stateOf(frame).length; i += channels)
        sum += Math.abs(stateOf(frame)[i] - stateOf(frames[t])[i])
    return { channel, sum }
  })
  return changes
    .sort((a, b) => b.sum - a.sum)
    .slice(0, 2)
    .map(({ channel }) => channel)
}

function heatMap(trace: Trace, channel: number, left: number): string {
  const [L, T] = [places(trace), trace.frames.length]
  const pixels = new Uint8Array(L * T * 3)
  for (const [t, frame] of trace.frames.entries())
    for (let l = 0; l < L; l++)
      pixels.set(signed(stateOf(frame)[(l * stateOf(frame).length) / L + channel]), 3 * (t * L + L - 1 - l))
  const png = Buffer.from(encodePng(L, T, pixels)).toString("base64")
  const place = `x="${left}" y="${TOP}" width="${L * PLACE}" height="${T * STEP}"`
  return `<image ${place} preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${png}"/>`
}

/** Digits that are final are dark. */
const answerRow = (left: number, y: number, text: string, last: string): string =>
  [...text]
    .map((symbol, i) => spaced(left + i * PLACE, y, symbol, text.slice(i) === last.slice(i) ? "#222" : "#b9b4a8"))
    .join("")

const label = (x: number, y: number, text: string, size = 13): string =>
  `<text x="${x}" y="${y}" font-size="${size}" fill="#555">${text}</text>`
const spaced = (left: number, y: number, text: string, fill: string): string =>
  [...text]
    .map(
      (symbol, i) =>
        `<text x="${left + (i + 0.5) * PLACE}" y="${y}" font-size="11" text-anchor="middle" fill="${fill}">${symbol}</text>`,
    )
    .join("")
