// The choice of a model: one of the page, or the visitor's own file.

import { shippedModel, shippedModels } from "../engine/models.ts"
import type { Film } from "../film.ts"
import { openInto } from "../opening.ts"

export function ModelPicker({ film }: { film: Film }) {
  const key = film.model.value?.key ?? ""
  const own = key !== "" && !shippedModels.some((m) => m.name === key)
  return (
    <label class="model">
      <span class="caption">it learned to</span>
      <select
        name="model"
        value={own ? "" : key}
        onChange={(e) => {
          const select = e.currentTarget
          if (!select.value) return
          // Where it could not be loaded, the choice is again what is shown.
          void film.load(shippedModel(select.value)).then(() => (select.value = film.model.value?.key ?? ""))
        }}
      >
        {own && <option value="">{key}</option>}
        {shippedModels.map(({ name, config }) => (
          <option key={name} value={name}>
            {config.task.base === 2 ? name : `${name}, base ${config.task.base}`}
          </option>
        ))}
      </select>
    </label>
  )
}

export const FileOpener = ({ film }: { film: Film }) => (
  <p class="opener">
    <label class="button">
      open a file…
      <input
        type="file"
        multiple
        accept=".safetensors,.json"
        class="visually-hidden"
        onChange={(e) => {
          void openInto(film, [...(e.currentTarget.files ?? [])])
          e.currentTarget.value = ""
        }}
      />
    </label>
    <span class="quiet">A model's weights, or drop one anywhere here, or a run's folder.</span>
  </p>
)
