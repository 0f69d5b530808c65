// The form of a run in a link. Version 1 of links had other keys for two fields.

import { type LinkReader, numberPart, readParts, strangers, writeParts } from "./link.ts"
import { type FieldName, type Form, formFields } from "./train-form.ts"
import { type TrainPart, VERSION } from "./url.ts"

type FormReaders = { readonly [K in FieldName]: LinkReader<NonNullable<Form[K]>> }
/** Version 1 stored the keep probability of dropout … */
const kept = numberPart("keep", "a number from 0.5 to 1", (x) => x >= 0.5 && x <= 1)
const dropped = (keep: number) => Number((1 - keep).toFixed(8))
const version1: FormReaders = {
  ...formFields,
  dropout: {
    ...kept,
    read(text) {
      const keep = kept.read(text)
      return keep === undefined ? undefined : dropped(keep)
    },
  },
  // … and used this key for the learning rate.
  learningRate: { ...formFields.learningRate, key: "rate" },
}

/** The choices of a link, and one message for each part that cannot be read. */
export function readForm({ version, values }: TrainPart): { readonly form: Form; readonly notes: readonly string[] } {
  const readers: FormReaders = version === "1" ? version1 : formFields
  const known = new Set(Object.values(readers).map(({ key }) => key))
  const notes = strangers(Object.keys(values).filter((key) => !known.has(key)))
  return { form: readParts(readers, new URLSearchParams(values), notes), notes }
}

export function writeForm(form: Form): TrainPart {
  const link = new URLSearchParams()
  writeParts(formFields, form, {}, link)
  return { version: VERSION, values: Object.fromEntries(link) }
}
