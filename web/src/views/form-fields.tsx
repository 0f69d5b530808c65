// Renders the form of a run from the table in train-form.ts.

import { pageDevices } from "../engine/device.ts"
import {
  choose,
  configOf,
  deviceName,
  type FieldName,
  type FormField,
  fieldNames,
  form,
  formFields,
  type Option,
  optionsOf,
} from "../train-form.ts"
import { NumberField } from "./number.tsx"

/** The fields that apply to the chosen model. */
export function FormFields() {
  const config = configOf(form.value)
  return (
    <>
      {fieldNames
        .filter((name) => formFields[name].has(config))
        .map((name) => (
          <FormInput key={name} name={name} field={formFields[name]} value={formFields[name].of(config)} />
        ))}
      <Select
        name="device"
        label="device"
        value={deviceName.value}
        options={pageDevices.value.map(({ name, label }) => ({ value: name, label }))}
        set={(name) => (deviceName.value = name)}
      />
    </>
  )
}

function FormInput({ name, field, value }: { name: FieldName; field: FormField; value: number | string }) {
  const { label, input } = field
  const set = (x: number | string | undefined) => (form.value = choose(form.value, name, x as never))
  if (input.kind === "choice")
    return <Select name={name} label={label} value={String(value)} options={optionsOf(form.value, name)} set={set} />
  return <NumberField name={name} label={label} live value={Number(value)} {...input} set={set} />
}

interface SelectProps {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly options: readonly Option[]
  set(value: string): void
}

const Select = ({ name, label, value, options, set }: SelectProps) => (
  <label>
    <span class="caption">{label}</span>
    <select name={name} value={value} onChange={(e) => set(e.currentTarget.value)}>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  </label>
)
