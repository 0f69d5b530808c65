// Serves a folder, in a process whose descriptors a test may limit.

import { serveFolder } from "../../src/cli/static-server.ts"

const { url } = await serveFolder(process.argv[2], { port: 0, host: "127.0.0.1" })
console.log(url)
