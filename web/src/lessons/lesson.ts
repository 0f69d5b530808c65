// A lesson: a number, a title, and a text with live parts.

import type { ComponentChild } from "preact"

export interface Lesson {
  readonly title: string
  /** One sentence for the list. */
  readonly about: string
  readonly Body: () => ComponentChild
}
