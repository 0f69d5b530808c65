// All lessons, in order.

import { lesson as one } from "./1-what-it-does.tsx"
import { lesson as two } from "./2-one-step.tsx"
import { lesson as three } from "./3-gates.tsx"
import { lesson as four } from "./4-why-curricula.tsx"
import { lesson as five } from "./5-why-dropout.tsx"
import { lesson as six } from "./6-what-breaks-it.tsx"
import { lesson as seven } from "./7-turing-machines.tsx"
import type { Lesson } from "./lesson.ts"

export const lessons: readonly Lesson[] = [one, two, three, four, five, six, seven]
