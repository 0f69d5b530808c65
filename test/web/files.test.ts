// The files of the page stay short enough to be read at once.

import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"

const web = join(import.meta.dirname, "../../web")

test.each(globSync(["src/**/*.ts", "src/**/*.tsx", "src/**/*.css", "*.ts"], { cwd: web }))(
  "%s has at most 300 lines",
  (file) => {
    expect(readFileSync(join(web, file), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(300)
  },
)
