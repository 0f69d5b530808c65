// A git worktree outside the working tree, in which faults are planted. The working tree is never touched.

import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import fs from "node:fs"
import os from "node:os"
import { join } from "node:path"
import type { Fault } from "./faults.ts"

export interface Ended {
  /** Whether all tests passed; undefined if they were stopped because they took too long. */
  readonly passed: boolean | undefined
  readonly seconds: number
  readonly output: string
}

export interface TrialGround {
  readonly root: string
  /** The commit under test: HEAD plus uncommitted changes. */
  readonly commit: string
  /** Plants a fault for the duration of `trial`. */
  withFault<T>(fault: Fault, trial: () => Promise<T>): Promise<T>
  typeChecks(file: string): Promise<Ended>
  runTest(file: string, seconds: number): Promise<Ended>
  /** Ends all processes and removes the worktree. */
  close(): void
}

const git = (root: string, ...args: string[]) =>
  execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim()

export function openTrialGround(repository: string): TrialGround {
  git(repository, "worktree", "prune") // left by a killed process
  // a commit that touches no files, index or stash list; empty if nothing is changed
  const commit = git(repository, "stash", "create") || git(repository, "rev-parse", "HEAD")
  const root = fs.mkdtempSync(join(fs.realpathSync(os.tmpdir()), "neural-gpu-mutate-"))
  git(repository, "worktree", "add", "--detach", "--force", root, commit)
  fs.symlinkSync(fs.realpathSync(join(repository, "node_modules")), join(root, "node_modules"))
  let running: ChildProcess | undefined

  /** Runs a tool in its own process group, so that all its processes can be ended. */
  const run = (args: readonly string[], seconds: number, backends = "wasm") =>
    new Promise<Ended>((resolve, reject) => {
      const env = { BACKENDS: backends, NEURAL_GPU_KILLS: "3", ...process.env, NO_COLOR: "1", CI: "1" }
      const at = performance.now()
      const child = spawn(process.execPath, args, { cwd: root, env, detached: true, stdio: ["ignore", "pipe", "pipe"] })
      running = child
      let output = ""
      let late = false
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data))
      const timer = setTimeout(() => {
        late = true
        endGroup(child)
      }, 1000 * seconds)
      child.on("error", reject)
      child.on("close", (code) => {
        clearTimeout(timer)
        running = undefined
        resolve({ passed: late ? undefined : code === 0, seconds: (performance.now() - at) / 1000, output })
      })
    })

  return {
    root,
    commit,
    async withFault({ file, from, to, before, after }, trial) {
      const path = join(root, file)
      const source = fs.readFileSync(path, "utf8")
      if (source.slice(from, to) !== before) throw new Error(`${file} is not the file that the fault was found in`)
      fs.writeFileSync(path, source.slice(0, from) + after + source.slice(to))
      try {
        return await trial()
      } finally {
        fs.writeFileSync(path, source)
      }
    },
    typeChecks(file) {
      const project = file.startsWith("web/") ? ["-p", "web"] : []
      const unused = ["--noUnusedLocals", "false", "--noUnusedParameters", "false"] // a fault may well leave a name unused
      return run(["node_modules/typescript/bin/tsc", "--noEmit", ...project, ...unused], 120)
    },
    runTest(file, seconds) {
      const test = ["node_modules/vitest/vitest.mjs", "run", "--bail", "1", file]
      return run(test, seconds, file.includes("/webgpu/") ? "webgpu" : "wasm")
    },
    close() {
      if (running) endGroup(running)
      fs.rmSync(root, { recursive: true, force: true })
      git(repository, "worktree", "prune")
    },
  }
}

function endGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid as number), "SIGKILL")
  } catch {
    // it has ended by itself
  }
}
