// A view whose code is loaded when it is first shown.

import { useSignal } from "@preact/signals"
import type { FunctionComponent } from "preact"
import { useEffect } from "preact/hooks"

/** `load` returns the view: later(() => import("./train-view.tsx").then((m) => m.TrainView)) */
export function later<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let loaded: FunctionComponent<P> | undefined
  return function Later(props: P) {
    const error = useSignal<string | undefined>(undefined)
    const version = useSignal(0)
    const fetchView = () => {
      error.value = undefined
      load().then(
        (view) => {
          loaded = view
          version.value++
        },
        (e: unknown) => (error.value = e instanceof Error ? e.message : String(e)),
      )
    }
    useEffect(() => {
      if (!loaded) fetchView()
    }, [])
    void version.value
    const View = loaded
    if (View) return <View {...props} />
    if (error.value === undefined)
      return (
        <p class="quiet" role="status">
          loading…
        </p>
      )
    return (
      <p class="error" role="alert">
        This part of the page could not be loaded: {error.value}.{" "}
        <button type="button" onClick={fetchView}>
          try again
        </button>
      </p>
    )
  }
}
