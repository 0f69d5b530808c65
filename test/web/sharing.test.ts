// "share" says what happened.

import { expect, test } from "vitest"
import { copyLink } from "../../web/src/sharing.ts"

const link = "https://example.org/#v=2"

test("copies the link, and says so", async () => {
  const copied: string[] = []
  const clipboard = { writeText: async (text: string) => void copied.push(text) }
  expect(await copyLink(link, true, clipboard)).toEqual({ isCopied: true, told: "link copied" })
  expect(copied).toEqual([link])
})

test("never says that it copied what it did not: no clipboard, or refused", async () => {
  const refused = { writeText: () => Promise.reject(new Error("denied")) }
  const told = "not copied: the link is in the address bar"
  expect(await copyLink(link, true, refused)).toEqual({ isCopied: false, told })
  expect(await copyLink(link, true, undefined)).toEqual({ isCopied: false, told })
})

test("says that a link to a model of the visitor's own opens only here", async () => {
  expect((await copyLink(link, false, { writeText: async () => {} })).told).toMatch(/opens only here.*send its file/)
})
