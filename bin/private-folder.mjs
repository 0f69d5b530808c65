// Folders for files that the program runs later: compiled kernels, and Node's compiled modules. Whoever can
// write there can run code as the user, so a folder is used only if it is the user's alone. Plain JavaScript,
// because the command line needs it before Node reads any TypeScript.

import { chmodSync, lstatSync, mkdirSync, realpathSync } from "node:fs"
import { homedir } from "node:os"
import { dirname, isAbsolute, join } from "node:path"

const OTHERS_WRITE = 0o022
const EVERYBODY_WRITES = 0o002
const STICKY = 0o1000

/**
 * The user's cache folder of this program: $XDG_CACHE_HOME/neural-gpu, or ~/.cache/neural-gpu. An empty or
 * relative variable is ignored, as its specification says; undefined if there is no home either.
 */
export function cacheFolder(env) {
  const given = env.XDG_CACHE_HOME ?? ""
  const base = isAbsolute(given) ? given : join(homedir(), ".cache")
  return isAbsolute(base) ? join(base, "neural-gpu") : undefined
}

/**
 * Finds or makes a folder in the user's cache that nobody else can write.
 * @returns its path, or the reason why there is none
 * @example privateFolder(process.env, "native") // { folder: "/home/me/.cache/neural-gpu/native" }
 */
export function privateFolder(env, name) {
  const ours = cacheFolder(env)
  if (ours === undefined) return { reason: "the home folder is not known" }
  const folder = join(ours, name)
  try {
    makeFolder(folder)
    // without user ids, as on Windows, the profile's own access rules must do
    const reason = process.geteuid ? whyNotOurs(ours, folder, process.geteuid()) : undefined
    return reason === undefined ? { folder } : { reason }
  } catch (error) {
    if (typeof error.errno !== "number") throw error
    return { reason: `${folder} cannot be used (${error.code})` }
  }
}

function whyNotOurs(ours, folder, user) {
  for (const dir of [ours, folder]) {
    const seen = lstatSync(dir)
    if (!seen.isDirectory()) return `${dir} is not a folder`
    if (seen.uid !== user) return `${dir} belongs to another user`
  }
  if (lstatSync(folder).mode & 0o077) return `others can use ${folder}; delete it`
  if (lstatSync(ours).mode & OTHERS_WRITE) chmodSync(ours, 0o700)
  // who can rename a folder above can put another one in its place
  for (let dir = realpathSync(dirname(ours)); ; dir = dirname(dir)) {
    const { mode, uid } = lstatSync(dir)
    if (uid !== user && uid !== 0) return `${dir} belongs to another user`
    if (mode & EVERYBODY_WRITES && !(mode & STICKY)) return `everybody can write to ${dir}`
    if (dir === dirname(dir)) return undefined
  }
}

/** Makes a folder and those above it. Node's own recursive mkdir never ends where a parent fails with ENOENT, as in /proc. */
export function makeFolder(dir) {
  try {
    mkdirSync(dir, { mode: 0o700 })
  } catch (error) {
    if (error.code === "EEXIST") return
    if (error.code !== "ENOENT" || dirname(dir) === dir) throw error
    makeFolder(dirname(dir))
    mkdirSync(dir, { mode: 0o700 })
  }
}
