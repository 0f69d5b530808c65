// Light or dark theme, following the system's preference.

import { signal } from "@preact/signals"

const query = globalThis.matchMedia?.("(prefers-color-scheme: dark)")
export const dark = signal(query?.matches ?? false)
query?.addEventListener("change", ({ matches }) => (dark.value = matches))
