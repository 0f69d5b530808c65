// The only error class that the program catches. The command line prints the message and exits with code 2.

/** Length of a message. What it quotes may come from a file of any size. */
export const MOST_CHARACTERS = 300
/** A message's end says what to do, so it is kept. */
const END = 100

/**
 * A text as a message: on one line, without control characters, and without its middle if it is long.
 * @example oneSentence("a\nb") // "a b"
 */
export function oneSentence(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, " ")
  if (line.length <= MOST_CHARACTERS) return line
  return `${line.slice(0, MOST_CHARACTERS - END - 3)} … ${line.slice(-END)}`.toWellFormed()
}

/** A mistake in the user's input. The message names the value, what was expected, and what to do. */
export class UserError extends Error {
  override readonly name = "UserError"

  constructor(message: string, options?: ErrorOptions) {
    super(oneSentence(message), options)
  }
}
