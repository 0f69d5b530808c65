// Files that people open: chosen with the button, or dropped anywhere on the page, a run's folder as a whole
// too.

import { signal } from "@preact/signals"
import { defaultConfig } from "../../src/training/config.ts"
import { openFiles } from "./engine/models.ts"
import type { Film } from "./film.ts"
import { addRun, createRun } from "./runs.ts"
import { deviceName } from "./train-form.ts"

/** Whether files are held over the page. */
export const dragging = signal(false)

/** Opens a model in a film, and where the files are a run's, the run; else the film tells why not. */
export async function openInto(film: Film, files: readonly File[]): Promise<void> {
  try {
    const opened = await openFiles(files, { ...defaultConfig, ...film.model.value?.config })
    film.show(opened.model)
    if (opened.run) addRun(createRun(opened.model.key, opened.run.config, deviceName.value, opened.run.saved))
  } catch (error) {
    film.error.value = error instanceof Error ? error.message : String(error)
  }
}

/** Takes files dropped on any part of the page; a browser would leave the page to show them. */
export function acceptDrops(open: (files: readonly File[]) => void): () => void {
  const listeners = new AbortController()
  const on = (type: "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void) =>
    addEventListener(type, (e) => act(e), { signal: listeners.signal })
  const withFiles = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return false
    event.preventDefault()
    return true
  }
  on("dragover", (event) => (dragging.value = withFiles(event)))
  on("dragleave", (event) => {
    if (!event.relatedTarget) dragging.value = false
  })
  on("drop", (event) => {
    dragging.value = false
    if (withFiles(event)) void droppedFiles(event.dataTransfer).then(open)
  })
  return () => listeners.abort()
}

/**
 * Files that were dropped, and those of dropped folders. What cannot be read is not there, and is told as
 * missing.
 */
async function droppedFiles(transfer: DataTransfer | null): Promise<File[]> {
  // both lists are gone when the event is over: they are read before anything is waited for
  const files = [...(transfer?.files ?? [])]
  const folders = [...(transfer?.items ?? [])]
    .map((item) => item.webkitGetAsEntry?.())
    .filter((entry) => entry?.isDirectory) as FileSystemDirectoryEntry[]
  if (folders.length === 0) return files
  const inside = await Promise.all(folders.map(filesIn).map((list) => list.catch(() => [])))
  const names = new Set(folders.map((folder) => folder.name))
  return [...files.filter((file) => !names.has(file.name)), ...inside.flat()]
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader()
  const entries: FileSystemEntry[] = []
  for (;;) {
    // a hundred at a time, until there are none
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) break
    entries.push(...some)
  }
  return Promise.all(
    entries
      .filter((entry) => entry.isFile)
      .map((entry) => new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))),
  )
}
