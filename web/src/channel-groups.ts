// The channels of a memory, by what the rule does with them in every step.

import { shiftOf } from "../../src/ops/shift.ts"

export interface Group {
  readonly name: string
  readonly channels: readonly number[]
}

/**
 * @param moves whether the rule moves channels; otherwise there is one group
 * @param backwards whether the last place is drawn first
 */
export function groupsOf(count: number, moves: boolean, backwards: boolean): readonly Group[] {
  const channels = Array.from({ length: count }, (_, m) => m)
  if (!moves) return [{ name: "memory", channels }]
  // A channel that reads from the place before moves to the next one: to the right, unless the strip is turned.
  const direction = (m: number) => Math.sign(shiftOf(m, count, 1)) * (backwards ? 1 : -1)
  return [
    { name: "moves left", channels: channels.filter((m) => direction(m) < 0) },
    { name: "stays", channels: channels.filter((m) => direction(m) === 0) },
    { name: "moves right", channels: channels.filter((m) => direction(m) > 0) },
  ].filter((group) => group.channels.length > 0)
}
