"""A whole training run of the original form, computed by PyTorch in float64 from its seed alone.

Independent of src/: random numbers, initial weights, examples of the task copy, the curriculum with one size per step and
its mixing rule, parameter-sharing relaxation with its pull and final averaging, dropout that falls with the length,
clipping, gradient noise after clipping, Adam, and an L1 proximal step after it. Each is written from the papers' formulas
[KS16; Neelakantan et al. 2015; Kingma & Ba 2015] and the definitions in docs. Writes test/golden/run.json; the tests
never need Python. Run with torch 1.13.0:

    python3 scripts/golden-run.py
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
MASK = 0xFFFFFFFF
INIT, DATA, DROPOUT, NOISE, CURRICULUM = 1, 2, 3, 4, 5  # what a stream of random numbers is for
STATE_DROPOUT = 2  # the stream of dropout on the image

CONFIG = {
    "task": {"name": "copy"},
    "model": {"name": "neural-gpu", "form": "original", "width": 2, "layers": 1, "maps": 3, "copies": 2, "cutoff": 1.2, "initScale": 1.5},
    "seed": 12,
    "steps": 20,
    "sizes": [[1, 4]],
    "batchSize": 16,
    "curriculum": {"form": "sizes", "threshold": 0.25, "measure": "symbol", "every": 3, "mixing": "code"},
    "optimizer": {"name": "adam", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-4},
    "learningRate": 0.05,
    "learned": {"every": 1000},
    "phases": [
        {
            "schedule": {"name": "constant"},
            "dropout": {"rate": 0.2, "length": 2},
            "clip": {"norm": 0.5},
            "gradientNoise": {"scale": 0.05},
            "l1": {"step": 0.002},
            "relaxation": {"pull": 0.02, "factor": 1.5, "end": 0.1},
            "saturation": {"weight": 0},
            "restart": {"enabled": False},
        }
    ],
}
PHASE = CONFIG["phases"][0]
V, LANES = 3, 16  # PAD, 0, 1


def mix(x):
    """lowbias32."""
    x ^= x >> 16
    x = (x * 0x7FEB352D) & MASK
    x ^= x >> 15
    x = (x * 0x846CA68B) & MASK
    return x ^ (x >> 16)


def hashed(*words):
    h = 0x9E3779B9
    for word in words:
        h = mix((h * 0x01000193 + word) & MASK)
    return h


class Stream:
    def __init__(self, *words):
        self.k0, self.k1, self.counter = hashed(*words), hashed(0x5BD1E995, *words), 0

    def bits(self):
        b = mix((self.k0 + mix(self.k1 ^ mix(self.counter))) & MASK)
        self.counter += 1
        return b

    def uniform(self):
        return (self.bits() >> 8) * 2.0**-24

    def below(self, n):
        while True:
            b = self.bits()
            if b < 2**32 - 2**32 % n:
                return b % n

    def normal(self):
        return math.sqrt(-2 * math.log(1 - self.uniform())) * math.cos(2 * math.pi * self.uniform())


def dropped(seed, train_step, step, element, example, keep):
    key = hashed(seed, STATE_DROPOUT, train_step, step, element)
    u = (mix(key ^ ((example * 0x9E3779B9) & MASK)) >> 8) * 2.0**-24
    return 1 / keep if u < keep else 0.0


def begin():
    """Tensors by name, in the order of the model's graph; each cell tensor has one set per copy."""
    m = CONFIG["model"]
    M, W, R = m["maps"], m["width"], m["copies"]
    tensors = {}

    def make(name, kernel, copies, bias, scale):
        bound = scale * math.sqrt(6 / (kernel[0] * kernel[1] * (kernel[2] + kernel[3])))
        stream = Stream(CONFIG["seed"], INIT, hashed(*map(ord, name + "/kernel")))
        count = copies * math.prod(kernel)
        values = torch.tensor([(2 * stream.uniform() - 1) * bound for _ in range(count)]).float().double()
        tensors[name + "/kernel"] = values.reshape(copies, *kernel)
        tensors[name + "/bias"] = torch.full((copies, kernel[3]), float(bias))

    make("input", (1, 1, V, M), 1, 0, 1)
    for kind, bias in (("update", 1), ("reset", 1), ("candidate", 0)):
        make(f"cgru0/{kind}", (3, 3 if W > 1 else 1, M, M), R, bias, m["initScale"])
    make("output", (1, 1, M, V), 1, 0, 1)
    return tensors


