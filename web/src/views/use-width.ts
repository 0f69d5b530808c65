// Widths, and canvases that have them.

import { useSignal } from "@preact/signals"
import type { RefObject } from "preact"
import { useEffect } from "preact/hooks"

/** The width inside an element, in CSS pixels; 0 until it is known. */
export function useWidth(element: RefObject<HTMLElement | null>) {
  const width = useSignal(0)
  useEffect(() => {
    if (!element.current) return
    const watch = new ResizeObserver(([entry]) => (width.value = Math.floor(entry.contentRect.width)))
    watch.observe(element.current)
    return () => watch.disconnect()
  }, [width])
  return width
}

/** A canvas in device pixels, cleared, with CSS pixels as its unit. */
export function prepared(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = devicePixelRatio
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
    canvas.style.height = `${height}px`
  }
  const context = canvas.getContext("2d") as CanvasRenderingContext2D
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  context.imageSmoothingEnabled = false
  return context
}
