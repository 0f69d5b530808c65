// Shapes of one example's tensors. A dimension is a number, or "L", the length of the example, which is known
// only at run time.

export type Dim = number | "L"
export type Shape = readonly Dim[]

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i])

/** Number of elements at length L. */
export const sizeAt = (shape: Shape, length: number): number =>
  shape.reduce<number>((n, d) => n * (d === "L" ? length : d), 1)

export const dimsAt = (shape: Shape, length: number): number[] => shape.map((d) => (d === "L" ? length : d))

/** The broadcast shape (right-aligned): dimensions must be equal, 1 or missing. Throws otherwise. */
export function broadcast(shapes: readonly Shape[]): Dim[] {
  const rank = Math.max(...shapes.map((s) => s.length))
  return Array.from({ length: rank }, (_, axis) => {
    let out: Dim = 1
    for (const shape of shapes) {
      const d = shape[axis - (rank - shape.length)] ?? 1
      if (d === 1 || d === out) continue
      if (out !== 1) throw new Error(`shapes ${shapes.map(show).join(" and ")} do not broadcast at axis ${axis}`)
      out = d
    }
    return out
  })
}

export const show = (shape: Shape): string => `[${shape.join(", ")}]`
