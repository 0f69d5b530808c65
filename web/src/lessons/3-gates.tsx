import { LiveFilm } from "../views/live.tsx"
import type { Lesson } from "./lesson.ts"

export const lesson: Lesson = {
  title: "Gates",
  about: "What is kept, what is overwritten, and how a digit travels.",
  Body: () => (
    <>
      <p>
        A rule that writes everything anew forgets. So two gates, numbers between 0 and 1, are computed first. The{" "}
        <b>update gate</b> says how much of the old number stays: 1 keeps it, 0 takes the new candidate. The{" "}
        <b>reset gate</b> says how much of the old memory the candidate may see.
      </p>
      <p class="equation">new = update · old + (1 − update) · candidate</p>
      <LiveFilm
        model="add"
        question="110101+10111"
        tensor="dcgru0/update"
        parts={["look", "film", "legend", "transport"]}
        most={340}
      />
      <p>
        In a trained net most gates are wholly open or wholly shut: the net has become discrete, close to a program. In
        this form of the net (Freivalds and Liepins, 2017) the "old" number of the first third of channels is that of
        the place before, and of the second third that of the place after. An open update gate there means: pass it on.
        That is where the slanting lines come from.
      </p>
    </>
  ),
}
