// jax-js in its best form for this job. The convolution is written by hand as nine shifted matrix products,
// because its own one is much slower. The whole unrolled step is one jit, because it has no scan. One thread.
//   node jax-js.mjs n

import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax"
import { takeTurns } from "./turns.ts"

await init("wasm")
defaultDevice("wasm")
const n = Number(process.argv[2])
const [B, W, M, V] = [32, 4, 24, 4]
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
const size = (shape) => shape.reduce((a, b) => a * b, 1)
const drawn = (shape) => np.array(Float32Array.from({ length: size(shape) }, () => normal() * 0.08)).reshape(shape)

let parameters = {
  gates: drawn([9, M, 2 * M]),
  gatesBias: np.ones([2 * M]),
  candidate: drawn([9, M, M]),
  candidateBias: np.zeros([M]),
  output: drawn([M, V]),
  outputBias: np.zeros([V]),
}
const names = Object.keys(parameters)
const image = new Float32Array(B * n * W * M)
for (let i = 0; i < image.length; i++) if (Math.floor(i / M) % W === 0) image[i] = normal()
const first = np.array(image).reshape([B, n, W, M])
const oneHot = new Float32Array(B * n * V)
for (let i = 0; i < B * n; i++) oneHot[i * V + Math.floor(Math.random() * V)] = 1
const target = np.array(oneHot).reshape([B * n, V])

/** x [B, n, W, M], kernel [9, M, to] → [B·n·W, to]. Values are consumed; `.ref` keeps one for another use. */
function conv(x, kernel) {
  const padded = np.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ])
  let total
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      const shifted = padded.ref.slice([], [i, i + n], [j, j + W], []).reshape([B * n * W, M])
      const product = np.dot(shifted, kernel.ref.slice(3 * i + j))
      total = total ? total.add(product) : product
    }
  padded.dispose()
  kernel.dispose()
  return total
}

function loss(p, s, y) {
  for (let i = 0; i < n; i++) {
    const both = nn.sigmoid(conv(s.ref, p.gates.ref).add(p.gatesBias.ref)).reshape([B, n, W, 2 * M])
    const u = both.ref.slice([], [], [], [0, M])
    const r = both.slice([], [], [], [M, 2 * M])
    const c = np.tanh(conv(r.mul(s.ref), p.candidate.ref).add(p.candidateBias.ref)).reshape([B, n, W, M])
    s = u.ref.mul(s).add(c.mul(np.subtract(1, u)))
  }
  for (const name of names.slice(0, 4)) p[name].dispose()
  const column = s.slice([], [], 0, []).reshape([B * n, M])
  const logits = np.dot(column, p.output).add(p.outputBias)
  return nn
    .logSoftmax(logits, -1)
    .mul(y)
    .sum()
    .mul(-1 / (B * n))
}

const zeros = () => Object.fromEntries(names.map((name) => [name, np.zeros(parameters[name].shape)]))
let [moments, squares] = [zeros(), zeros()]
const update = jit((p, m, v, g) => {
  let norm
  for (const name of names) {
    const square = np.square(g[name].ref).sum()
    norm = norm ? norm.add(square) : square
  }
  const scale = np.minimum(1, np.reciprocal(np.sqrt(norm)))
  const [newP, newM, newV] = [{}, {}, {}]
  for (const name of names) {
    const clipped = g[name].mul(scale.ref)
    newM[name] = m[name].mul(0.9).add(clipped.ref.mul(0.1))
    newV[name] = v[name].mul(0.999).add(np.square(clipped).mul(0.001))
    newP[name] = p[name].sub(newM[name].ref.mul(1e-3).div(np.sqrt(newV[name].ref).add(1e-8)))
  }
  scale.dispose()
  return [newP, newM, newV]
})
const gradients = jit((p, s, y) => valueAndGrad(loss)(p, s, y))

await takeTurns(async () => {
  const kept = Object.fromEntries(names.map((name) => [name, parameters[name].ref]))
  const [value, g] = gradients(kept, first.ref, target.ref)
  ;[parameters, moments, squares] = update(parameters, moments, squares, g)
  await blockUntilReady(parameters)
  await value.data()
})
