// The number of threads of this browser. They need shared memory, which a page has only if its host sends the
// COOP and COEP headers. Workers import this file, so it imports nothing from the page.

/** More threads gain nothing with six lane blocks per step. */
const MOST_THREADS = 6
export const threads = Math.min(MOST_THREADS, globalThis.navigator?.hardwareConcurrency ?? 1)
export const hasThreads: boolean = globalThis.crossOriginIsolated && threads > 1
