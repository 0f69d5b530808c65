// A number that is typed.

import { useSignal } from "@preact/signals"

interface Props {
  readonly name: string
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  /** Called while it is typed, instead of when it is done. */
  readonly live?: boolean
  fits(x: number): boolean
  /** undefined: the field was emptied. */
  set(x: number | undefined): void
}

/**
 * What is being typed stays, whatever the page draws meanwhile, and so does what cannot be: the browser tells
 * why.
 */
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

/** As many digits as a step has: a browser refuses what lies between two of them. */
const rounded = (x: number, step: number) => Number((Math.round(x / step) * step).toPrecision(6))
