// Clipping the gradient: to a global norm [KS16, §3: norm 1], or each of its elements [Graves 2013; NTM, §4: ±10].

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

/** Brings every element of the gradient within ± limit, in place; one that is not a number stays so, and is noticed. */
export function clipElements(gradient: Float32Array, limit: number): void {
  for (let i = 0; i < gradient.length; i++)
    gradient[i] = gradient[i] > limit ? limit : gradient[i] < -limit ? -limit : gradient[i]
}
