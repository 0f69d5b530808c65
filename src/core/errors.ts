// The one error class that is caught: a mistake of the user's, told in one sentence, exit code 2.

/** What the user gave cannot be used; the message says what was got, what was expected, and what to do. */
export class UserError extends Error {
  override readonly name = "UserError"
}
