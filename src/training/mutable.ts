/** A plain object whose fields, at any depth, may be changed. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object | null ? Mutable<T[K]> : T[K] }
