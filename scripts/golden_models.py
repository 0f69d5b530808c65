"""Golden values of whole sequence models that PyTorch does not have ready: the LSTM with attention and the stack RNN, in float64.

Written from the papers' formulas, independent of src/: an example at a time, no padding, so that what a block's masks do is checked too.
Writes test/golden/models.json; the tests never need Python. Run with torch 1.13.0 and numpy 1.24.2:

    python3 scripts/golden_models.py
"""

import json

import numpy as np
import torch

from golden import FOLDER, LANES, V, examples, lanes_last, plain

torch.set_default_dtype(torch.float64)
UNITS, LAYERS = 3, 2


def matrices(random, name, inputs, to):
    made = {f"{name}/{key}/kernel": random.uniform(-0.9, 0.9, (1, 1, size, to)) for key, size in inputs.items()}
    return {**made, f"{name}/bias": random.uniform(-0.3, 0.3, to)}


def linear(p, name, inputs):
    return sum(x @ p[f"{name}/{key}/kernel"][0, 0] for key, x in inputs.items()) + p[f"{name}/bias"]


def one_hot(symbol):
    return torch.nn.functional.one_hot(torch.tensor(int(symbol)), V).double()


def lstm(p, name, inputs, h, c):
    i, f, o, z = (linear(p, f"{name}/{k}", {**inputs, "state": h}) for k in ("input", "forget", "output", "candidate"))
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(z)
    return torch.sigmoid(o) * torch.tanh(c), c


def layers_of(p, name, inputs, state):
    for layer in range(LAYERS):
        state[layer] = lstm(p, f"{name}{layer}", inputs, *state[layer])
        inputs = {"input": state[layer][0]}
    return state[-1][0]


def lstm_attention(p, symbols, target, free):
    """Bahdanau et al. 2015, Vinyals et al. 2015: u_i = v . tanh(W h_i + W' d + b). `free`: it hears its own last answer, not the right one."""
    state = [(torch.zeros(UNITS), torch.zeros(UNITS)) for _ in range(LAYERS)]
    read = torch.stack([layers_of(p, "read", {"input": one_hot(s)}, state) for s in symbols])
    before, seen, answers = torch.zeros(V), torch.zeros(UNITS), []
    for right in target:
        d = layers_of(p, "answer", {"input": before, "seen": seen}, state)
        scores = torch.tanh(read @ p["attention/key/kernel"][0, 0] + linear(p, "attention/query", {"state": d})) @ p["attention/score"]
        seen = torch.softmax(scores, 0) @ read
        answers.append(torch.log_softmax(linear(p, "output", {"state": d, "seen": seen}), 0))
        before = one_hot(answers[-1].argmax() if free else right)
    return torch.stack(answers)


def lstm_attention_parameters(random):
    out = {}
    for layer in range(LAYERS):
        for kind in ("input", "forget", "output", "candidate"):
            for name, below in (("read", {"input": V}), ("answer", {"input": V, "seen": UNITS})):
                inputs = below if layer == 0 else {"input": UNITS}
                out |= matrices(random, f"{name}{layer}/{kind}", {**inputs, "state": UNITS}, UNITS)
    out |= matrices(random, "attention/query", {"state": UNITS}, UNITS)
    out["attention/key/kernel"] = random.uniform(-0.9, 0.9, (1, 1, UNITS, UNITS))
    out["attention/score"] = random.uniform(-1.5, 1.5, UNITS)
    return out | matrices(random, "output", {"state": UNITS, "seen": UNITS}, V)


HIDDEN, STACKS, DEPTH = 4, 2, 2


