// Clipping the gradient to a global norm [KS16, §3: norm 1].

/** Scales the gradient in place so that its Euclidean norm is at most `norm`; returns the norm it had. */
export function clipGlobalNorm(gradient: Float32Array, norm: number): number {
  let square = 0
  for (let i = 0; i < gradient.length; i++) square += gradient[i] * gradient[i]
  const had = Math.sqrt(square)
  if (had > norm) {
    const scale = norm / had
    for (let i = 0; i < gradient.length; i++) gradient[i] *= scale
  }
  return had
}
