// Copies the link of what is shown, and says what happened.

export interface Copied {
  readonly isCopied: boolean
  readonly told: string
}

/** `works` says whether others can open the link. */
export async function copyLink(
  link: string,
  works: boolean,
  clipboard: Pick<Clipboard, "writeText"> | undefined = globalThis.navigator?.clipboard,
): Promise<Copied> {
  // Only a page of https or localhost has a clipboard, and a visitor may refuse it.
  const isCopied = clipboard
    ? await clipboard.writeText(link).then(
        () => true,
        () => false,
      )
    : false
  const done = isCopied ? "link copied" : "not copied: the link is in the address bar"
  return {
    isCopied,
    told: works ? done : `${done}; it opens only here, because a link holds no weights: send its file`,
  }
}
