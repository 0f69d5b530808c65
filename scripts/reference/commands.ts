// Generates docs/reference/commands.md: the help of every command, as the program prints it.

import { commands, loadCommand } from "../../src/cli/index.ts"

const intro = `# Commands

<!-- written by scripts/reference.ts: edit the commands in src/cli/, then run npm run reference -->

\`neural-gpu COMMAND --help\` prints what stands here. In a clone, write \`npx neural-gpu\`.
Results go to stdout, messages to stderr. With \`--json\`, each line of stdout is a JSON object.

| exit code | meaning |
|---|---|
| 0 | success |
| 1 | failure, or a wrong answer of the model |
| 2 | wrong usage |
| 130, 143 | ended by a signal |

\`neural-gpu complete bash\` prints completions for a shell: also \`zsh\`, \`fish\` and \`powershell\`.
`

/** The whole page. */
export async function commandsPage(): Promise<string> {
  const whole = await Promise.all(commands.map(loadCommand))
  const sections = whole.map((command) => {
    command.configureHelp({ helpWidth: 100 })
    let help = ""
    command.configureOutput({ writeOut: (text) => (help += text), getOutHasColors: () => false }).outputHelp()
    return `## ${command.name()}\n\n\`\`\`text\n${help.trimEnd().replace("Usage: ", "Usage: neural-gpu ")}\n\`\`\`\n`
  })
  return [intro, ...sections].join("\n")
}
