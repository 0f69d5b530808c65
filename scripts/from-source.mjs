// In a clone, `neural-gpu` and its entries mean the sources, so that examples and models of one's own run
// without a build:  node --import ./scripts/from-source.mjs examples/small-net.ts

import * as module from "node:module"

const sources = {
  "neural-gpu": new URL("../src/index.ts", import.meta.url).href,
  "neural-gpu/browser": new URL("../src/browser.ts", import.meta.url).href,
  "neural-gpu/engine": new URL("../src/engine.ts", import.meta.url).href,
}

module.registerHooks?.({
  resolve: (specifier, context, next) =>
    Object.hasOwn(sources, specifier) ? { url: sources[specifier], shortCircuit: true } : next(specifier, context),
})
