// The task of the user's own in a run's folder. Pairs are stored beside the config, so that the run is whole
// without the file that they came from. Of a task in a module, the path is stored.

import { createHash } from "node:crypto"
import fs from "node:fs"
import { join, resolve } from "node:path"
import * as v from "valibot"
import { UserError } from "../core/errors.ts"
import { decodeText, formatPairs, parsePairs } from "../formats/pairs.ts"
import { fromPairs, isOwnTask, type OwnTask, type Vocabulary } from "../tasks/index.ts"
import { nodeDisk, orDiskError, writeAtomically } from "./disk.ts"
import { exportsOf, isModuleFile, moduleExtensions } from "./module-file.ts"

/** Where the examples of a run come from, as stored in run.json. File names are relative to its folder. */
export type TaskSource =
  | { readonly kind: "pairs"; readonly training: PairFile; readonly tests: PairFile }
  | { readonly kind: "module"; readonly file: string }

interface PairFile {
  readonly file: string
  readonly pairs: number
  readonly sha256: string
}

const pairFile = v.object({ file: v.string(), pairs: v.pipe(v.number(), v.safeInteger()), sha256: v.string() })
/** What run.json and sweep.json may tell. */
export const taskSource: v.GenericSchema<TaskSource> = v.variant("kind", [
  v.object({ kind: v.literal("pairs"), training: pairFile, tests: pairFile }),
  v.object({ kind: v.literal("module"), file: v.string() }),
])

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** A task of the user's own, ready to be stored: what run.json tells, and the files beside it. */
export interface StorableTask {
  readonly source: TaskSource
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** @param module the file of a task in a module */
export function storableTask({ pairs }: OwnTask, module: string | undefined): StorableTask {
  if (pairs === null) {
    if (module === undefined) throw new Error("got a task without pairs or a module, expected one of them")
    return { source: { kind: "module", file: resolve(module) }, files: new Map() }
  }
  const files = new Map<string, Uint8Array>()
  const fileOf = (file: string, some: typeof pairs.training): PairFile => {
    const bytes = new TextEncoder().encode(formatPairs(some))
    files.set(file, bytes)
    return { file, pairs: some.length, sha256: sha256(bytes) }
  }
  const [training, tests] = [fileOf("pairs.jsonl", pairs.training), fileOf("tests.jsonl", pairs.tests)]
  return { source: { kind: "pairs", training, tests }, files }
}

/**
 * Writes the files of a task into a folder.
 * @throws UserError if the disk refuses
 */
export function writeTask(dir: string, { files }: StorableTask): void {
  orDiskError("write the pairs in", dir, () => {
    for (const [name, bytes] of files) writeAtomically(join(dir, name), bytes, { disk: nodeDisk })
  })
}

/** The same source as seen from another folder. */
export function sourceFrom(source: TaskSource, folder: string): TaskSource {
  if (source.kind === "module") return source
  const moved = (of: PairFile): PairFile => ({ ...of, file: join(folder, of.file) })
  return { kind: "pairs", training: moved(source.training), tests: moved(source.tests) }
}

/**
 * Reads the task of a run.
 * @param dir the folder of run.json
 * @param spec the task of the run's config
 * @throws UserError if a file is missing or was changed
 */
export function readTask(dir: string, source: unknown, spec: { name: string; vocabulary: Vocabulary }): OwnTask {
  if (!v.is(taskSource, source))
    throw new UserError(`${dir}: run.json does not say where the examples of ${spec.name} are`)
  if (source.kind === "module") return loadTaskModule(source.file)
  const read = ({ file, sha256: wanted }: PairFile) => {
    const path = resolve(dir, file)
    const bytes = orDiskError("read", path, () => fs.readFileSync(path))
    if (sha256(bytes) !== wanted)
      throw new UserError(`${path}: the pairs do not match their digest, so the file was changed; restore it`)
    return parsePairs(decodeText(bytes, path), "jsonl", path)
  }
  const { name, vocabulary } = spec
  const { tokens, backwards } = vocabulary
  return fromPairs(read(source.training), { name, tokens, backwards, vocabulary, tests: read(source.tests) })
}

/**
 * Loads a task from a module: its default export, or its export "task".
 * @param file .ts, .mts, .js or .mjs
 * @throws UserError if there is no such file, it fails, or it exports no task
 */
export function loadTaskModule(file: string): OwnTask {
  const path = resolve(file)
  if (!fs.existsSync(path))
    throw new UserError(`there is no file ${path}, expected a module whose export "task" is defineTask({ … })`)
  if (!isModuleFile(file))
    throw new UserError(`${file} cannot define a task: expected a file with ${moduleExtensions.join(", ")}`)
  const { task, default: fallback } = exportsOf(file)
  const own = task ?? fallback
  if (isOwnTask(own)) return own
  throw new UserError(`${file} exports no task, expected: export const task = defineTask({ … })`)
}
