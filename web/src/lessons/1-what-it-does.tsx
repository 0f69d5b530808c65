import { LiveFilm } from "../views/live.tsx"
import type { Lesson } from "./lesson.ts"

export const lesson: Lesson = {
  title: "What it does",
  about: "A net that was shown sums of short numbers adds long ones.",
  Body: () => (
    <>
      <p>
        Nobody told this net how to add. It saw examples: two binary numbers of at most 20 digits, and their sum. It
        could have learned them by heart, or found some trick that works up to 20 digits. It found addition. Ask it for
        numbers ten times as long as any it saw.
      </p>
      <LiveFilm model="add" question="11010110+1101011" parts={["question", "answer"]} />
      <p>
        Its whole mind is a strip of memory with as many places as the question has symbols, lowest digit first. At
        every step, one small rule rewrites every place from what stands there and to both sides, all at once. After as
        many steps as there are symbols, the answer is read off. This is what one channel of that memory looks like, a
        row a step, from the top:
      </p>
      <LiveFilm
        model="add"
        question="1101011010110+1011101101011"
        view="one"
        channels={[8, 1, 2]}
        parts={["film", "legend", "transport", "tape"]}
        most={320}
      />
      <p>
        The slanting lines are digits on their way: in every step they move by one place. The two numbers lie behind
        each other on the strip, so one must travel to the other before anything can be added.
      </p>
    </>
  ),
}
