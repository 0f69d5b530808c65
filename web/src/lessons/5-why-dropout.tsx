import { resolveConfig } from "../../../src/training/config.ts"
import { LiveRuns } from "../views/live.tsx"
import type { Lesson } from "./lesson.ts"

/** Sizes 1 to 8, a single phase, one seed; the two runs differ only in dropout. */
const config = (dropout: number) =>
  resolveConfig({
    task: { name: "reverse" },
    model: { maps: 12 },
    steps: 600,
    seed: 2,
    sizes: [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ],
    goal: { size: 40 },
    phases: [{ dropout: { rate: dropout }, restart: { enabled: false } }],
  })
const runs = () => [
  { name: "with dropout", config: config(0.25) },
  { name: "without", config: config(0) },
]

export const lesson: Lesson = {
  title: "Why dropout",
  about: "Noise in training, so that what is learned holds over many more steps.",
  Body: () => (
    <>
      <p>
        In training, dropout sets a random share of the new numbers to zero, in every step. That sounds like sabotage.
        But a computation that must survive it cannot hang on exact small values: it has to be redundant and clear-cut,
        and such a computation also survives ten times as many steps as it was trained for. Kaiser and Sutskever found
        that without dropout only a few of 729 nets generalized at all.
      </p>
      <p>
        Look at the third chart: both lines may be right in the shaded range. The question is what happens to the right
        of it.
      </p>
      <LiveRuns runs={runs} />
    </>
  ),
}
