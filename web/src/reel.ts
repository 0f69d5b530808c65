// What the worker has computed of a question: the answer first, then the film. A frame holds the tensors that
// the next step reads; what a step computes on the way (gates, candidates) is asked for where it is shown, so
// that a long film needs a fifth of the memory.

import { signal } from "@preact/signals"
import type { Frame, TracedTensor } from "../../src/inference/trace.ts"
import type { TraceListener } from "./engine/client.ts"
import type { Detail } from "./engine/messages.ts"

export const createReel = () => ({
  /** The question of the answer and the frames. */
  input: signal<Uint8Array | undefined>(undefined),
  /** The answer, which comes before the film. */
  answer: signal<Uint8Array | undefined>(undefined),
  steps: signal(0),
  tensors: signal<readonly TracedTensor[]>([]),
  frames: signal<readonly Frame[]>([]),
  /** The undamaged run, if the shown one is damaged. */
  original: signal<readonly Frame[] | undefined>(undefined),
  damagedAt: signal<number | undefined>(undefined),
  error: signal<string | undefined>(undefined),
  busy: signal(false),
  milliseconds: signal<number | undefined>(undefined),
})
export type Reel = ReturnType<typeof createReel>

/** `about` is told when the tensors are known; frames of a damaged run follow those before `from`. */
export function listener(reel: Reel, about: () => void, from?: Frame): TraceListener {
  let before: readonly Frame[] | undefined = from ? reel.frames.peek().slice(0, from.step) : []
  const end = () => (reel.busy.value = false)
  return {
    about({ steps, tensors }) {
      reel.steps.value = steps
      reel.tensors.value = tensors
      about()
    },
    answer: (symbols) => (reel.answer.value = symbols),
    frames(more) {
      reel.frames.value = [...(before ?? reel.frames.value), ...more]
      before = undefined
    },
    details(details) {
      reel.frames.value = withDetails(reel.frames.value, details)
    },
    done(milliseconds) {
      end()
      reel.milliseconds.value = milliseconds
    },
    failed(message) {
      end()
      reel.error.value = message
    },
  }
}

function withDetails(frames: readonly Frame[], details: readonly Detail[]): Frame[] {
  const next = [...frames]
  for (const { step, tensors } of details)
    next[step] = { ...next[step], tensors: { ...next[step].tensors, ...tensors } }
  return next
}

/**
 * The frames before those that lack a tensor. The first frame lacks none, because no step made it.
 * @param step only that of this step; undefined: of all steps
 */
export function missing(frames: readonly Frame[], tensor: TracedTensor | undefined, step: number | undefined): Frame[] {
  if (tensor?.carried !== false) return []
  const lacks = (t: number) => t > 0 && frames[t] !== undefined && frames[t].tensors[tensor.name] === undefined
  const steps = step === undefined ? [...frames.keys()] : [step]
  return steps.filter(lacks).map((t) => frames[t - 1])
}

/** The frames without what their steps computed on the way, but for one tensor. */
export function stripped(frames: readonly Frame[], tensors: readonly TracedTensor[], kept: string): readonly Frame[] {
  const surplus = tensors.filter((t) => !t.carried && t.name !== kept).map(({ name }) => name)
  if (!frames.some((frame) => surplus.some((name) => name in frame.tensors))) return frames
  return frames.map((frame) => ({
    ...frame,
    tensors: Object.fromEntries(Object.entries(frame.tensors).filter(([name]) => !surplus.includes(name))),
  }))
}
