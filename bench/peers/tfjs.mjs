// TensorFlow.js on its WASM backend. It has no gradient of a convolution's kernel, so this is written by
// hand, as nine matrix products. One thread.
//   node tfjs.mjs n

import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import * as tf from "@tensorflow/tfjs"
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm"
import { takeTurns } from "./turns.ts"

const module = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")
setWasmPaths(join(dirname(module), "/"))
setThreadsCount(1)
await tf.setBackend("wasm")
await tf.ready()
const n = Number(process.argv[2])
const [B, W, M, V] = [32, 4, 24, 4]
const drawn = (shape) => tf.variable(tf.randomNormal(shape, 0, 0.08))
const gates = drawn([3, 3, M, 2 * M])
const gatesBias = tf.variable(tf.ones([2 * M]))
const candidate = drawn([3, 3, M, M])
const candidateBias = tf.variable(tf.zeros([M]))
const output = drawn([M, V])
const outputBias = tf.variable(tf.zeros([V]))
const variables = [gates, gatesBias, candidate, candidateBias, output, outputBias]
const first = tf.concat([tf.randomNormal([B, n, 1, M]), tf.zeros([B, n, W - 1, M])], 2)
const target = tf.oneHot(tf.randomUniform([B * n], 0, V, "int32"), V)

const conv = tf.customGrad((x, kernel, save) => {
  save([x, kernel])
  return {
    value: tf.conv2d(x, kernel, 1, "same"),
    gradFunc: (dy, [x, kernel]) => {
      const padded = tf.pad(x, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ])
      const rows = dy.reshape([-1, dy.shape[3]])
      const taps = []
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) {
          const shifted = padded.slice([0, i, j, 0], [B, n, W, M]).reshape([-1, M])
          taps.push(tf.matMul(shifted, rows, true, false))
        }
      return [tf.conv2dTranspose(dy, kernel, x.shape, 1, "same"), tf.stack(taps).reshape(kernel.shape)]
    },
  }
})

function loss() {
  let s = first
  for (let i = 0; i < n; i++) {
    const both = tf.sigmoid(conv(s, gates).add(gatesBias))
    const u = both.slice([0, 0, 0, 0], [B, n, W, M])
    const r = both.slice([0, 0, 0, M], [B, n, W, M])
    const c = tf.tanh(conv(r.mul(s), candidate).add(candidateBias))
    s = u.mul(s).add(tf.sub(1, u).mul(c))
  }
  const column = s.slice([0, 0, 0, 0], [B, n, 1, M]).reshape([B * n, M])
  return tf.losses.softmaxCrossEntropy(target, column.matMul(output).add(outputBias))
}

const optimizer = tf.train.adam(1e-3)
await takeTurns(() => {
  const { value, grads } = tf.variableGrads(loss, variables)
  const clipped = tf.tidy(() => {
    const norm = Object.values(grads)
      .map((g) => g.square().sum())
      .reduce((a, b) => a.add(b))
      .sqrt()
    const scale = tf.minimum(1, tf.div(1, norm))
    return Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, g.mul(scale)]))
  })
  optimizer.applyGradients(clipped)
  value.dataSync()
  tf.dispose([value, grads, clipped])
})
