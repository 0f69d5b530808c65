// The models that are shipped with the page: the contents of models/ at build time. The build completes
// their configs (web/vite.config.ts).

import { UserError } from "../../../src/core/errors.ts"
import { decodeSafetensors } from "../../../src/formats/safetensors.ts"
import { taskFamilies } from "../../../src/tasks/index.ts"
import type { LoadedModel } from "./messages.ts"

const configs = import.meta.glob<LoadedModel["config"]>("../../../models/*/config.json", {
  eager: true,
  import: "default",
})
const files = import.meta.glob<string>("../../../models/*/model.safetensors", {
  eager: true,
  query: "?url",
  import: "default",
})
const nameOf = (path: string) => path.split("/").at(-2) as string

export const shippedModels: readonly { readonly name: string; readonly config: LoadedModel["config"] }[] =
  Object.entries(configs)
    .filter(([path]) => files[path.replace("config.json", "model.safetensors")])
    // tasks whose questions can be typed
    .filter(([, config]) => taskFamilies.some((task) => task.name === config.task.name))
    .map(([path, config]) => ({ name: nameOf(path), config }))

const loaded = new Map<string, Promise<LoadedModel>>()

/** Loads a shipped model by name. */
export function shippedModel(name: string): Promise<LoadedModel> {
  const known = loaded.get(name)
  if (known) return known
  const load = (async (): Promise<LoadedModel> => {
    const found = shippedModels.find((m) => m.name === name)
    const file = Object.entries(files).find(([path]) => nameOf(path) === name)?.[1]
    if (!found || !file)
      throw new UserError(
        `there is no model ${name} here, expected one of ${shippedModels.map((m) => m.name).join(", ")}`,
      )
    const response = await fetch(file).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new UserError(`the model ${name} could not be loaded (${reason}); check the connection and try again`)
    })
    if (!response.ok)
      throw new UserError(`the model ${name} could not be loaded: ${response.status} ${response.statusText}`)
    const { tensors } = decodeSafetensors(new Uint8Array(await response.arrayBuffer()))
    return { key: name, config: found.config, weights: tensors }
  })()
  loaded.set(name, load)
  load.catch(() => loaded.delete(name))
  return load
}
