// What a trainer may tell a model beside its parameters: one number each, by name. A plan has those that its
// graph asks for.

export const settingNames = [
  /** The share of numbers that dropout keeps. */
  "keep",
  /** Up to this length dropout is as strong as the rate says; for longer examples it is weaker. */
  "dropout length",
  /** Deviation of the noise on pre-activations. */
  "noise",
  /** Where the saturation cost begins, and what it counts. */
  "saturation limit",
  "saturation weight",
] as const

export type SettingName = (typeof settingNames)[number]

/** Values by name, at least for the settings that the plan has. */
export type Settings = Readonly<Partial<Record<SettingName, number>>>
