// Generates the JSON Schema of a run's config, with which editors complete and check files. A config may omit
// any field, so nothing is required.

import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema"
import { modelNames } from "../../src/models/index.ts"
import type { Field } from "../../src/schema/field.ts"
import { type Fields, isField, isVariants, type Part, type Variants } from "../../src/schema/fields.ts"
import { configFields } from "../../src/training/config-fields.ts"
import { phaseFields } from "../../src/training/phases.ts"

/** The whole document. */
export function configJsonSchema(): JsonSchema {
  const { type, properties, additionalProperties } = groupSchema(configFields, true)
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Config of a run of neural-gpu",
    description: "What is left out has the model's default. docs/reference/config.md tells every field.",
    type,
    properties: {
      $schema: { type: "string", description: "Where this schema is, for editors." },
      ...properties,
      model: { ...properties.model, anyOf: [...(properties.model.anyOf ?? []), ownModel] },
      phases: {
        type: "array",
        minItems: 1,
        description:
          "The phases of the run, one after the other. What a phase leaves out stays as it was in the one before it.",
        // no defaults here: an omitted field depends on the phase before
        items: groupSchema(phaseFields, false),
      },
    },
    additionalProperties,
  }
}

/** A model of one's own, whose file knows its fields. */
const ownModel: JsonSchema = {
  title: "a model of one's own",
  type: "object",
  required: ["name", "module"],
  properties: {
    name: { type: "string", not: { enum: [...modelNames] } },
    module: { type: ["string", "null"], description: "The file that defines the model, from the current folder." },
  },
}

function groupSchema(fields: Fields, defaults: boolean) {
  const parts = Object.entries(fields).map(([name, part]): [string, JsonSchema] => [name, partSchema(part, defaults)])
  return { type: "object", properties: Object.fromEntries(parts), additionalProperties: false } as const
}

function partSchema(part: Part, defaults: boolean): JsonSchema {
  if (isField(part)) return fieldSchema(part, defaults)
  return isVariants(part) ? variantsSchema(part, defaults) : groupSchema(part, defaults)
}

/** One of several objects. Its name may be omitted, and then stays as it was. */
function variantsSchema({ of, about, default: fallback }: Variants, defaults: boolean): JsonSchema {
  return {
    description: about,
    ...(defaults ? { default: { name: fallback } } : {}),
    anyOf: Object.entries(of).map(([name, fields]) => {
      const { properties, ...group } = groupSchema(fields, true)
      return { title: name, ...group, properties: { name: { const: name }, ...properties } }
    }),
  }
}

/** The limits of safe integers tell a reader nothing. */
const isSafeLimit = (value: unknown) => value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER

function fieldSchema({ schema, about, default: fallback }: Field, defaults: boolean): JsonSchema {
  const { $schema: _, ...converted } = toJsonSchema(schema, { ignoreActions: ["finite", "check"] })
  const own = JSON.parse(JSON.stringify(converted, (_, value) => (isSafeLimit(value) ? undefined : value)))
  return { ...own, description: about, ...(defaults ? { default: fallback as JsonSchema["default"] } : {}) }
}
