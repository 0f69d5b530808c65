import { LiveFilm } from "../views/live.tsx"
import type { Lesson } from "./lesson.ts"

export const lesson: Lesson = {
  title: "Turing machines before it",
  about: "One head on a tape, or every place at once.",
  Body: () => (
    <>
      <p>
        In 2014 the <b>Neural Turing Machine</b> gave a net a tape: a controller reads and writes at one soft spot,
        steered by weights over all places that it computes anew in each step. It learned to copy and to sort, but it
        works one place at a time, as a Turing machine does, and long runs of soft reading and writing are hard to
        train.
      </p>
      <p>
        The <b>Neural GPU</b> (Kaiser and Sutskever, 2015) let go of the head. Every place computes, in every step, by
        the same rule: a cellular automaton whose rule is learned. What a head would need thousands of moves for, for
        instance multiplying, happens everywhere at once, and the path that learning has to follow back is as long as
        the question rather than as long as the work.
      </p>
      <LiveFilm model="mul" question="110101*101101" parts={["film", "legend", "transport"]} most={380} />
      <p>
        This is a product in the making. Some channels carry digits along the strip, others hold what is done; what was
        one long column of sums on paper is a wave here.
      </p>
    </>
  ),
}
