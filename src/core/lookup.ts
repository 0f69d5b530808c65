// Access to map entries that must exist.

/** The value at a key. A missing key is a bug, so it throws. */
export function lookup<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw new Error("a map lacks a key that must exist")
  return value
}
