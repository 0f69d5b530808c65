// The fields of a run's config, declared once. Defaults, checks, the command line, sweeps, the JSON Schema
// and the reference page come from here and from the fields of models, optimizers, schedules and techniques.

import * as v from "valibot"
import { DefinedModel, type ModelConfig, type ModelName, modelVariants } from "../models/index.ts"
import {
  choice,
  custom,
  name,
  number,
  orNull,
  type PartialValues,
  type ValuesOf,
  type Variants,
  whole,
} from "../schema/index.ts"
import { MOST_SYMBOLS, tokenKinds, type Vocabulary } from "../tasks/index.ts"
import { curriculumFields } from "./curriculum.ts"
import { goalFields, learnedFields } from "./goal.ts"
import { optimizers } from "./optimizers/index.ts"
import { fieldsOf, type PartialPhase, type Phase } from "./phases.ts"
import { parseSizes, type Sizes, sizeGroups } from "./sizes.ts"

const wholeOf = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least))

const optimizer: Variants<ReturnType<typeof fieldsOf<typeof optimizers>>> = {
  kind: "variants",
  of: fieldsOf(optimizers),
  default: "adamax",
  about: "The optimizer.",
  flag: "--optimizer <name>",
}

/** All fields of a config except its phases (phases.ts). */
export const configFields = {
  task: {
    name: name("add", "What is learned; several tasks in one model: copy,reverse."),
    base: whole(2, "Base of the digits, or number of distinct symbols.", { min: 2, flag: "--base <n>" }),
    output: choice(
      ["padded", "stripped"],
      "padded",
      "How an answer fills its places: padded with leading zeros, or stripped, with PAD behind it.",
      {
        flag: "--output <form>",
        source: "KS16 §3: stripped",
      },
    ),
    vocabulary: custom<Vocabulary | null>(
      v.nullable(
        v.strictObject({
          symbols: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(MOST_SYMBOLS)),
          tokens: v.picklist(tokenKinds),
          backwards: v.boolean(),
          places: v.strictObject({ times: wholeOf(1), plus: wholeOf(0) }),
          sample: v.strictObject({ question: v.string(), answer: v.string() }),
        }),
      ),
      "null, or symbols, tokens, backwards, places and a sample",
      null,
      "What a task of your own reads and writes; it follows from --data or --task.",
    ),
  },
  model: modelVariants,
  seed: whole(1, "Seed of all random numbers.", { min: 0, max: 2 ** 31 - 1, flag: "--seed <n>" }),
  steps: orNull(
    whole(1000, "Maximum number of steps, counted from the start of the run; null: until the goal is met.", {
      min: 1,
      flag: "--steps <n>",
    }),
    null,
  ),
  sizes: custom<Sizes>(
    v.pipe(v.array(v.tuple([v.number(), v.number()])), v.minLength(1)),
    "rising ranges of sizes, such as 1-3,4-8,9-20",
    sizeGroups,
    "Groups of sizes, shortest first; each step draws one size from every group that has joined.",
    { flag: "--train-sizes <ranges>", source: "ours, after the bins of DNGPU", parse: parseSizes },
  ),
  batchSize: whole(16, "Examples per group and step; best a multiple of 16.", {
    min: 1,
    max: 16_384,
    flag: "--batch-size <n>",
  }),
  curriculum: curriculumFields,
  optimizer,
  learningRate: orNull(
    number(0.01, "Initial learning rate; null: the model's own, for a Neural GPU 0.48 / maps.", {
      above: 0,
      below: 10,
      flag: "--learning-rate <x>",
      source: "DNGPU code: 0.01 · 48 / maps",
    }),
    null,
  ),
  learned: learnedFields,
  goal: goalFields,
}

/** A config without its phases. */
export type Fixed = ValuesOf<typeof configFields>
export interface TrainConfig extends Fixed {
  readonly phases: readonly Phase[]
}
export type PartialConfig = {
  readonly [K in keyof Fixed]?: K extends "model" ? PartialModel | DefinedModel : PartialValues<Fixed[K]>
} & { readonly phases?: readonly PartialPhase[] }
/** The name of a config's model; undefined if it has none. */
export const nameOfModel = ({ model }: PartialConfig): string | undefined =>
  model instanceof DefinedModel ? model.family.name : model?.name
type PartialModel = { [N in ModelName]: PartialValues<Extract<ModelConfig, { name: N }>> }[ModelName]
