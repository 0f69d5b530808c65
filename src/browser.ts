// The library in a browser, on a page or in its workers: training, answers and traces on WebAssembly or
// WebGPU. It imports nothing of Node's and reads no disk. Bundlers take it for "neural-gpu" too.
//
//   import { fit, predictorOf } from "neural-gpu/browser"
//   const model = await fit({ task: { name: "copy" } })
//   console.log((await (await predictorOf(model)).predict("1011")).answer)

export * from "./library.ts"