def conv(p, name, x, t=0):
    kernel, bias = (p[f"{name}/{part}"] for part in ("kernel", "bias"))
    kernel, bias = kernel[t % len(kernel)], bias[t % len(bias)]
    return F.conv2d(x, kernel.permute(3, 2, 0, 1), bias, padding=(kernel.shape[0] // 2, kernel.shape[1] // 2))


def forward(p, questions, train_step):
    """Log-probabilities [B, L, V] of a batch of one length."""
    m = CONFIG["model"]
    B, L = questions.shape
    W, M = m["width"], m["maps"]
    keep = 1 - PHASE["dropout"]["rate"] * min(1, PHASE["dropout"]["length"] / L)
    seed = hashed(CONFIG["seed"], DROPOUT, 0)
    s = torch.tanh(conv(p, "input", F.one_hot(questions, V).double().permute(0, 2, 1)[..., None]))
    s = F.pad(s, (0, W - 1))

    def gate(x):
        c = m["cutoff"]
        return torch.clamp(c * torch.sigmoid(x) - (c - 1) / 2, 0, 1)

    for t in range(L):
        u, r = gate(conv(p, "cgru0/update", s, t)), gate(conv(p, "cgru0/reset", s, t))
        s = u * s + (1 - u) * torch.tanh(conv(p, "cgru0/candidate", r * s, t))
        factor = [dropped(seed, train_step, t, e, b, keep) for b in range(B) for e in range(L * W * M)]
        s = s * torch.tensor(factor).reshape(B, L, W, M).permute(0, 3, 1, 2)
    return torch.log_softmax(conv(p, "output", s[..., :1])[..., 0].permute(0, 2, 1), 2)


def draw_size(stage, step):
    """The code's rule: up to the present size, favoring larger ones; in a quarter of the steps any size."""
    c = Stream(CONFIG["seed"], 0, CURRICULUM, step)
    least, most = CONFIG["sizes"][0]
    size = least + c.below(stage)
    if c.uniform() < 0.6:
        size = max(size, least + c.below(stage))
    if c.uniform() < 0.25:
        size = max(size, least + c.below(most - least + 1))
    return size


def draw_questions(size, step):
    c = Stream(CONFIG["seed"], 0, DATA, step, 0)
    c.below(1)  # one size to choose from
    rows = []
    for _ in range(CONFIG["batchSize"]):
        c.uniform()  # structured or not: none here
        rows.append([1 + c.below(2) for _ in range(size)])
    return torch.tensor(rows)


def run():
    p = begin()
    first = {k: torch.zeros_like(v) for k, v in p.items()}
    second = {k: torch.zeros_like(v) for k, v in p.items()}
    opt, relax, c = CONFIG["optimizer"], PHASE["relaxation"], CONFIG["curriculum"]
    stages = CONFIG["sizes"][0][1] - CONFIG["sizes"][0][0] + 1
    stage, pull, averaged, wrong, right, of = 1, relax["pull"], False, 1.0, 0, 0
    rows = []
    for step in range(CONFIG["steps"]):
        size = draw_size(stage, step)
        questions = draw_questions(size, step)
        p = {k: v.detach().requires_grad_(True) for k, v in p.items()}
        # once averaged, all copies are one parameter; its gradient is the sum over its uses, divided by the number of copies
        used = {k: (v[:1].expand_as(v) if averaged else v) for k, v in p.items()}
        log_p = forward(used, questions, step)
        error = F.nll_loss(log_p.permute(0, 2, 1), questions)  # a mean over places and examples
        distance = torch.zeros(()) if averaged else sum(((v - v.mean(0)) ** 2).sum() for v in p.values())
        grads = dict(zip(p, torch.autograd.grad(error + pull * distance, list(p.values()))))
        if averaged:
            grads = {k: g / len(g) for k, g in grads.items()}
        norm = math.sqrt(sum(float((g**2).sum()) for g in grads.values()))
        if norm > PHASE["clip"]["norm"]:
            grads = {k: g * (PHASE["clip"]["norm"] / norm) for k, g in grads.items()}
        deviation = PHASE["gradientNoise"]["scale"] * math.sqrt(max(0, wrong - 0.02) * (step + 1) ** -0.55)
        if deviation > 0:
            c_noise = Stream(CONFIG["seed"], 0, NOISE, step + 1)
            for k, g in grads.items():
                draws = torch.tensor([c_noise.normal() for _ in range(g.numel())]).reshape(g.shape)
                grads[k] = g + deviation * draws
        with torch.no_grad():
            for k, g in grads.items():
                if averaged:
                    g = g[:1].expand_as(g)
                first[k] = opt["beta1"] * first[k] + (1 - opt["beta1"]) * g
                second[k] = opt["beta2"] * second[k] + (1 - opt["beta2"]) * g**2
                m = first[k] / (1 - opt["beta1"] ** (step + 1))
                v = second[k] / (1 - opt["beta2"] ** (step + 1))
                p[k] = F.softshrink(p[k] - CONFIG["learningRate"] * m / (v.sqrt() + opt["epsilon"]), PHASE["l1"]["step"])
        hits = log_p.argmax(2) == questions
        exact = float(hits.all(1).double().mean())
        wrong = 1 - exact
        rows.append({"size": CONFIG["sizes"][0][0] + stage - 1, "error": float(error), "exact": exact,
                     "symbol": float(hits.double().mean()), "gradientNorm": norm, "distance": float(distance),
                     "averaged": averaged})
        if size == CONFIG["sizes"][0][0] + stage - 1:
            right, of = right + int(hits.sum()), of + hits.numel()
        if (step + 1) % c["every"] == 0 and of > 0:
            learned, right, of = right / of >= c["threshold"], 0, 0
            if learned and not averaged:
                pull *= relax["factor"]
                if pull > relax["end"]:
                    averaged = True
                    for tensors in (p, first, second):
                        for k, v in tensors.items():
                            tensors[k] = v.detach().mean(0, keepdim=True).expand_as(v).clone()
            if learned and stage < stages:
                stage += 1
    return rows, p


if __name__ == "__main__":
    rows, p = run()
    nine = lambda x: float(f"{x:.9g}") if isinstance(x, float) else x
    golden = {
        "made by": f"scripts/golden-run.py with torch {torch.__version__.split('a')[0]}, float64",
        "config": CONFIG,
        "steps": [{k: nine(v) for k, v in row.items()} for row in rows],
        "weights": {k: [nine(x) for x in v.detach().ravel().tolist()] for k, v in p.items()},
    }
    path = pathlib.Path(__file__).parent.parent / "test" / "golden" / "run.json"
    path.write_text(json.dumps(golden, separators=(",", ":")).replace("},{", "},\n{").replace('],"', '],\n"') + "\n")
    for row in rows:
        print(row)
