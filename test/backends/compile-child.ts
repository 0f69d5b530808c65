// Compiles something that takes long, until it is killed.

import koffi from "koffi"
import { findCompiler } from "../../src/backends/native/compiler.ts"
import { library } from "../../src/backends/native/libraries.ts"

const compiler = findCompiler(process.env)
if (!compiler) throw new Error("no compiler")
const functions = Array.from(
  { length: 20_000 },
  (_, i) =>
    `float f${i}(float* a, int n) { for (int j = 0; j < n; j++) a[j] = a[j] * ${i}.5f + a[j / 2]; return a[0]; }`,
)
await library(compiler, functions.join("\n"), process.env, koffi.load)
