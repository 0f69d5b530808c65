// The C renderer: one kernel becomes one static function over the widest vector type of the compiler's
// target. Every lane value is a named scalar of vector type, because GCC 12 compiles arrays of vectors badly
// (docs/kernels.md).

import { LANES } from "../core/lanes.ts"
import { bitKinds, contextFields, type I, type Kernel, type Statement, type V } from "./language.ts"

/**
 * Renders a function `name(C, b0, b1, ...)`: C is the context, the others are the addresses of element 0. It
 * needs the `prelude`.
 */
export function renderCKernel(kernel: Kernel): string {
  const out: string[] = []
  const block = (statements: readonly Statement[], indent: string): void => {
    for (const s of statements) out.push(...statement(s, indent))
  }
  const statement = (s: Statement, indent: string): string[] => {
    switch (s.k) {
      case "intLet":
        return [`${indent}const int32_t i${s.id} = ${int(s.value)};`]
      case "intSet":
        return [`${indent}i${s.id} = ${int(s.value)};`]
      case "laneLet":
        return isBits(s.value)
          ? [`${indent}U v${s.id} = ${lane(s.value)};`]
          : [`${indent}V v${s.id} = ${lane(s.value)};`]
      case "laneSet":
        return [`${indent}v${s.id} = ${lane(s.value)};`]
      case "pointer":
        return s.lane
          ? [`${indent}V* p${s.id} = (V*)(b${s.buffer} + (int64_t)(${int(s.index)}) * ${LANES}) + g;`]
          : [`${indent}const float* p${s.id} = b${s.buffer} + (${int(s.index)});`]
      case "advance":
        return [`${indent}p${s.id} += (${int(s.by)})${s.lane ? " * G" : ""};`]
      case "store":
        return [`${indent}p${s.to.id}[${s.offset} * G] = ${lane(s.value)};`]
      case "sumLanes":
        return [`${indent}b${s.to}[${int(s.index)}] = sumLanes(b${s.from} + (int64_t)(${int(s.index)}) * ${LANES});`]
      case "loop":
        out.push(`${indent}for (int32_t i${s.id} = ${int(s.from)}; i${s.id} < ${int(s.to)}; i${s.id} += ${s.by}) {`)
        block(s.body, `${indent}  `)
        return [`${indent}}`]
      case "lanes":
        out.push(`${indent}for (int32_t g = 0; g < G; g++) {`)
        block(s.body, `${indent}  `)
        return [`${indent}}`]
      case "if":
        out.push(`${indent}if (${int(s.less[0])} < ${int(s.less[1])}) {`)
        block(s.body, `${indent}  `)
        return [`${indent}}`]
      case "barrier":
        return [] // one thread runs the whole kernel
    }
  }
  const bits = new Set<number>()
  const isBits = (v: V): boolean => {
    const yes = bitKinds.has(v.k) || (v.k === "laneVar" && bits.has(v.id))
    return yes
  }
  const note = (statements: readonly Statement[]): void => {
    for (const s of statements) {
      if (s.k === "laneLet" && isBits(s.value)) bits.add(s.id)
      if ("body" in s) note(s.body)
    }
  }
  note(kernel.body)
  const args = kernel.buffers.map((b, i) => `float* restrict b${i} /* ${b.name} */`)
  out.push(`static void ${kernel.name}(const int32_t* C${args.map((a) => `, ${a}`).join("")}) {`)
  block(kernel.body, "  ")
  out.push("}")
  return out.join("\n")
}

function int(i: I): string {
  switch (i.k) {
    case "int":
      return i.value === -2147483648 ? "INT32_MIN" : `${i.value}`
    case "intVar":
      return `i${i.id}`
    case "context":
      return `C[${contextFields.indexOf(i.field)}]`
    case "shr":
      return `(int32_t)((uint32_t)(${int(i.a)}) >> ${int(i.b)})`
    case "xor":
      return `((${int(i.a)}) ^ (${int(i.b)}))`
    case "div":
      return `((${int(i.a)}) / (${int(i.b)}))`
    case "min":
    case "max":
      return `i${i.k}(${int(i.a)}, ${int(i.b)})`
    case "add":
    case "sub":
    case "mul": {
      const sign = { add: "+", sub: "-", mul: "*" }[i.k]
      return `((${int(i.a)}) ${sign} (${int(i.b)}))` // wraps, because of -fwrapv
    }
  }
}

