import { LiveFilm } from "../views/live.tsx"
import type { Lesson } from "./lesson.ts"

export const lesson: Lesson = {
  title: "What breaks it",
  about: "Long carries, two times two, and a wiped memory.",
  Body: () => (
    <>
      <p>
        Random questions are kind. In a random sum a carry rarely runs far, so a net that has learned only short carries
        looks perfect. Price, Zaremba and Sutskever (2016) showed it: nets that multiplied random numbers of a hundred
        digits failed on <span class="nowrap">0…02 × 0…02</span>. So a claim counts only on questions that were made to
        break it. This is our multiplication. It made no mistake on 256 random and some hundred hard questions each at
        20, 100 and 200 digits, which proves nothing about the next one. Try to break it:
      </p>
      <LiveFilm model="mul" question="1111111111*1" parts={["question", "answer"]} />
      <p>
        A second test: damage. Paint over part of the memory while it adds, and see which damage heals. Late damage to
        places whose work is done may do nothing; a digit that is wiped on its way is gone.
      </p>
      <LiveFilm
        model="add"
        question="110101101+101110110"
        step={6}
        view="one"
        channels={[8, 1, 2]}
        parts={["film", "legend", "transport", "moment", "answer"]}
        most={260}
      />
    </>
  ),
}
