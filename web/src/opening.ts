// Opening of files: selected with the button or dropped anywhere on the page, including whole run folders.

import { signal } from "@preact/signals"
import type { Film } from "./film.ts"

/** Whether files are being dragged over the page. */
export const dragging = signal(false)

/**
 * Opens a model in a film and, if the files belong to a run, the run. On failure, the film shows the reason.
 */
export async function openInto(film: Film, files: readonly File[]): Promise<void> {
  try {
    const { openFiles } = await import("./engine/opened.ts")
    const opened = await openFiles(files)
    film.show(opened.model)
    if (opened.run) {
      const [{ addRun, createRun }, { deviceName }] = await Promise.all([
        import("./runs.ts"),
        import("./train-form.ts"),
      ])
      addRun(createRun(opened.model.key, opened.run.config, deviceName.value, opened.run.saved))
    }
  } catch (error) {
    film.error.value = error instanceof Error ? error.message : String(error)
  }
}

/** Accepts files dropped anywhere on the page, where the browser would navigate to them. */
export function acceptDrops(open: (files: readonly File[]) => void): void {
  const on = (type: "dragenter" | "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void) =>
    addEventListener(type, (e) => act(e))
  const withFiles = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return false
    event.preventDefault()
    return true
  }
  // Both: what lies under the pointer may change while it stands still, as when a view has just been loaded.
  for (const type of ["dragenter", "dragover"] as const) on(type, (event) => (dragging.value = withFiles(event)))
  on("dragleave", (event) => {
    if (!event.relatedTarget) dragging.value = false
  })
  on("drop", (event) => {
    dragging.value = false
    if (withFiles(event)) void droppedFiles(event.dataTransfer).then(open)
  })
}

/**
 * The dropped files and those of dropped folders. Unreadable files are left out and later reported as
 * missing.
 */
async function droppedFiles(transfer: DataTransfer | null): Promise<File[]> {
  // Both lists become invalid after the event, so they are read before the first await.
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
    // Entries come in batches of a hundred; an empty batch ends the list.
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