function lane(v: V): string {
  switch (v.k) {
    case "const":
      return `splat(${float(v.value)})`
    case "laneVar":
      return `v${v.id}`
    case "load":
      return `p${v.from.id}[${v.offset} * G]`
    case "splat":
      return `splat(p${v.from.id}[${v.offset}])`
    case "splatInt":
      return `splat((float)(${int(v.value)}))`
    case "add":
      return `(${lane(v.a)} + ${lane(v.b)})`
    case "sub":
      return `(${lane(v.a)} - ${lane(v.b)})`
    case "mul":
      return `(${lane(v.a)} * ${lane(v.b)})`
    case "div":
      return `(${lane(v.a)} / ${lane(v.b)})`
    case "min":
    case "max":
      return `v${v.k}(${lane(v.a)}, ${lane(v.b)})`
    case "fma":
      return `vfma(${lane(v.a)}, ${lane(v.b)}, ${lane(v.c)})`
    case "neg":
      return `(-${lane(v.a)})`
    case "abs":
      return `(V)((U)${lane(v.a)} & usplat(0x7fffffff))`
    case "sqrt":
      return `vsqrt(${lane(v.a)})`
    case "ifLess":
    case "ifEqual":
      return `${v.k}(${lane(v.a)}, ${lane(v.b)}, ${lane(v.then)}, ${lane(v.else)})`
    case "bits":
      return `usplat((uint32_t)(${int(v.value)}))`
    case "example":
      return `(usplat((uint32_t)(C[${contextFields.indexOf("firstExample")}] + g * W)) + iota)`
    case "xor":
      return `(${lane(v.a)} ^ ${lane(v.b)})`
    case "bitMul":
      return `(${lane(v.a)} * ${lane(v.b)})`
    case "bitAdd":
      return `(${lane(v.a)} + ${lane(v.b)})`
    case "bitAnd":
      return `(${lane(v.a)} & ${lane(v.b)})`
    case "bitOr":
      return `(${lane(v.a)} | ${lane(v.b)})`
    case "bitShl":
      return `(${lane(v.a)} << ${v.by})`
    case "bitShr":
      return `(${lane(v.a)} >> ${v.by})`
    case "asFloat":
      return `(V)(${lane(v.a)})`
    case "asBits":
      return `(U)(${lane(v.a)})`
    case "toFloat":
      return `__builtin_convertvector((S)(${lane(v.a)}), V)`
  }
}

function float(x: number): string {
  const f = Math.fround(x)
  if (!Number.isFinite(f)) throw new Error(`constant ${x} is not finite in float32`)
  const text = f.toString()
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`
}

/** Definitions that every kernel uses: W numbers per vector, G vectors per lane block. */
export const prelude = `#include <stdint.h>
#include <stddef.h>
#include <pthread.h>
#include <sys/mman.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif
#if defined(__AVX512F__)
#define W 16
#elif defined(__AVX__)
#define W 8
#else
#define W 4
#endif
#define G (${LANES} / W)
typedef float V __attribute__((vector_size(4 * W)));
typedef uint32_t U __attribute__((vector_size(4 * W)));
typedef int32_t S __attribute__((vector_size(4 * W)));
#if W == 16
#define splat(x) ((V)_mm512_set1_ps(x))
#define usplat(x) ((U)_mm512_set1_epi32((int)(x)))
#define vfma(a, b, c) ((V)_mm512_fmadd_ps(a, b, c))
#define vmin(a, b) ((V)_mm512_min_ps(a, b))
#define vmax(a, b) ((V)_mm512_max_ps(a, b))
#define vsqrt(a) ((V)_mm512_sqrt_ps(a))
#define ifLess(a, b, x, y) ((V)_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), y, x))
#define ifEqual(a, b, x, y) ((V)_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ), y, x))
static const U iota = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#else
#define blend(m, x, y) ((V)(((S)(x) & (m)) | ((S)(y) & ~(m))))
static inline V ifLess(V a, V b, V x, V y) { S m = a < b; return blend(m, x, y); }
static inline V ifEqual(V a, V b, V x, V y) { S m = a == b; return blend(m, x, y); }
#if W == 8
#define splat(x) ((V)_mm256_set1_ps(x))
#define usplat(x) ((U)_mm256_set1_epi32((int)(x)))
#define vmin(a, b) ((V)_mm256_min_ps(a, b))
#define vmax(a, b) ((V)_mm256_max_ps(a, b))
#define vsqrt(a) ((V)_mm256_sqrt_ps(a))
#ifdef __FMA__
#define vfma(a, b, c) ((V)_mm256_fmadd_ps(a, b, c))
#else
#define vfma(a, b, c) ((a) * (b) + (c))
#endif
static const U iota = {0, 1, 2, 3, 4, 5, 6, 7};
#else
static inline V splat(float x) { return (V){x, x, x, x}; }
static inline U usplat(uint32_t x) { return (U){x, x, x, x}; }
static const U iota = {0, 1, 2, 3};
static inline V vmin(V a, V b) { return ifLess(a, b, a, b); }
static inline V vmax(V a, V b) { return ifLess(b, a, a, b); }
static inline V vsqrt(V a) { return (V){__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]), __builtin_sqrtf(a[3])}; }
#if defined(__aarch64__)
#define vfma(a, b, c) ((V)vfmaq_f32(c, a, b))
#else
#define vfma(a, b, c) ((a) * (b) + (c))
#endif
#endif
#endif
static inline int32_t imin(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t imax(int32_t a, int32_t b) { return a > b ? a : b; }
static inline float sumLanes(const float* x) {
  float s[8];
  for (int i = 0; i < 8; i++) s[i] = x[i] + x[i + 8];
  for (int i = 0; i < 4; i++) s[i] += s[i + 4];
  return (s[0] + s[2]) + (s[1] + s[3]);
}
`
