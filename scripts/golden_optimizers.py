"""Golden values of every optimizer: weights after each of twelve updates with given gradients, in float64.

PyTorch's own optimizer where it has the same rule; else the paper's formula in plain Python. Learning rates and
gradients change from step to step, so that a rule that keeps the wrong one fails. Writes
test/golden/optimizers.json; the tests never need Python. Run with torch 1.13.0 and numpy 1.24.2:

    python3 scripts/golden_optimizers.py
"""

import json
import math

import numpy as np
import torch

from golden import FOLDER, plain

torch.set_default_dtype(torch.float64)
SIZE, STEPS = 6, 12
RANDOM = np.random.RandomState(29)
# gradients differ in size, and their means are not 0, so that the mean square is not the variance
SCALES = np.array([10.0, 1, 1, 0.1, 0.01, 0.001])
GRADIENTS = ((RANDOM.normal(size=(STEPS, SIZE)) + [0, 1, -2, 0.5, 1, -1]) * SCALES).round(6)
START = RANDOM.uniform(-1, 1, SIZE).round(6)
RATES = [0.02] * 5 + [0.01] * 4 + [0.004] * 3
SAME_RATE = [0.02] * STEPS


def pytorch(make, rates):
    """Weights after each step of one of PyTorch's optimizers."""
    w = torch.tensor(START, requires_grad=True)
    optimizer = make([w])
    out = []
    for rate, gradient in zip(rates, GRADIENTS):
        optimizer.param_groups[0]["lr"] = rate
        w.grad = torch.tensor(gradient)
        optimizer.step()
        out.append(w.detach().clone())
    return torch.stack(out)


def by_hand(rule, rates):
    """Weights after each step of a generator for one weight: it receives (step, rate, gradient) and yields the change."""
    w = START.copy()
    rules = [rule() for _ in w]
    for one in rules:
        next(one)
    out = []
    for step, (rate, gradient) in enumerate(zip(rates, GRADIENTS)):
        w += [one.send((step, rate, g)) for one, g in zip(rules, gradient)]
        out.append(w.copy())
    return torch.tensor(np.stack(out))


def graves():
    """RMSProp, centered, with momentum [Graves 2013, eqs 38 to 45]."""
    n = mean = delta = 0
    step, rate, g = yield
    while True:
        n = 0.95 * n + 0.05 * g * g
        mean = 0.95 * mean + 0.05 * g
        delta = 0.9 * delta - rate * g / math.sqrt(n - mean * mean + 1e-4)
        step, rate, g = yield delta


def dngpu_adamax(decay=0.01, floor=0.0005, halving=2000):
    """AdaMax of the DNGPU code, whose maximum decays faster at the beginning."""
    momentum = maximum = 0
    step, rate, g = yield
    while True:
        limit = 1.2 * maximum + 1e-4
        g = min(max(g, -limit), limit)
        momentum = 0.9 * momentum + 0.1 * g
        maximum = max((1 - max(floor, decay * 0.5 ** (step / halving))) * maximum, abs(g))
        step, rate, g = yield -rate * momentum / (maximum + 1e-8)


def cases():
    adam, sgd, rmsprop = torch.optim.Adam, torch.optim.SGD, torch.optim.RMSprop
    yield "adam", {"name": "adam"}, RATES, pytorch(lambda w: adam(w, eps=1e-4), RATES)
    decayed = torch.optim.AdamW
    yield "adamw", {"name": "adam"}, RATES, pytorch(lambda w: decayed(w, eps=1e-4, weight_decay=0.1), RATES), 0.1
    other = {"name": "adam", "beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3}
    yield "adam, other numbers", other, RATES, pytorch(lambda w: adam(w, betas=(0.5, 0.9), eps=1e-3), RATES)
    yield "adamax", {"name": "adamax"}, RATES, by_hand(dngpu_adamax, RATES)
    other = {"name": "adamax", "constants": {"decay": 0.5, "decayFloor": 0.1, "decayHalving": 4}}
    yield "adamax, other numbers", other, RATES, by_hand(lambda: dngpu_adamax(0.5, 0.1, 4), RATES)
    yield "sgd", {"name": "sgd"}, RATES, pytorch(lambda w: sgd(w, lr=1, momentum=0.9), RATES)
    yield "rmsprop", {"name": "rmsprop"}, RATES, by_hand(graves, RATES)
    # PyTorch's has epsilon outside the root and the rate outside the momentum: without the one, at a constant
    # other, it is the same
    centered = {"alpha": 0.95, "momentum": 0.9, "centered": True, "eps": 0}
    without = {"name": "rmsprop", "epsilon": 0}
    yield "rmsprop, PyTorch's", without, SAME_RATE, pytorch(lambda w: rmsprop(w, **centered), SAME_RATE)


if __name__ == "__main__":
    golden = {
        "torch": torch.__version__.split("a")[0],
        "start": plain(START),
        "gradients": [plain(g) for g in GRADIENTS],
        "cases": [
            {
                "case": name,
                "config": config,
                "rates": rates,
                "weights": [plain(w) for w in weights],
                **({"weightDecay": decay[0]} if decay else {}),
            }
            for name, config, rates, weights, *decay in cases()
        ],
    }
    path = FOLDER / "optimizers.json"
    text = json.dumps(golden, separators=(",", ":"))
    path.write_text(text.replace('},{"', '},\n{"').replace('],"', '],\n"') + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes, {len(golden['cases'])} cases")