def stack_rnn(p, symbols, target, free):
    """Joulin & Mikolov 2015, recurrent through hidden layer and stacks. `free`: actions are rounded, as they may be when nothing is learnt."""
    n = len(symbols)
    stack = torch.full((n, STACKS), -1.0)  # empty
    h, answers = torch.full((HIDDEN,), 0.0), []
    for t in range(2 * n):
        x = torch.cat([one_hot(symbols[t]), torch.zeros(1)]) if t < n else torch.cat([torch.zeros(V), torch.ones(1)])
        tops = {f"top{i}": stack[i] if i < n else torch.full((STACKS,), -1.0) for i in range(DEPTH)}
        h = torch.sigmoid(linear(p, "hidden", {"input": x, **tops, "state": h}))
        actions = torch.softmax(torch.stack([linear(p, f"stack/{a}", {"state": h}) for a in ("push", "pop", "no-op")]), 0)
        if free:
            actions = torch.nn.functional.one_hot(actions.argmax(0), 3).double().T
        push, pop, keep = actions
        pushed = torch.cat([torch.sigmoid(linear(p, "stack/value", {"state": h}))[None], stack[:-1]])
        popped = torch.cat([stack[1:], torch.full((1, STACKS), -1.0)])
        stack = push * pushed + pop * popped + keep * stack
        if t >= n:
            answers.append(torch.log_softmax(linear(p, "output", {"hidden": h}), 0))
    return torch.stack(answers)


def stack_rnn_parameters(random):
    tops = {f"top{i}": STACKS for i in range(DEPTH)}
    out = matrices(random, "hidden", {"input": V + 1, **tops, "state": HIDDEN}, HIDDEN)
    for name in ("push", "pop", "no-op", "value"):
        out |= matrices(random, f"stack/{name}", {"state": HIDDEN}, STACKS)
    out |= matrices(random, "output", {"hidden": HIDDEN}, V)
    return {k: 2 * v for k, v in out.items()}  # so that other actions are likeliest here and there


MODELS = {
    "lstm-attention": ({"units": UNITS, "layers": LAYERS, "initScale": 1}, lstm_attention_parameters, lstm_attention),
    "stack-rnn": (
        {"units": HIDDEN, "stacks": STACKS, "depth": DEPTH, "recurrent": True, "rounding": True, "initScale": 1},
        stack_rnn_parameters,
        stack_rnn,
    ),
}


def golden(seed, options, parameters, model):
    random = np.random.RandomState(seed)
    batch = examples(random)
    batch["steps"] = batch["mask"].sum(1)
    p = {k: torch.tensor(v.round(6), requires_grad=True) for k, v in parameters(random).items()}

    def run(free):
        """Log-probabilities [LANES, L, V], zeros beyond an example's end."""
        out = []
        for lane in range(LANES):
            n = int(batch["steps"][lane])
            answers = [model(p, batch["symbols"][lane, :n], batch["target"][lane, :n], free)] if n else []
            out.append(torch.cat([*answers, torch.zeros(batch["mask"].shape[1] - n, V)]))
        return torch.stack(out)

    log_p = run(False)
    target = torch.tensor(batch["target"]).long()[..., None]
    error = -(torch.tensor(batch["weight"]) * torch.gather(log_p, 2, target)[..., 0]).sum(1)
    grads = torch.autograd.grad(error.sum(), list(p.values()))
    return {
        "options": options,
        "symbols": V,
        "length": batch["mask"].shape[1],
        "inputs": {k: plain(lanes_last(v)) for k, v in batch.items()},
        "parameters": {k: {"shape": list(v.shape), "values": plain(v)} for k, v in p.items()},
        "training": plain(lanes_last(log_p)),
        "free": plain(lanes_last(run(True))),
        "error": plain(lanes_last(error)),
        "gradients": {k: plain(g) for k, g in zip(p, grads)},
    }


if __name__ == "__main__":
    made = {name: golden(seed, *MODELS[name]) for seed, name in enumerate(MODELS, 11)}
    text = json.dumps({"torch": torch.__version__.split("a")[0], "models": made}, separators=(",", ":"))
    path = FOLDER / "models.json"
    path.write_text(text.replace("},", "},\n") + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes, {len(made)} models")
