// Convolutions and their filter gradients by subgroup matrices, an experimental extension of WGSL. Both are
// products of two matrices that are never materialized. A workgroup copies a piece of each into workgroup
// memory as f16, and each subgroup adds to one matrix of f32 sums. Gradients are scaled, because they are too
// small for f16.

import type { ConvProduct, FilterProduct, Kernel, MatrixProduct } from "./language.ts"
import { type ArgumentRegion, GRADIENT_SCALE, int, numbersOf, read, toHalf, type Workgroup, write } from "./wgsl.ts"

/** The shape of one matrix instruction: [M, K] by [K, N], f16 with f32 sums, and the subgroup size. */
export interface Matrices {
  readonly M: number
  readonly N: number
  readonly K: number
  readonly subgroup: number
}

/** Least depth of the pieces in workgroup memory; at least the number of lanes in a block. */
const DEPTH = 32

/** The sums that a workgroup computes at once: `rows` by `columns`, with `across` subgroups side by side. */
interface Tile {
  readonly across: number
  readonly rows: number
  readonly columns: number
  readonly depth: number
}

function tileOf({ size }: Workgroup, { M, N, K, subgroup }: Matrices): Tile {
  const groups = size / subgroup
  const down = 2 ** Math.floor(Math.log2(groups) / 2)
  const across = groups / down
  return { across, rows: down * M, columns: across * N, depth: Math.max(DEPTH, K) }
}

/**
 * Why this workgroup cannot use the matrix instruction; undefined if it can. `bytes` is the workgroup memory
 * of the device.
 */
export function matrixFault(workgroup: Workgroup, matrices: Matrices, bytes: number): string | undefined {
  const { size, lanes } = workgroup
  const groups = size / matrices.subgroup
  if (groups < 1 || !Number.isInteger(Math.log2(groups)))
    return `workgroups of ${size} do not divide into subgroups of ${matrices.subgroup}`
  const { rows, columns, depth } = tileOf(workgroup, matrices)
  if (columns < lanes) return `workgroups of ${size} are too small for matrices of ${lanes} lanes`
  const needed = 2 * depth * (rows + columns) + 4 * rows * columns + 4 * size
  return needed > bytes ? `matrices need ${needed} bytes of workgroup memory, there are ${bytes}` : undefined
}

/** Declarations at module scope. */
export function matrixMemory(workgroup: Workgroup, matrices: Matrices): string {
  const { rows, columns, depth } = tileOf(workgroup, matrices)
  return `
var<workgroup> leftPiece: array<f16, ${depth * rows}>;
var<workgroup> rightPiece: array<f16, ${depth * columns}>;
var<workgroup> sums: array<f32, ${rows * columns}>;`
}

/** The number of workgroups that get a tile each; undefined if it depends on the length. */
export function matrixGroups(product: MatrixProduct, workgroup: Workgroup, matrices: Matrices): number | undefined {
  return product.k === "conv" ? undefined : filterTiles(product, tileOf(workgroup, matrices)).all
}

function filterTiles({ kl, kw, A, B }: FilterProduct, { rows, columns }: Tile) {
  const [down, across] = [Math.ceil(A / rows), Math.ceil(B / columns)]
  return { down, across, all: kl * kw * down * across }
}

/** The matrix form of `renderWgslKernel`. `backwards` means that the image holds gradients. */
export function renderMatrixKernel(
  { name, product }: Kernel & { readonly product: MatrixProduct },
  regions: readonly ArgumentRegion[],
  workgroup: Workgroup,
  matrices: Matrices,
  backwards: boolean,
): string {
  const writer = new Writer(regions, workgroup, matrices)
  const body = product.k === "conv" ? writer.conv(product, backwards) : writer.filter(product)
  return `fn ${name}(c: Context${regions.map((_, i) => `, b${i}: i32`).join("")}) {\n${body}\n}`
}

class Writer {
  readonly #regions: readonly ArgumentRegion[]
  readonly #workgroup: Workgroup
  readonly #matrices: Matrices
  readonly #tile: Tile

  constructor(regions: readonly ArgumentRegion[], workgroup: Workgroup, matrices: Matrices) {
    this.#regions = regions
    this.#workgroup = workgroup
    this.#matrices = matrices
    this.#tile = tileOf(workgroup, matrices)
  }

