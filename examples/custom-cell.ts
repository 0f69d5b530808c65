// A cell of one's own: a convolution with one gate, after the minimal gated unit (Zhou et al. 2016).
//   npx neural-gpu train copy --model examples/custom-cell.ts

import { choice, defineModel } from "neural-gpu"
import { add, conv, hardTanh, mul, sigmoidCutoff, sub, tanh } from "neural-gpu/engine"

export default defineModel({
  name: "minimal-gated-conv",
  kind: "image", // [L, 1, maps], rewritten once per symbol of the question
  summary: "a convolution with one gate, which both keeps and forgets",
  fields: { activation: choice(["tanh", "hard-tanh"], "tanh", "The candidate's non-linearity.") },
  step(g, state, { maps, activation }) {
    const by3 = { channels: maps, kernel: [3, 1] } as const
    const squash = activation === "tanh" ? tanh : hardTanh
    const pre = conv(g, "gate", state, { ...by3, bias: 1 }) // the gate begins by keeping
    const kept = g.map([pre, state], (u, s) => mul(sigmoidCutoff(u), s))
    const candidate = conv(g, "candidate", kept, by3)
    return g.map([pre, state, candidate], (pre, s, c) => {
      const u = sigmoidCutoff(pre)
      return add(mul(u, s), mul(sub(1, u), squash(c)))
    })
  },
})
