// A number input.

import { useSignal } from "@preact/signals"

interface Props {
  readonly name: string
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  /** Called on every change, instead of when editing ends. */
  readonly live?: boolean
  fits(x: number): boolean
  /** undefined: the field was cleared. */
  set(x: number | undefined): void
}

/** Keeps unfinished or invalid input across redraws; the browser explains invalid input. */
export function NumberField({ name, label, value, min, max, step, live = false, fits, set }: Props) {
  const draft = useSignal<string | undefined>(undefined)
  const read = ({ value, valueAsNumber: x, validity }: HTMLInputElement) => {
    const isEmpty = value === "" && !validity.badInput
    return { good: isEmpty || (validity.valid && fits(x)), x: isEmpty ? undefined : x }
  }
  const give = (input: HTMLInputElement) => {
    const { good, x } = read(input)
    if (good) set(x)
  }
  const leave = (input: HTMLInputElement) => {
    if (read(input).good) draft.value = undefined
  }
  return (
    <label>
      <span class="caption">{label}</span>
      <input
        type="number"
        name={name}
        min={min}
        max={max}
        step={step}
        value={draft.value ?? rounded(value, step)}
        onInput={(e) => {
          draft.value = e.currentTarget.value
          if (live) give(e.currentTarget)
        }}
        onChange={(e) => {
          if (!live) give(e.currentTarget)
          leave(e.currentTarget)
        }}
        onBlur={(e) => leave(e.currentTarget)}
      />
    </label>
  )
}

/** Rounds to the input's step, because browsers reject values in between. */
const rounded = (x: number, step: number) => Number((Math.round(x / step) * step).toPrecision(6))
