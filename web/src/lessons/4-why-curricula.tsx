import { LiveRuns } from "../views/live.tsx"
import type { Lesson } from "./lesson.ts"

const common = {
  task: { name: "reverse" },
  model: { maps: 12 },
  steps: 600,
  seed: 1,
  goal: { size: 40 },
  restart: { enabled: false },
} as const

export const lesson: Lesson = {
  title: "Why curricula",
  about: "Short questions first; long ones when the short ones are right.",
  Body: () => (
    <>
      <p>
        A long question gives a net that knows nothing almost nothing to learn from: every symbol of the answer is
        wrong, for reasons many steps back. A short question is forgiving. So training begins with the shortest; the
        next range of sizes joins when the last one is mostly right. Here two nets learn to reverse a sequence of at
        most 8 symbols. One goes to school; the other gets everything at once.
      </p>
      <LiveRuns
        runs={[
          {
            name: "short ones first",
            config: {
              ...common,
              batch: {
                groups: [
                  [1, 2],
                  [3, 4],
                  [5, 6],
                  [7, 8],
                ],
              },
            },
          },
          { name: "all sizes at once", config: { ...common, batch: { groups: [[1, 8]], examples: 64 } } },
        ]}
      />
      <p>
        One pair of runs proves little: other seeds come out differently, and easy tasks are learnt either way. Train
        your own pairs on the page "Train", with other seeds and harder tasks.
      </p>
    </>
  ),
}
