// Generates docs/reference/config.md: every field of a run's config.

import { readFileSync } from "node:fs"
import { type ModelName, modelFamilies, modelNames } from "../../src/models/index.ts"
import type { Field } from "../../src/schema/index.ts"
import { type Fields, leavesOf, type Variants } from "../../src/schema/index.ts"
import { configFields, defaultsFor } from "../../src/training/config.ts"
import { phaseFields } from "../../src/training/phases.ts"
import { schedules } from "../../src/training/schedules/index.ts"
import { valueAt } from "../../src/training/settable.ts"
import { techniques } from "../../src/training/techniques/index.ts"

const intro = `# The config of a run

<!-- written by scripts/reference.ts: edit the fields in src/, then run node scripts/reference.ts -->

A config is a JSON object. \`config.json\` in a run's folder holds the whole config of that run. What a config leaves out
has the default of its model. These commands work with configs:

| Command | What it does |
| --- | --- |
| \`neural-gpu train add --print-config\` | prints the whole config of a run, and trains nothing |
| \`neural-gpu train --config run.json\` | begins with the config in a file |
| \`neural-gpu train add --set learned.every=50\` | sets any field by its path |
| \`neural-gpu train add --dropout 0.1\` | sets a field that has an option |

A run is a list of phases. \`--set phases.1.ema.decay=0.99\` sets a field of one phase, the first of which is 0;
\`--set ema.decay=0.99\` sets it in all phases. On the command line \`none\` means \`null\`.

Begin a file with \`"$schema": "./config.schema.json"\`, and editors complete and check it.

In the column of defaults the first value is that of every model that is not named behind it. Where a model has several
phases, their values follow one another. Sources are explained in the [glossary](../glossary.md).
`

/** The whole page. */
export function configPage(): string {
  const { task, model, curriculum, optimizer, learned, goal, ...run } = configFields
  return [
    intro,
    section("Run", "", run, ""),
    section("Task", "", task, "task."),
    "## Model\n",
    table([nameRow("model", model)]),
    ...modelNames.map((name) =>
      section(name, sentence(modelFamilies[name].summary), model.of[name], "model.", { level: 3, models: [name] }),
    ),
    section("Curriculum", headerOf("curriculum.ts"), curriculum, "curriculum."),
    "## Optimizer\n",
    table([nameRow("optimizer", optimizer)]),
    ...Object.entries(optimizer.of).map(([name, fields]) =>
      section(name, headerOf(`optimizers/${name}.ts`), fields, "optimizer.", { level: 3, variant: name }),
    ),
    section("Learned", "When the trained sizes count as learned.", learned, "learned."),
    section("Goal", "When the run counts as done.", goal, "goal."),
    "## Phases\n",
    `${headerOf("phases.ts")}\n`,
    table([row("until", phaseFields.until, defaultText("until", phaseFields.until))]),
    "## Schedules of the learning rate\n",
    table([nameRow("schedule", phaseFields.schedule)]),
    ...Object.keys(schedules).map((name) =>
      section(
        name,
        headerOf(`schedules/${name}.ts`),
        phaseFields.schedule.of[name as keyof typeof schedules],
        "schedule.",
        {
          level: 3,
          variant: name,
        },
      ),
    ),
    "## Techniques\n",
    "A technique belongs to a phase, under its name. The first default switches it off; a model's own may switch it on.\n",
    ...Object.entries(techniques).map(([name, { fields }]) =>
      section(name, headerOf(`techniques/${fileOf(name)}.ts`), fields, `${name}.`, { level: 3 }),
    ),
  ].join("\n")
}

interface How {
  readonly level?: number
  /** Models whose defaults are shown; all by default. */
  readonly models?: readonly ModelName[]
  /** The optimizer or schedule of these fields. Models that use another one have no default for them. */
  readonly variant?: string
}

/** A heading, its description, and a table of its fields. */
function section(title: string, about: string, fields: Fields, prefix: string, how: How = {}): string {
  const rows = leavesOf(fields, prefix).map(({ path, field }) => row(path, field, defaultText(path, field, how)))
  const heading = `${"#".repeat(how.level ?? 2)} ${title}\n`
  const text = about === "" ? [] : [`${about}\n`]
  return [heading, ...text, rows.length === 0 ? "It has no options.\n" : table(rows)].join("\n")
}

const columns = ["Field", "What it is", "Expected", "Default", "Option", "Source"]
const table = (rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n")
    .concat("\n")

const code = (value: unknown) => `\`${JSON.stringify(value)}\``
const option = (flag: string) => (flag === "" ? "" : `\`${flag}\``)

const row = (path: string, { about, expected, flag, source }: Field, byDefault: string): string[] => [
  `\`${path}\``,
  about,
  expected,
  byDefault,
  option(flag),
  source,
]

/** The row of the name that chooses between variants. */
function nameRow(path: string, { of, about, flag, default: fallback }: Variants): string[] {
  const field = { about, expected: `one of ${Object.keys(of).join(", ")}`, flag, source: "", default: fallback }
  return row(
    `${path}.name`,
    field as Field,
    path === "model" ? code(fallback) : defaultText(`${path}.name`, field as Field),
  )
}

/** The default of a field, and those of the models that differ from it. */
function defaultText(path: string, field: Field, { models = modelNames, variant }: How = {}): string {
  const [group] = path.split(".")
  const hasField = (part: object) => variant === undefined || valueAt(part, `${group}.name`) === variant
  const texts = models.flatMap((model): [ModelName, string][] => {
    const config = defaultsFor(model)
    const parts = Object.hasOwn(configFields, group) ? [config] : config.phases
    const values = parts.filter(hasField).map((part) => code(valueAt(part, path)))
    const changes = values.filter((value, i) => value !== values[i - 1])
    return changes.length === 0 ? [] : [[model, changes.join(", then ")]]
  })
  const usual = code(field.default)
  const others = Map.groupBy(
    texts.filter(([, text]) => text !== usual),
    ([, text]) => text,
  )
  const named = [...others].map(([text, of]) => `${of.map(([model]) => model).join(", ")}: ${text}`)
  return [usual, ...named].join("; ")
}

/** A summary as a sentence. */
const sentence = (text: string) => `${text[0].toUpperCase()}${text.slice(1)}.`

/** The file of a name: "gradientNoise" is in gradient-noise.ts. */
const fileOf = (name: string) => name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)

/** The first paragraph of the header comment of a file in src/training. */
function headerOf(file: string): string {
  const lines = readFileSync(new URL(`../../src/training/${file}`, import.meta.url), "utf8").split("\n")
  const end = lines.findIndex((line) => !/^\/\/ ./u.test(line))
  return lines
    .slice(0, end)
    .map((line) => line.slice("// ".length))
    .join(" ")
}
