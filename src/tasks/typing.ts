// Helpers to parse typed questions and to quote them in error messages.

/** The characters of a typed question, without spaces and underscores, which only group digits. */
export function meaningful(text: string): string[] {
  return [...text.replace(/[\s_]/gu, "")]
}

/** Quotes text for an error message: on one line, truncated if long. */
export function quote(text: string): string {
  const characters = [...text.slice(0, 100)]
  const short = characters.length <= 40 && text.length <= 100
  return JSON.stringify(short ? text : `${characters.slice(0, 40).join("")}…`)
}

/** The digits 0 .. base-1 as characters; symbol s of a task is digit s − 1. */
export function digitCharacters(base: number): string[] {
  return Array.from({ length: base }, (_, digit) => String(digit))
}

/** The symbol that this character types, or 0 if it is not a digit of the base. */
export function symbolOf(character: string, base: number): number {
  if (character.length !== 1) return 0
  const digit = character.charCodeAt(0) - 48
  return digit >= 0 && digit < base ? digit + 1 : 0
}
