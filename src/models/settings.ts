// The settings of models' graphs: numbers that training tells a step, by names that both sides share.

export const settingNames = ["keep", "dropout length", "noise", "saturation weight", "saturation limit"] as const
export type SettingName = (typeof settingNames)[number]
