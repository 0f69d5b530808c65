// Renders a plan as C: its kernels, a function `program` that calls them, and a driver whose threads take
// lane blocks until none is left.

import { LANES } from "../../core/lanes.ts"
import { lookup } from "../../core/lookup.ts"
import { prelude, renderCKernel } from "../../kernel/c.ts"
import { contextFields, KernelBuilder, type Target } from "../../kernel/language.ts"
import type { Instruction, Place, Plan } from "../../plan/plan.ts"

/**
 * The complete C source of a plan. It is compiled with -ffp-contract=off, so that rounding does not depend on
 * the compiler.
 */
export function renderC(plan: Plan, target: Target): string {
  const names = new Map<string, string>()
  const functions: string[] = []
  const bufferIds = new Map(plan.buffers.map((b, i) => [b, i]))
  const lines: string[] = []
  const emit = (instructions: readonly Instruction[], indent: string): void => {
    for (const instruction of instructions) {
      if (instruction.k === "loop") {
        const { backwards, body } = instruction
        lines.push(`${indent}for (int32_t i = 0; i < T; i++) {`)
        lines.push(
          `${indent}  const int32_t t = ${backwards ? "T - 1 - i" : "i"}; C[${contextFields.indexOf("step")}] = t; (void)t;`,
        )
        emit(body, `${indent}  `)
        lines.push(`${indent}}`, `${indent}C[${contextFields.indexOf("step")}] = 0; // outside of scans it is 0`)
        continue
      }
      const { key, write } = instruction.kernel
      let name = names.get(key)
      if (!name) {
        name = `kernel${names.size}`
        names.set(key, name)
        const k = new KernelBuilder(target)
        write(k)
        functions.push(renderCKernel(k.finish(name)))
      }
      lines.push(
        `${indent}${name}(C, ${instruction.places.map((p) => place(p, lookup(bufferIds, p.buffer))).join(", ")});`,
      )
    }
  }
  emit(plan.instructions, "  ")
  return [
    prelude,
    ...functions,
    "static void program(int32_t* C, float* shared, float* io, float* arena, const int64_t* table) {",
    `  const int32_t T = C[${contextFields.indexOf("T")}];`,
    ...lines,
    "}",
    driver,
  ].join("\n")
}

function place({ buffer, slot, element }: Place, id: number): string {
  if (buffer.region === "shared") return `shared + ${element}`
  const base = `${buffer.region} + table[${2 * id}]`
  const at = slot === "t" ? "t" : slot === "t + 1" ? "(t + 1)" : "T"
  const copy =
    buffer.slots === "one" || slot === "first"
      ? ""
      : ` + table[${2 * id + 1}] * ${buffer.slots === "two" ? `(${at} & 1)` : at}`
  return `${base}${copy}${element === 0 ? "" : ` + ${element * (buffer.lane ? LANES : 1)}`}`
}

/** Threads take blocks from an atomic counter and join when none is left. Each has a separate arena. */
const driver = `
typedef struct { int32_t context[${contextFields.length}]; int32_t table; int64_t io; } Block;
typedef struct { float *shared, *io, *arena; const int64_t* tables; const Block* blocks; int32_t count, tableSize; int32_t* next; } Work;
static void* worker(void* argument) {
  const Work* w = argument;
  for (;;) {
    const int32_t i = __atomic_fetch_add(w->next, 1, __ATOMIC_RELAXED);
    if (i >= w->count) return 0;
    const Block* b = w->blocks + i;
    int32_t C[${contextFields.length}];
    for (int j = 0; j < ${contextFields.length}; j++) C[j] = b->context[j];
    program(C, w->shared, w->io + b->io, w->arena, w->tables + (int64_t)b->table * w->tableSize);
  }
}
static float* aligned(float* p) { return (float*)(((uintptr_t)p + 63) & ~(uintptr_t)63); }
/* floats to skip so that memory begins at a multiple of 64 bytes */
int skip(void* memory) { return (int)(aligned(memory) - (float*)memory); }
#define MAX_WORKERS 256
int run(float* shared, float* io, float* arena, int64_t arenaStride, const int64_t* tables, int32_t tableSize, const Block* blocks, int32_t count, int32_t workers) {
  pthread_t threads[MAX_WORKERS];
  Work work[MAX_WORKERS];
  int32_t next = 0, started = 0;
  if (workers > MAX_WORKERS) workers = MAX_WORKERS;
#ifdef MADV_HUGEPAGE
  /* large pages: a step walks through tens of megabytes of stored tensors */
  const uintptr_t first = ((uintptr_t)arena + 4095) & ~(uintptr_t)4095, end = (uintptr_t)(arena + arenaStride * workers) & ~(uintptr_t)4095;
  if (end > first) madvise((void*)first, end - first, MADV_HUGEPAGE);
#endif
  for (int32_t i = 0; i < workers; i++)
    work[i] = (Work){shared, aligned(io), aligned(arena) + i * arenaStride, tables, blocks, count, tableSize, &next};
  for (int32_t i = 1; i < workers; i++)
    if (pthread_create(&threads[started], 0, worker, &work[i]) == 0) started++;
  worker(&work[0]);
  for (int32_t i = 0; i < started; i++) pthread_join(threads[i], 0);
  return 0;
}
`
