// The page as static files: paths are relative, so that any folder of any web host can serve it.

import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { defineConfig, type Plugin } from "vite"
import { checkedConfig } from "../src/runs/file-formats.ts"

/** What lets a page share memory between threads; without these headers it computes on one. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
const root = fileURLToPath(new URL(".", import.meta.url))

/** Completes and shortens the configs of shipped models, so that the page needs no schema to show them. */
const shippedConfigs = (): Plugin => ({
  name: "shipped-configs",
  enforce: "pre",
  load(id) {
    if (!/\/models\/[^/]+\/config\.json$/u.test(id)) return null
    const { task, model, sizes } = checkedConfig(id, JSON.parse(readFileSync(id, "utf8")))
    return JSON.stringify({ task, model, sizes })
  },
})

export default defineConfig({
  root,
  base: "./",
  publicDir: false,
  plugins: [shippedConfigs()],
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
