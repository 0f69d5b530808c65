// Compiled kernels on the disk. A library's name is the hash of what it was made from and the digest of its
// bytes, so a damaged one is found before it is loaded; it is then compiled again. Only a folder that is the
// user's alone is trusted. Without one, or where it cannot be used, libraries are compiled anew in a temporary folder.

import { createHash } from "node:crypto"
import fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { privateFolder } from "#private-folder"
import { type Compiler, compileIn, keyOf } from "./compiler.ts"

type Environment = Readonly<Record<string, string | undefined>>

/** Size of all libraries that are kept. One takes some 100 kB. */
const MOST_BYTES = 256 * 2 ** 20
/** Age of a folder in which nobody compiles any more: a compiler may take minutes. */
const LITTER_MS = 3600_000
const libraryName = /^([0-9a-f]{32})-([0-9a-f]{32})\.so$/u
const workName = /^work-/u
/** Files of version 0.1, in the folder above. */
const oldName = /^[0-9a-f]{32}(\.\d+\.[0-9a-f]{8})?\.(so|c)$/u

/**
 * Compiles a source, or finds its library, and loads it.
 * @param load loads the library at a path; its errors mean that the library cannot be used
 * @throws Error that says why it can be compiled nowhere
 */
export async function library<T>(
  compiler: Compiler,
  source: string,
  env: Environment,
  load: (path: string) => T,
): Promise<T> {
  const { folder } = privateFolder(env, "native")
  if (folder !== undefined) {
    const found = find(folder, keyOf(compiler, source), load)
    if (found !== undefined) return found
    try {
      return await inWorkFolder(folder, env, async (work) => load(await keep(folder, work, compiler, source)))
    } catch {
      // full, read-only, mounted noexec: the temporary folder may be better
    }
  }
  return inWorkFolder(tmpdir(), env, async (work) => load(await compileIn(work, compiler, source)))
}

/** Why libraries are not kept for the next start, if so. */
export const whyNotKept = (env: Environment): string | undefined => privateFolder(env, "native").reason

/** A folder that only this process knows, for the time of `use`. DEBUG=3 keeps it, with the C source. */
async function inWorkFolder<T>(parent: string, env: Environment, use: (work: string) => Promise<T>): Promise<T> {
  const work = fs.mkdtempSync(join(parent, parent === tmpdir() ? "neural-gpu-" : "work-"))
  try {
    return await use(work)
  } finally {
    if (env.DEBUG !== "3") remove(work)
  }
}

/** Loads a library that is kept whole; a damaged one is removed. */
function find<T>(folder: string, key: string, load: (path: string) => T): T | undefined {
  for (const name of namesIn(folder)) {
    const [, ofKey, digest] = libraryName.exec(name) ?? []
    if (ofKey !== key) continue
    const path = join(folder, name)
    try {
      if (isOurs(path) && digestOf(path) === digest) {
        touch(path)
        return load(path)
      }
    } catch {
      // unreadable or not loadable: compiled again
    }
    remove(path)
  }
  return undefined
}

/** Compiles a library and gives it its name once it is whole and on the disk. Returns its path. */
async function keep(folder: string, work: string, compiler: Compiler, source: string): Promise<string> {
  const made = await compileIn(work, compiler, source)
  sync(made, "r+")
  const path = join(folder, `${keyOf(compiler, source)}-${digestOf(made)}.so`)
  fs.renameSync(made, path)
  if (process.platform !== "win32") sync(folder, "r")
  tidy(folder)
  return path
}

function sync(path: string, flags: string): void {
  const fd = fs.openSync(path, flags)
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/** Removes what killed processes left, and the libraries that were not used for longest. */
function tidy(folder: string): void {
  const above = join(folder, "..")
  for (const name of namesIn(above)) if (oldName.test(name)) remove(join(above, name))
  const now = fs.statSync(folder).mtimeMs // the file system's own clock
  const kept: { path: string; size: number; used: number }[] = []
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    const seen = fs.lstatSync(path, { throwIfNoEntry: false })
    if (seen === undefined) continue
    if (libraryName.test(name)) kept.push({ path, size: seen.size, used: seen.ctimeMs })
    else if (workName.test(name) && now - seen.mtimeMs > LITTER_MS) remove(path)
  }
  let bytes = 0
  for (const { path, size } of kept.sort((a, b) => b.used - a.used)) {
    bytes += size
    if (bytes > MOST_BYTES) remove(path)
  }
}

function isOurs(path: string): boolean {
  const seen = fs.lstatSync(path)
  return seen.isFile() && (!process.geteuid || seen.uid === process.geteuid())
}

const digestOf = (path: string): string => createHash("sha256").update(fs.readFileSync(path)).digest("hex").slice(0, 32)

/** Marks a library as used now: its ctime. */
function touch(path: string): void {
  try {
    fs.chmodSync(path, 0o700)
  } catch {
    // a read-only disk: which library was used last matters only where some are removed
  }
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch {
    return [] // compiled again
  }
}

function remove(path: string): void {
  try {
    fs.rmSync(path, { recursive: true, force: true })
  } catch {
    // another process removes it, or nobody can
  }
}
