// Loads a module of the user's own: a task or a model.

import * as module from "node:module"
import { extname, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { isObject } from "../core/checks.ts"
import { UserError } from "../core/errors.ts"

export const moduleExtensions = [".ts", ".mts", ".js", ".mjs"]

/** Whether a text is the name of such a file. */
export const isModuleFile = (text: string): boolean => moduleExtensions.includes(extname(text))

/**
 * The exports of a module. Node can also require an ES module, and everything that reads a run is
 * synchronous.
 * @throws UserError if it fails
 */
export function exportsOf(file: string): Readonly<Record<string, unknown>> {
  const path = resolve(file)
  const { href } = pathToFileURL(path)
  const format = extname(file).endsWith("ts") ? "module-typescript" : "module"
  // an ES module whatever package.json says, which npm init makes CommonJS; Bun and Deno need no help
  const hooks = module.registerHooks?.({
    load: (url, context, next) => next(url, url === href ? { ...context, format } : context),
  })
  try {
    const found: unknown = module.createRequire(import.meta.url)(path)
    return isObject(found) ? found : {}
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error)
    throw new UserError(`${file} cannot be loaded: ${reason}`, { cause: error })
  } finally {
    hooks?.deregister()
  }
}
