// Reading a map at a key that must be there.

/** The value at a key; throws where there is none, which is a mistake of the program's. */
export function lookup<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw new Error("a map has nothing at a key that it should have")
  return value
}
