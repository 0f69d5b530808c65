// Explains one number: gates, candidate, and every product in their weighted sums.

import { useComputed, useSignal } from "@preact/signals"
import { type CellStory, explainCell, type WeightedSum } from "../../../src/inference/cell.ts"
import { cssColor } from "../draw/picture.ts"
import type { Film } from "../film.ts"
import { dark } from "../theme.ts"

const show = (x: number) => (Object.is(x, -0) ? 0 : x).toFixed(3).replace("-", "−")

export function CellView({ film }: { film: Film }) {
  const told = useComputed(() => {
    const [model, cell, step, frames] = [film.model.value, film.cell.value, film.step.value, film.frames.value]
    if (!model || !cell || model.config.model.name !== "neural-gpu") return undefined
    const after = frames[step]
    if (!after) return undefined
    const { width: W, maps: M } = model.config.model
    const value = after.tensors.state[(cell.l * W + cell.w) * M + cell.m]
    if (value === undefined) return undefined // a link may name a cell that this film does not have
    // what the step computed on the way is still to come
    if (step > 0 && !film.tensors.value.every(({ name }) => after.tensors[name])) return undefined
    const painted = film.damagedAt.value === step && film.original.value?.[step] !== after
    if (step === 0 || !frames[step - 1] || painted) return { cell, step, value, stories: [], painted }
    const stories = explainCell(model.config.model, model.weights, frames[step - 1], after, cell)
    return { cell, step, value, stories, painted }
  })
  const value = told.value
  // other models are not explained
  if (film.model.value && film.model.value.config.model.name !== "neural-gpu") return null
  if (!value)
    return (
      <section class="cell">
        <h2>One number</h2>
        <p class="quiet">
          Click a cell of the film, or move there with the arrow keys, to see the numbers that made it.
        </p>
      </section>
    )
  const { cell, step, stories } = value
  return (
    <section class="cell" aria-live="polite">
      <h2>
        Place {cell.l}
        {film.shape.value[1] > 1 && `, column ${cell.w}`}, channel {cell.m}, step {step}:{" "}
        <span class="mono">{show(value.value)}</span>
      </h2>
      {stories.length === 0 && (
        <p class="quiet">
          {value.painted
            ? "You painted this moment."
            : "This is how the memory begins: the symbol's embedding, and nothing else."}
        </p>
      )}
      {stories.map((story) => (
        <Story key={story.layer} story={story} many={stories.length > 1} />
      ))}
    </section>
  )
}

function Story({ story, many }: { story: CellStory; many: boolean }) {
  const part = useSignal<"update" | "reset" | "candidate">("candidate")
  const { update, reset, candidate, old, value } = story
  return (
    <>
      {many && <h3>layer {Number(story.layer.at(-1)) + 1}</h3>}
      <p class="equation mono">
        {show(value)} = <Value x={update.value} gate /> · <Value x={old.value} /> + (1 − {show(update.value)}) ·{" "}
        <Value x={candidate.value} />
      </p>
      <p class="quiet">
        update gate · {old.from ? `what place ${old.from.l} held` : "what comes in from beyond the end"} + (1 − update
        gate) · candidate
      </p>
      <fieldset class="segments">
        <legend class="visually-hidden">which sum</legend>
        {(["candidate", "update", "reset"] as const).map((kind) => (
          <label key={kind}>
            <input
              type="radio"
              name={`sum ${story.layer}`}
              checked={part.value === kind}
              onChange={() => (part.value = kind)}
            />
            <span>{kind === "candidate" ? kind : `${kind} gate`}</span>
          </label>
        ))}
      </fieldset>
      <Sum kind={part.value} sum={{ update, reset, candidate }[part.value]} />
    </>
  )
}

const Value = ({ x, gate = false }: { x: number; gate?: boolean }) => (
  <span class="chip" style={{ borderColor: cssColor(x, gate, dark.value) }}>
    {show(x)}
  </span>
)

/** Number of products listed before the rest is expanded. */
const FEW = 6

function Sum({ kind, sum }: { kind: string; sum: WeightedSum }) {
  const all = useSignal(false)
  const terms = [...sum.terms].sort((a, b) => Math.abs(b.x * b.weight) - Math.abs(a.x * a.weight))
  const shown = all.value ? terms : terms.slice(0, FEW)
  const rest = terms.slice(FEW).reduce((total, t) => total + t.x * t.weight, 0)
  return (
    <div class="sum">
      <p>
        {kind} = squash(<b class="mono">{show(sum.sum)}</b>) = <b class="mono">{show(sum.value)}</b>, the sum of a bias
        and {terms.length} products:
      </p>
      <section class="scroll" tabindex={0} aria-label="the products">
        <table>
          <thead>
            <tr>
              <th>place</th>
              <th>channel</th>
              <th>{kind === "candidate" ? "reset · memory" : "memory"}</th>
              <th>weight</th>
              <th>product</th>
            </tr>
          </thead>
          <tbody class="mono">
            <tr>
              <td colSpan={4}>bias</td>
              <td>{show(sum.bias)}</td>
            </tr>
            {shown.map((t) => (
              <tr key={`${t.l} ${t.w} ${t.m}`}>
                <td>{t.w > 0 ? `${t.l}, ${t.w}` : t.l}</td>
                <td>{t.m}</td>
                <td>{show(t.x)}</td>
                <td>{show(t.weight)}</td>
                <td style={{ boxShadow: `inset -4px 0 ${cssColor(t.x * t.weight, false, dark.value)}` }}>
                  {show(t.x * t.weight)}
                </td>
              </tr>
            ))}
            {!all.value && terms.length > FEW && (
              <tr>
                <td colSpan={4}>the other {terms.length - FEW}</td>
                <td>{show(rest)}</td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
      <button type="button" class="quiet" onClick={() => (all.value = !all.value)}>
        {all.value ? "only the largest" : "all of them"}
      </button>
    </div>
  )
}
