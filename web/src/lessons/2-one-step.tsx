import { LiveFilm } from "../views/live.tsx"
import type { Lesson } from "./lesson.ts"

export const lesson: Lesson = {
  title: "One step",
  about: "The same small rule at every place and every step, down to the sums.",
  Body: () => (
    <>
      <p>
        Each place of the memory holds 24 numbers: its channels. A step computes all of them anew. For every number the
        rule looks at three places (this one and its neighbors), weighs all their channels, adds up, and squashes the
        sum. The weights are the same at every place and in every step; there are 5,256 of them in the rule of this net,
        and they are all it has learned besides how symbols are put in and read off.
      </p>
      <p>Pick a cell in the film. Below it stands the calculation that made it, with the real numbers.</p>
      <LiveFilm
        model="add"
        question="1011+110"
        step={4}
        cell={[1, 0, 5]}
        parts={["film", "legend", "transport", "cell"]}
        most={360}
      />
      <p>
        Why does a local rule suffice? A cellular automaton with a local rule can compute whatever a computer can, given
        enough steps. Adding and multiplying two numbers side by side needs about as many steps as there are digits,
        which is how many the net gets.
      </p>
    </>
  ),
}
