// The documentation as a site: `npm run docs` writes static files to docs/.vitepress/dist. Links that lead
// nowhere fail the build.

import { defineConfig } from "vitepress"

const pages = (folder: string, texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([page, text]) => ({ text, link: `/${folder}${page}` }))

export default defineConfig({
  title: "neural-gpu",
  description: "Learns algorithms from examples",
  // pages of the repository that are not of the site
  ignoreDeadLinks: [/CONTRIBUTING$/u, /\.\.\/(?:results|recipes)\//u],
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    sidebar: [
      { text: "Start", link: "/start" },
      {
        text: "Guides",
        items: pages("", {
          "guide/train": "Train",
          "guide/evaluate": "Evaluate and attack",
          "own-problem": "Your own problem",
          "guide/sweep": "Sweeps",
          "guide/gpu": "GPU",
          "guide/page": "The page",
          browser: "In a browser",
          "guide/export": "Export",
        }),
      },
      {
        text: "Concepts",
        items: [
          { text: "What a Neural GPU is", link: "/concepts/neural-gpu" },
          {
            text: "Techniques",
            link: "/concepts/techniques",
            collapsed: true,
            items: pages("concepts/techniques/", {
              dropout: "Dropout",
              noise: "Noise",
              relaxation: "Relaxation",
              saturation: "Saturation cost",
              "hard-examples": "Hard examples",
              "hard-buffer": "Hard buffer",
              counterexamples: "Counterexamples",
              clip: "Clipping",
              "gradient-noise": "Gradient noise",
              "weight-decay": "Weight decay",
              l1: "L1 step",
              ema: "Average of the weights",
              recovery: "Recovery",
              restart: "Restart",
              curriculum: "Curriculum",
              cutoff: "Gates with cutoff",
              diagonal: "Diagonal gates",
              "extra-steps": "Extra steps",
              ensemble: "Ensembles",
            }),
          },
          ...pages("", {
            "concepts/neural-turing-machine": "Neural Turing Machine",
            "concepts/learnable-strides": "Learnable strides",
            glossary: "Glossary",
          }),
        ],
      },
      {
        text: "Results",
        items: pages("", {
          results: "Tables",
          "results/problems": "Twelve problems",
          reproducing: "Every seed",
          "reference/shipped": "Models of the package",
          reliability: "Reliability",
          compare: "Other programs",
        }),
      },
      {
        text: "Reference",
        items: pages("reference/", {
          commands: "Commands",
          config: "Config",
          files: "File formats",
          api: "API",
          errors: "Errors",
          environment: "Environment",
        }),
      },
      {
        text: "Inside",
        collapsed: true,
        items: pages("", {
          architecture: "Architecture",
          engine: "The engine alone",
          models: "Models and tasks",
          attack: "Attack",
          sweeps: "Sweeps",
          gpu: "GPU",
          kernels: "Kernels",
          page: "The page",
        }),
      },
      { text: "Notebook", link: "/log" },
    ],
  },
})
