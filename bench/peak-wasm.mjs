// The peak of WebAssembly on one core: twelve independent chains of mul and add on f32x4 in a hand-written
// module. Strict SIMD has no fused multiply-add. Prints GFLOP/s.

const CHAINS = 12
const STEPS = 20_000_000
const section = (id, ...content) => [id, ...leb(content.length), ...content]
function leb(value) {
  const bytes = []
  for (; value > 0x3f; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80)
  return [...bytes, value] // below 0x40 at the end: right for signed numbers too
}
const splat = (value) => {
  const bytes = [...new Uint8Array(Float32Array.of(value).buffer)]
  return [0xfd, 0x0c, ...bytes, ...bytes, ...bytes, ...bytes]
}
const [x, y] = [CHAINS + 1, CHAINS + 2] // local 0 counts down, then come the chains
const chains = Array.from({ length: CHAINS }, (_, i) => i + 1)
const get = (local) => [0x20, local]
const set = (local) => [0x21, local]
const [mul, add] = [
  [0xfd, 0xe6, 0x01],
  [0xfd, 0xe4, 0x01],
]
const body = [
  ...[1, ...leb(CHAINS + 2), 0x7b], // locals: v128
  ...chains.flatMap((i) => [...splat(1 + i), ...set(i)]),
  ...[...splat(0.999999), ...set(x), ...splat(1e-7), ...set(y)],
  ...[0x03, 0x40], // loop
  ...chains.flatMap((i) => [...get(i), ...get(x), ...mul, ...get(y), ...add, ...set(i)]),
  ...[...get(0), 0x41, 0x01, 0x6b, 0x22, 0, 0x0d, 0, 0x0b], // count down, again unless zero, end
  ...chains.slice(1).flatMap((i) => [...get(1), ...get(i), ...add, ...set(1)]),
  ...[...get(1), 0xfd, 0x1f, 0, 0x0b], // lane 0 of the sum
]
const bytes = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, 1, 0x60, 1, 0x7f, 1, 0x7d), // (i32) → f32
  ...section(3, 1, 0),
  ...section(7, 1, 3, ...new TextEncoder().encode("run"), 0, 0),
  ...section(10, 1, ...leb(body.length), ...body),
])
const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
let best = 0
for (let repeat = 0; repeat < 4; repeat++) {
  const start = performance.now()
  run(STEPS)
  best = Math.max(best, (2 * 4 * CHAINS * STEPS) / (performance.now() - start) / 1e6)
}
console.log(best.toFixed(1))
