import { type PartialConfig, resolveConfig } from "../../../src/training/config.ts"
import { withField } from "../../../src/training/settable.ts"
import { LiveRuns } from "../views/live.tsx"
import type { Lesson } from "./lesson.ts"

const common = { task: { name: "add" }, model: { maps: 24 }, steps: 1500, seed: 2, goal: { size: 50 } } as const
/** One seed each, without restarts. */
const config = (own: PartialConfig) => withField(resolveConfig({ ...common, ...own }), "restart.enabled", false)

/** Both runs see the same number of examples per step, of sizes 1 to 14. */
const groups = [
  [1, 2],
  [3, 4],
  [5, 7],
  [8, 10],
  [11, 14],
] as const
const runs = () => [
  { name: "short ones first", config: config({ sizes: groups, batchSize: 16 }) },
  { name: "all sizes at once", config: config({ sizes: [[1, 14]], batchSize: 80 }) },
]

export const lesson: Lesson = {
  title: "Why curricula",
  about: "Short questions first; long ones when the short ones are right.",
  Body: () => (
    <>
      <p>
        A long question gives a net that knows nothing almost nothing to learn from: every symbol of the answer is
        wrong, for reasons many steps back. A short question is forgiving. So training begins with the shortest; the
        next range of sizes joins when the last one is mostly right. Here two nets learn to add numbers of at most 14
        digits. One goes to school; the other gets everything at once. It takes a few minutes.
      </p>
      <LiveRuns runs={runs} />
      <p>
        When we tried three seeds, the school had taught all trained sizes after 950, 850 and 850 steps, and everything
        at once after 1125, 1325 and 1250, in about twice the time, because long questions cost more than short ones.
        Both came to the rule in the end: at these sizes a curriculum saves time. Mind the second chart: the one that
        goes to school seems to fall behind whenever longer questions join.
      </p>
    </>
  ),
}
