// Settings: named scalars that training passes to a model beside the parameters. A plan has those that its
// graph asks for.

export const settingNames = [
  /** Probability that dropout keeps a number. */
  "keep",
  /** Longest example at the full dropout rate; longer ones get a lower rate. */
  "dropout length",
  /** Standard deviation of the noise on pre-activations. */
  "noise",
  /** Where the saturation cost begins, and its weight. */
  "saturation limit",
  "saturation weight",
] as const

export type SettingName = (typeof settingNames)[number]

/** Values by name. A plan needs a value for each of its settings. */
export type Settings = Readonly<Partial<Record<SettingName, number>>>
