type Environment = Readonly<Record<string, string | undefined>>

export function cacheFolder(env: Environment): string | undefined
export function makeFolder(dir: string): void
export function privateFolder(
  env: Environment,
  name: string,
): { readonly folder: string; readonly reason?: undefined } | { readonly folder?: undefined; readonly reason: string }
