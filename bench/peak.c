/* What a core can do at most: twelve independent chains of fused multiply-add on the widest vectors, in registers only.
   Prints GFLOP/s. Twelve named chains hide the latency of two units and leave room in 16 registers. */
#include <stdio.h>
#include <time.h>
#if defined(__AVX512F__)
#define W 16
#elif defined(__AVX__)
#define W 8
#else
#define W 4
#endif
typedef float V __attribute__((vector_size(4 * W)));
#define EACH(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11)
static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}
int main(void) {
  const long steps = 40000000;
  V zero = {0}, x = zero + 0.999999f, y = zero + 1e-7f;
#define DECLARE(i) V a##i = zero + (1.0f + i);
#define STEP(i) a##i = a##i * x + y; /* contracted to one instruction */
#define KEEP(i) zero += a##i;
  EACH(DECLARE)
  double best = 0;
  for (int repeat = 0; repeat < 3; repeat++) {
    double t = seconds();
    for (long k = 0; k < steps / 3; k++) { EACH(STEP) }
    double rate = 2.0 * W * 12 * (steps / 3) / (seconds() - t) * 1e-9;
    if (rate > best) best = rate;
  }
  EACH(KEEP)
  volatile float sink = zero[0];
  (void)sink;
  printf("%.1f\n", best);
  return 0;
}