  /**
   * One tile: channels of the image by channels of the error, for one tap. The depth is positions, steps and
   * lanes.
   */
  filter(product: FilterProduct): string {
    const { kl, kw, A, B, W, L, steps, accumulate, copy, x, dy, dw } = product
    const { lanes } = this.#workgroup
    const { rows, columns } = this.#tile
    const { down, across, all } = filterTiles(product, this.#tile)
    const length = int(L)
    // A piece holds all lanes of some positions.
    const piece = (memory: string, width: number, first: string, channels: number, value: string) =>
      this.#piece(
        memory,
        width,
        [
          `let s = e % ${lanes};`,
          `let channel = ${first} + e / ${lanes} % ${width};`,
          `let p = begin / ${lanes} + e / ${lanes * width};`,
          `let inside = p < total && channel < ${channels};`,
          `let row = p / max(1, wide * high) * ${length} + top + p / max(1, wide) % max(1, high);`,
          `let column = left + p % max(1, wide);`,
          `let at = e / ${lanes * width} * ${lanes * width} + s * ${width} + e / ${lanes} % ${width};`,
        ],
        value,
      )
    const image = this.#half(x, `((row + over) * ${W} + column + right) * ${A} + channel`, "halves")
    const error = this.#half(dy, `(row * ${W} + column) * ${B} + channel`, "scaled halves")
    return this.#tiles(
      `${all}`,
      [
        `let tap = q / ${down * across};`,
        `let firstA = q / ${across} % ${down} * ${rows};`,
        `let firstB = q % ${across} * ${columns};`,
        `let over = tap / ${kw} - ${kl >> 1};`,
        `let right = tap % ${kw} - ${kw >> 1};`,
        "let top = max(0, -over);",
        `let high = max(0, min(${length}, ${length} - over) - top);`,
        "let left = max(0, -right);",
        `let wide = max(0, min(${W}, ${W} - right) - left);`,
        `let total = ${int(steps)} * high * wide;`,
      ],
      `total * ${lanes}`,
      [piece("leftPiece", rows, "firstA", A, image), piece("rightPiece", columns, "firstB", B, error)],
      [
        `let a = firstA + e / ${columns};`,
        `let b = firstB + e % ${columns};`,
        `if (a < ${A} && b < ${B}) {`,
        `  let to = b${dw} + ((tap * ${A} + a) * ${B} + b + ${int(copy)}) * ${lanes};`,
        `  let value = sums[e] * ${1 / GRADIENT_SCALE}f;`,
        // The first lane receives the sum over all lanes of the workgroup.
        ...(accumulate
          ? ["  memory[to] += value;"]
          : ["  memory[to] = value;", `  for (var s = 1; s < ${lanes}; s++) { memory[to + s] = 0.0f; }`]),
        "}",
      ],
    )
  }

  /** One tile: channels of the result by positions and lanes. The depth is taps and channels of the image. */
  conv({ kl, kw, W, L, from, to, turned, copy, x, w, y, added }: ConvProduct, backwards: boolean): string {
    const { lanes } = this.#workgroup
    const { rows, columns } = this.#tile
    const down = Math.ceil(to / rows)
    const length = int(L)
    const total = kl * kw * from
    const as = backwards ? "scaled halves" : "halves"
    const tap = turned ? `(${kl * kw - 1} - tap)` : "tap"
    const weight = turned
      ? `${tap} * ${from * to} + channel * ${from} + input`
      : `${tap} * ${from * to} + input * ${to} + channel`
    const depthAt = (width: number) => [
      `let depth = begin + e / ${width};`,
      `let tap = depth / ${from};`,
      `let input = depth % ${from};`,
    ]
    const weights = this.#piece(
      "leftPiece",
      rows,
      [
        `let channel = c0 + e % ${rows};`,
        ...depthAt(rows),
        `let inside = depth < ${total} && channel < ${to};`,
        "let at = e;",
      ],
      toHalf(`weights[b${w} + ${int(copy)} + ${weight}]`, "halves"),
    )
    const image = this.#piece(
      "rightPiece",
      columns,
      [
        ...depthAt(columns),
        `let p = p0 + e % ${columns} / ${lanes};`,
        `let s = e % ${lanes};`,
        `let row = p / ${W} + tap / ${kw} - ${kl >> 1};`,
        `let column = p % ${W} + tap % ${kw} - ${kw >> 1};`,
        `let inside = depth < ${total} && row >= 0 && row < ${length} && column >= 0 && column < ${W};`,
        "let at = e;",
      ],
      this.#half(x, `(row * ${W} + column) * ${from} + input`, as),
    )
    const sum = backwards ? `sums[e] * ${1 / GRADIENT_SCALE}f` : "sums[e]"
    const element = `p * ${to} + channel`
    const before = added === undefined ? "" : `${read(this.#regions[added], this.#at(added, element))} + `
    return this.#tiles(
      `${down} * ((${length} * ${W} + ${columns / lanes - 1}) / ${columns / lanes})`,
      [`let c0 = q % ${down} * ${rows};`, `let p0 = q / ${down} * ${columns / lanes};`],
      `${total}`,
      [weights, image],
      [
        `let channel = c0 + e / ${columns};`,
        `let p = p0 + e % ${columns} / ${lanes};`,
        `let s = e % ${lanes};`,
        `if (channel < ${to} && p < ${length} * ${W}) {`,
        `  ${write(this.#regions[y], this.#at(y, element), `${before}${sum}`)}`,
        "}",
      ],
    )
  }

  /**
   * Writes the loop over the tiles of this workgroup: what a tile knows, the depth of its product, its
   * pieces, and the store of a sum.
   */
  #tiles(
    count: string,
    known: readonly string[],
    total: string,
    pieces: readonly string[],
    result: readonly string[],
  ): string {
    const { size } = this.#workgroup
    const { M, N, K, subgroup } = this.#matrices
    const { across, rows, columns, depth } = this.#tile
    return `  for (var q = c.group; q < ${count}; q += c.groups) {
    ${known.join("\n    ")}
    let mine = u32(local / ${subgroup});
    var sum = subgroup_matrix_result<f32, ${N}, ${M}>();
    for (var begin = 0; begin < ${total}; begin += ${depth}) {
${pieces.join("\n")}
      workgroupBarrier();
      for (var k = 0u; k < ${depth}u; k += ${K}u) {
        let a = subgroupMatrixLoad<subgroup_matrix_left<f16, ${K}, ${M}>, col_major>(&leftPiece, k * ${rows}u + mine / ${across}u * ${M}u, ${rows}u);
        let b = subgroupMatrixLoad<subgroup_matrix_right<f16, ${N}, ${K}>, row_major>(&rightPiece, k * ${columns}u + mine % ${across}u * ${N}u, ${columns}u);
        sum = subgroupMatrixMultiplyAccumulate(a, b, sum);
      }
      workgroupBarrier();
    }
    subgroupMatrixStore<row_major>(&sums, mine / ${across}u * ${M * columns}u + mine % ${across}u * ${N}u, sum, ${columns}u);
    workgroupBarrier();
    for (var e = local; e < ${rows * columns}; e += ${size}) {
      ${result.join("\n      ")}
    }
    workgroupBarrier();
  }`
  }

  /**
   * Fills a piece [depth, width]. `known` computes for element e whether it is `inside` and its address `at`.
   */
  #piece(memory: string, width: number, known: readonly string[], value: string): string {
    return `      for (var e = local; e < ${this.#tile.depth * width}; e += ${this.#workgroup.size}) {
        ${known.join("\n        ")}
        var value = 0.0h;
        if (inside) { value = ${value}; }
        ${memory}[at] = value;
      }`
  }

  /** The address of lane s of an element. */
  #at(buffer: number, element: string): string {
    const region = this.#regions[buffer]
    const numbers = numbersOf(region, this.#workgroup.lanes)
    return `b${buffer} + (${element}) * ${numbers} + ${region === "io" ? "lane - slot + s" : "s"}`
  }

  #half(buffer: number, element: string, as: "halves" | "scaled halves"): string {
    const region = this.#regions[buffer]
    const at = this.#at(buffer, element)
    return region === as ? `halves[${at}]` : toHalf(read(region, at), as)
  }
}
