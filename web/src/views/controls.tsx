// Play, pause, step, back, speed and scrub controls; and the choice of tensor and channels.

import { isShare } from "../../../src/core/role.ts"
import { lights } from "../../../src/formats/colors.ts"
import { layout } from "../draw/picture.ts"
import type { Film } from "../film.ts"
import { usePlaying } from "./playing.ts"

const Icon = ({ path }: { path: string }) => (
  <svg viewBox="0 0 20 20" aria-hidden="true" class="icon">
    <path d={path} />
  </svg>
)

export function Transport({ film }: { film: Film }) {
  usePlaying(film)
  const { step, steps, playing } = film
  const last = steps.value
  return (
    <div class="transport">
      <fieldset class="buttons" aria-label="playing">
        <button type="button" onClick={() => film.go(0)} aria-label="to the beginning">
          <Icon path="M4 4v12M16 4 7 10l9 6z" />
        </button>
        <button type="button" onClick={() => film.go(step.value - 1)} aria-label="one step back">
          <Icon path="M14 4 5 10l9 6z" />
        </button>
        <button
          type="button"
          class="primary"
          aria-label={playing.value ? "pause" : "play"}
          onClick={() => (playing.value = !playing.value)}
        >
          {playing.value ? <Icon path="M6 4v12M14 4v12" /> : <Icon path="m6 3 10 7-10 7z" />}
        </button>
        <button type="button" onClick={() => film.go(step.value + 1)} aria-label="one step">
          <Icon path="m6 4 9 6-9 6z" />
        </button>
        <button type="button" onClick={() => (film.wanted.value = undefined)} aria-label="to the end">
          <Icon path="M16 4v12M4 4l9 6-9 6z" />
        </button>
      </fieldset>
      <label class="grow scrub">
        <span class="caption">
          step {step.value} of {last}
        </span>
        <input
          type="range"
          name="step"
          min={0}
          max={last}
          value={step.value}
          onInput={(e) => {
            playing.value = false
            film.go(e.currentTarget.valueAsNumber)
          }}
        />
      </label>
      <label>
        <span class="caption">speed</span>
        <select value={String(film.speed.value)} onChange={(e) => (film.speed.value = Number(e.currentTarget.value))}>
          <option value="1">slow</option>
          <option value="8">medium</option>
          <option value="30">quick</option>
          <option value="120">fast</option>
        </select>
      </label>
    </div>
  )
}

const titles: Record<string, string> = { state: "memory", "attention/weights": "where it looks back" }
const titleOf = (name: string) => {
  const head = /^(read|write)(\d)(\/weights)?$/u.exec(name)
  if (head)
    return `${head[3] ? `where it ${head[1]}s` : `what it ${head[1]}s`}${head[2] === "0" ? "" : ` ${Number(head[2]) + 1}`}`
  const layer = /^d?cgru(\d)\/(.+)$/u.exec(name)
  return layer
    ? `${layer[2]}${/update|reset/u.test(layer[2]) ? " gate" : ""}${layer[1] === "0" ? "" : ` ${Number(layer[1]) + 1}`}`
    : (titles[name] ?? name)
}

export function LookAt({ film }: { film: Film }) {
  const { panels } = layout(film.shape.value)
  const set = (index: number, value: number) =>
    (film.channels.value = film.channels.value.map((c, i) => (i === index ? value : c)))
  const options = Array.from({ length: panels }, (_, m) => m)
  return (
    <div class="look">
      <label>
        <span class="caption">show</span>
        <select name="tensor" value={film.tensor.value} onChange={(e) => (film.tensor.value = e.currentTarget.value)}>
          {film.tensors.value.map(({ name }) => (
            <option key={name} value={name}>
              {titleOf(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="caption">as</span>
        <select
          name="view"
          value={film.view.value}
          onChange={(e) => (film.view.value = e.currentTarget.value as Film["view"]["value"])}
        >
          <option value="grid">all channels</option>
          <option value="one">one channel</option>
          <option value="three">three channels as colors</option>
        </select>
      </label>
      {film.view.value !== "grid" &&
        (film.view.value === "one" ? [0] : [0, 1, 2]).map((i) => (
          <label key={i}>
            <span class="caption">{film.view.value === "one" ? "channel" : lights[i].name}</span>
            <select value={String(film.channels.value[i])} onChange={(e) => set(i, Number(e.currentTarget.value))}>
              {options.map((m) => (
                <option key={m} value={m}>
                  {m}
                </option>
              ))}
            </select>
          </label>
        ))}
      <label class="check">
        <input
          type="checkbox"
          checked={film.difference.value}
          onChange={(e) => (film.difference.value = e.currentTarget.checked)}
        />
        only what changes
      </label>
    </div>
  )
}

/** The legend of the colors. */
export function Legend({ film }: { film: Film }) {
  const gate = isShare(film.role.value) && !film.difference.value
  if (film.view.value === "three")
    return (
      <p class="legend quiet">
        {lights.map(({ name, color }, i) => (
          <span key={name} class="light">
            <span class="scale" style={{ background: `linear-gradient(to right, #000, rgb(${color.join(" ")}))` }} />
            channel {film.channels.value[i]}: {name}
          </span>
        ))}
        <span>
          From {gate ? "closed (0)" : "−1"}, no light, to {gate ? "open (1)" : "1"}, full light; all three full: white.
          Across: places. Down: time.
        </span>
      </p>
    )
  return (
    <p class="legend quiet">
      <span class={`scale ${gate ? "gate" : ""}`} aria-hidden="true" />
      {film.view.value === "one" ? `channel ${film.channels.value[0]}: ` : ""}
      {film.difference.value
        ? "falls: blue, stays: blank, rises: orange"
        : film.role.value === "weighting"
          ? "0 to 1: not looked at, to looked at"
          : gate
            ? "0 to 1: closed to open"
            : "−1 blue, 0 blank, 1 orange"}
      . Across: the places of the memory. Down: time, a row a step
      {film.view.value === "grid" && layout(film.shape.value).panels > 1 ? "; a picture for each channel" : ""}.
    </p>
  )
}
