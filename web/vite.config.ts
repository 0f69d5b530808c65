// The page as static files: paths are relative, so that any folder of any web host can serve it.

import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"

/** What lets a page share memory between threads; without these headers it computes on one. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
const root = fileURLToPath(new URL(".", import.meta.url))

export default defineConfig({
  root,
  base: "./",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: { headers, fs: { allow: [".."] } },
  preview: { headers },
})
