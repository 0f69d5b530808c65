/** A plain object whose fields may be changed, at any depth. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object | null ? Mutable<T[K]> : T[K] }
