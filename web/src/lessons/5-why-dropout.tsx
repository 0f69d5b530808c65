import { twins } from "../teach.ts"
import { LiveRuns } from "../views/live.tsx"
import type { Lesson } from "./lesson.ts"

const runs = () => twins

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
