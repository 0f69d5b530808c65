// Models of one's own that a file defines. A config names the file, from the current folder, and whoever
// reads the config loads it again.

import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"
import { DefinedModel, isKnownModel, modelFamily, useModel } from "../models/index.ts"
import { exportsOf, isModuleFile, moduleExtensions } from "./module-file.ts"

const EXPORT = 'a model as its default export: export default defineModel({ name: "my-cell", … })'

/**
 * The name of a model.
 * @param nameOrFile a model of this package, or the file of one's own
 * @throws UserError if there is no such model, or its file does not define one
 * @example modelNamed("./my-cell.ts") // "my-cell"
 */
export function modelNamed(nameOrFile: string): string {
  if (isModuleFile(nameOrFile)) return loadModelFile(nameOrFile, `--model: there is no file ${nameOrFile}`)
  modelFamily(nameOrFile) // refuses an unknown name
  return nameOrFile
}

/**
 * Loads the file that defines a config's model, if one does. A model that is already known is not loaded.
 * @param config a config as it is stored; its check comes later
 * @throws UserError if the file is not there, or defines another model
 */
export function loadModelOf(config: object): void {
  const model = "model" in config ? config.model : undefined
  if (model instanceof DefinedModel) {
    const { name } = model.family
    throw new UserError(
      `a recipe names the file of its model, got the model ${name} itself; write model: { name: "${name}", module: "./its-file.ts" }`,
    )
  }
  if (!isObject(model) || typeof model.name !== "string" || isKnownModel(model.name, model.module)) return
  const { name, module: file } = model
  if (file === null)
    throw new UserError(
      `the model ${name} was defined by a program, which must call useModel(…) before it loads this run`,
    )
  if (typeof file !== "string") return // a misspelled model of this package
  const gone = `the model ${name} is defined in ${file}, which does not exist; start this program in the folder where it is`
  const found = loadModelFile(file, gone)
  if (found !== name) throw new UserError(`${file} defines the model ${found}, expected ${name}`)
}

/** The file that defines a config's model; null for a model of this package, or of a program. */
function moduleOf(config: object): string | null {
  const model = "model" in config ? config.model : undefined
  return isObject(model) && typeof model.module === "string" ? model.module : null
}

/** SHA-256 of the file that defines a config's model, in hex; null if none does. */
export function moduleDigest(config: object): string | null {
  const file = moduleOf(config)
  return file === null || !existsSync(file) ? null : createHash("sha256").update(readFileSync(file)).digest("hex")
}

/** A note for the user if the file of a run's model has changed since the run began. */
export function changedModule(config: object, info: Readonly<Record<string, unknown>>): string[] {
  const now = moduleDigest(config)
  if (now === null || typeof info.module !== "string" || info.module === now) return []
  return [`${moduleOf(config)} has changed since the run began, and its model may not be the one that was trained`]
}

/** Loads a file and returns the name of its model. */
function loadModelFile(file: string, gone: string): string {
  if (!isModuleFile(file))
    throw new UserError(`${file} cannot define a model: expected a file with ${moduleExtensions.join(", ")}`)
  if (!existsSync(file)) throw new UserError(gone)
  const model = exportsOf(file).default
  if (!(model instanceof DefinedModel)) {
    const copy = isObject(model) && "family" in model
    throw new UserError(
      copy
        ? `${file} uses another copy of neural-gpu than this program; start the program of the package that it imports`
        : `${file} does not define a model: expected ${EXPORT}`,
    )
  }
  useModel(model, file)
  return model.family.name
}
