// Fields of a config, declared once.

export * from "./field.ts"
export * from "./fields.ts"
