// Threads of this browser. They want shared memory, and a page has that only where its host says so (COOP and COEP
// headers). Workers read this file, so it imports nothing of the page's.

/** More threads than this gain nothing with six lane blocks a step. */
const MOST_THREADS = 6
export const threads = Math.min(MOST_THREADS, globalThis.navigator?.hardwareConcurrency ?? 1)
export const hasThreads: boolean = globalThis.crossOriginIsolated && threads > 1
