// Loaded into the program before it starts (node --import): on SIGUSR2 it collects garbage and tells how much
// memory is left in use.

process.on("SIGUSR2", () => {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.stderr.write(`\nmemory ${heapUsed + external} ${rss}\n`)
})
