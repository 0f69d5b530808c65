// Names of tensors in snapshots and checkpoints: weights have their own names, their EMA is below "ema/", and
// the optimizer's arrays are below "optimizer/<array>/".

import { WEIGHTS } from "../plan/update.ts"
import { EMA } from "./techniques/ema.ts"

const OPTIMIZER = "optimizer"

/** The name of a parameter in one array of a run. */
export const tensorName = (array: string, parameter: string): string =>
  array === WEIGHTS ? parameter : array === EMA ? `${EMA}/${parameter}` : `${OPTIMIZER}/${array}/${parameter}`

/** The array and the parameter of a name. */
export function tensorRole(name: string): { readonly array: string; readonly parameter: string } {
  const [first, ...rest] = name.split("/")
  if (first === EMA) return { array: EMA, parameter: rest.join("/") }
  if (first === OPTIMIZER) return { array: rest[0], parameter: rest.slice(1).join("/") }
  return { array: WEIGHTS, parameter: name }
}

/** The tensors of one array, by parameter name. */
export const tensorsOf = <T>(array: string, tensors: ReadonlyMap<string, T>): Map<string, T> =>
  new Map(
    [...tensors]
      .map(([name, tensor]) => [tensorRole(name), tensor] as const)
      .filter(([role]) => role.array === array)
      .map(([role, tensor]) => [role.parameter, tensor]),
  )
