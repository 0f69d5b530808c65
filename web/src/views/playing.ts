// Plays a film.

import { useSignalEffect } from "@preact/signals"
import { useRef } from "preact/hooks"
import type { Film } from "../film.ts"

/** Plays by the wall clock, so that a slow machine skips steps instead of falling behind. */
export function usePlaying({ playing, step, steps, speed, go, wanted }: Film): void {
  useSignalEffect(() => {
    if (!playing.value) return
    const first = () => (step.peek() >= steps.peek() ? 0 : step.peek())
    let began = performance.now()
    let from = first()
    let id = requestAnimationFrame(function tick(now: number) {
      if (!playing.peek()) return // this effect hears of a pause after the next frame
      const to = from + Math.floor(((now - began) / 1000) * speed.peek())
      if (to >= steps.peek()) {
        wanted.value = undefined // it stands at its end
        playing.value = false
        return
      }
      if (to !== step.peek()) go(to)
      id = requestAnimationFrame(tick)
    })
    const unsubscribe = speed.subscribe(() => {
      began = performance.now()
      from = first()
    })
    return () => {
      cancelAnimationFrame(id)
      unsubscribe()
    }
  })
}

const stands = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)")
/** Steps a second: a film of any length takes some seconds. */
const speedOf = (steps: number) => (steps <= 60 ? 8 : steps <= 250 ? 30 : 120)

/** Plays each question once, by itself, unless a link names a step or the visitor wants no motion. */
export function useAutoplay({ complete, input, wanted, playing, speed, steps }: Film): void {
  const played = useRef<Uint8Array | undefined>(undefined)
  useSignalEffect(() => {
    if (!complete.value || played.current === input.value) return
    played.current = input.value
    if (stands?.matches || wanted.peek() !== undefined) return
    speed.value = speedOf(steps.peek())
    playing.value = true
  })
}
