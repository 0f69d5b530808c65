// Trains a small net of one's own on any device: the point (a, b) is in a ring, or it is not.
//   node examples/small-net.ts [device]

import * as ng from "neural-gpu/engine"

/** A net for ONE example: two numbers in, one logit out. */
function ringNet() {
  const g = new ng.Graph()
  const [point, inside] = [g.lane("point", [1, 1, 2]), g.lane("inside", [1, 1, 1])]
  const first = g.map([ng.linear(g, "first", { point }, { channels: 16 })], ng.tanh)
  const second = g.map([ng.linear(g, "second", { first }, { channels: 16 })], ng.tanh)
  const logit = ng.linear(g, "logit", { second }, { channels: 1 })
  const entropy = g.map([logit, inside], (z, t) => ng.sub(ng.softplus(z), ng.mul(t, z)))
  return ng.plan(g, { outputs: { logit, entropy }, loss: entropy })
}

/** Sixteen random points of the square, one a lane. */
function examples(step: number) {
  const stream = ng.random(1, step)
  const points = Array.from({ length: ng.LANES }, () => [2 * stream.uniform() - 1, 2 * stream.uniform() - 1])
  const inside = points.map(([a, b]) => [Number(Math.hypot(a, b) > 0.4 && Math.hypot(a, b) < 0.8)])
  return { length: 1, steps: 1, firstExample: 0, inputs: { point: ng.packLanes(points), inside: ng.packLanes(inside) } }
}

/** Trains the net and returns the share of fresh points that it puts on the right side. */
export async function trainRing(device: string, steps = 800): Promise<number> {
  const { backend } = await ng.createBackend(device)
  const planned = ringNet()
  const program = await backend.compile(planned)
  const weights = ng.initialValues(planned.shared, 1) // seed 1
  const adam = ng.optimizerUpdate("adam", { epsilon: 1e-8 })
  const net = await program.resident(adam.update)
  net.write({ [ng.WEIGHTS]: weights })
  for (let step = 0; step < steps; step++) {
    const options = { seed: 1, trainStep: step }
    await net.step([examples(2 * step), examples(2 * step + 1)], options, {
      settings: {},
      numbers: adam.next(0.03),
      keys: {},
    })
  }
  weights.set(await net.read(ng.WEIGHTS))
  const fresh = Array.from({ length: 64 }, (_, i) => examples(2 * steps + i))
  const { outputs } = await program.run(weights, fresh, { seed: 1, trainStep: 0 })
  const right = outputs.map(({ logit }, i) => logit.filter((z, lane) => Number(z > 0) === fresh[i].inputs.inside[lane]))
  await net.dispose()
  await program.dispose()
  return right.flatMap((found) => [...found]).length / (fresh.length * ng.LANES)
}

if (import.meta.main) console.log(`${(100 * (await trainRing(process.argv[2] ?? "auto"))).toFixed(1)} % right`)
