// "Teach one yourself": one button, a net that learns before one's eyes, and then its twin without dropout.

import { useSignal } from "@preact/signals"
import { createRun, type Run } from "../runs.ts"
import { twins } from "../teach.ts"
import { deviceName } from "../train-form.ts"
import { LearningFilm, SizeRing } from "./learning-film.tsx"

/** The runs of this visit: they go on while another page is shown. */
const taught: Run[] = []

export function TeachView() {
  const count = useSignal(taught.length)
  const next = twins[count.value]
  const teach = () => {
    const run = createRun(next.name, next.config, deviceName.value)
    taught.push(run)
    count.value = taught.length
    run.start()
  }
  const runs = taught.slice(0, count.value)
  const isReady = runs.every(({ status }) => ["done", "stopped", "failed"].includes(status.value))
  return (
    <section class="teach">
      {isReady && next && (
        <button type="button" class="primary" onClick={teach}>
          {count.value === 0 ? "teach one to reverse: some seconds" : "now its twin, without dropout"}
        </button>
      )}
      <div class="pupils">
        {runs.map((run) => (
          <Pupil key={run.number} run={run} />
        ))}
      </div>
      {isReady && runs.length === twins.length && <Moral runs={runs} />}
    </section>
  )
}

const stateOf = ({ status, checking }: Run) =>
  status.value === "training" ? (checking.value ?? "learning") : status.value

function Pupil({ run }: { run: Run }) {
  const last = run.last.value
  return (
    <article class="pupil" data-status={run.status.value}>
      <h2>{run.name}</h2>
      <p class="quiet" aria-live="polite">
        {last ? `step ${last.step}, ${run.seconds.value.toFixed(0)} s: ${stateOf(run)}` : "getting ready…"}
      </p>
      <div class="pair">
        <LearningFilm run={run} />
        <SizeRing run={run} />
      </div>
    </article>
  )
}

/** What the two were measured to do, at what they were taught and far beyond. */
function Moral({ runs }: { runs: readonly Run[] }) {
  const share = (run: Run, size: number) => {
    const row = run.sizes.value.find((r) => r.size === size)
    return row ? `${Math.round(100 * row.exact)} %` : "not measured, as smaller ones were all wrong"
  }
  return (
    <p class="moral">
      Both learned sizes 1 to 8. At size 8: {runs.map((run) => `${share(run, 8)} ${run.name}`).join(", ")}. At size 40:{" "}
      {runs.map((run) => `${share(run, 40)} ${run.name}`).join(", ")}. To be right on all that one was taught is not yet
      to know the rule.
    </p>
  )
}
