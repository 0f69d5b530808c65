// Training in the page: the form, and the runs with their curves.

import { useSignal, useSignalEffect } from "@preact/signals"
import { findGpu } from "../engine/device.ts"
import { notes, train, watch } from "../place.ts"
import { addRun, createRun, runs } from "../runs.ts"
import { configOf, deviceName, form, titleOf } from "../train-form.ts"
import { readForm, writeForm } from "../train-link.ts"
import { Charts } from "./chart.tsx"
import { FormFields } from "./form-fields.tsx"
import { RunCard } from "./run-card.tsx"
import { TeachView } from "./teach-view.tsx"

void findGpu()

/** Keeps the form and its part of the link equal. What a link says wrongly is told. */
function useLink() {
  useSignalEffect(() => {
    const { form: read, notes: told } = readForm(train.value)
    if (told.length > 0) notes.value = told
    form.value = read
  })
  useSignalEffect(() => {
    const part = writeForm(form.value)
    if (JSON.stringify(part) !== JSON.stringify(train.peek())) train.value = part
  })
}

export function TrainView() {
  useLink()
  const error = useSignal<string | undefined>(undefined)
  const begin = () => {
    try {
      const config = configOf(form.value)
      const run = createRun(titleOf(config), config, deviceName.value)
      addRun(run)
      error.value = undefined
      run.start()
    } catch (e) {
      error.value = (e as Error).message
    }
  }
  return (
    <div class="train">
      <header>
        <h1>Teach one yourself</h1>
        <p class="lede">
          A net that knows nothing sees examples of small sizes. The question is not whether it gets those right, but
          whether it finds the rule, and so is right at sizes ten times as large.
        </p>
      </header>
      <TeachView />
      <h2 class="own">Your own settings</h2>
      <form
        class="recipe"
        onSubmit={(e) => {
          e.preventDefault()
          begin()
        }}
      >
        <FormFields />
        <button type="submit" class="primary">
          {runs.value.length > 0 ? "train another beside it" : "train"}
        </button>
      </form>
      {error.value && (
        <p class="error" role="alert">
          {error.value}
        </p>
      )}
      {runs.value.length > 0 && <Charts runs={runs.value} />}
      <div class="runs">
        {runs.value.map((run, i) => (
          <RunCard key={run.number} run={run} index={i} onWatch={watch} />
        ))}
      </div>
    </div>
  )
}
