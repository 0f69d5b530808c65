// The only error class that the program catches. The command line prints the message and exits with code 2.

/** A mistake in the user's input. The message names the value, what was expected, and what to do. */
export class UserError extends Error {
  override readonly name = "UserError"
}
