"""Golden values of sequence models that PyTorch does not contain, in float64: LSTM with attention, stack RNN, NTM.

Written from the papers' formulas, independent of src/. They run one example at a time without padding, so that they also
check the masks of a block.
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
    """[Bahdanau et al. 2015; Vinyals et al. 2015]: u_i = v . tanh(W h_i + W' d + b).

    `free`: its input is its own last answer, not the correct one.
    """
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
    """[Stack-RNN], recurrent through hidden layer and stacks. `free`: actions are rounded, as at inference."""
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


SLOTS, WIDTH, READS, WRITES, NTM_UNITS = 5, 3, 2, 2, 4


def clipped(p, name, h, clip):
    """The controller's output to a head."""
    return linear(p, name, {"controller": h}).clamp(-clip, clip)


def addressed(p, name, memory, before, h, clip):
    """Content, interpolation, shift, sharpening -> weights [SLOTS] [NTM eqs 5 to 9]."""
    key = torch.tanh(clipped(p, f"{name}/key", h, clip))
    beta = torch.nn.functional.softplus(clipped(p, f"{name}/strength", h, clip))
    gate = torch.sigmoid(clipped(p, f"{name}/gate", h, clip))
    shifts = torch.softmax(clipped(p, f"{name}/shifts", h, clip), 0)
    gamma = 1 + torch.nn.functional.softplus(clipped(p, f"{name}/gamma", h, clip))
    cosine = (memory @ key) / (memory.norm(dim=1) * key.norm())
    weights = gate * torch.softmax(beta * cosine, 0) + (1 - gate) * before
    far = len(shifts) // 2
    weights = sum(share * torch.roll(weights, k - far) for k, share in enumerate(shifts))
    return weights**gamma / (weights**gamma).sum()


def ntm(controller, clip, learned_memory):
    """The whole machine: heads address the memory as it was before the step, and read before writing.

    What was read is heard by the output of this step and by the controller of the next.
    """
    heads = [*(f"read{i}" for i in range(READS)), *(f"write{i}" for i in range(WRITES))]

    def answers_of(p, symbols, target, free):
        n = len(symbols)
        memory = torch.tanh(p["memory"][:, 0]) if learned_memory else torch.full((SLOTS, WIDTH), 1e-6)
        weights = {name: torch.softmax(p[f"{name}/first weights"][:, 0, 0], 0) for name in heads}
        read = {name: torch.tanh(p[f"{name}/first"][0, 0]) for name in heads[:READS]}
        if controller == "lstm":
            h, c = (torch.tanh(p[f"controller/first {kind}"][0, 0]) for kind in ("state", "cell"))
        answers = []
        for t in range(2 * n):
            x = torch.cat([one_hot(symbols[t]) if t < n else torch.zeros(V), torch.full((1,), float(t >= n))])
            heard = {"input": x, **read}
            if controller == "lstm":
                h, c = lstm(p, "controller", heard, h, c)
            else:
                h = torch.tanh(linear(p, "controller", heard))
            weights = {name: addressed(p, name, memory, weights[name], h, clip) for name in heads}
            read = {name: weights[name] @ memory for name in heads[:READS]}
            kept, added = 1, 0
            for name in heads[READS:]:
                erase = torch.sigmoid(clipped(p, f"{name}/erase", h, clip))
                kept = kept * (1 - torch.outer(weights[name], erase))
                added = added + torch.outer(weights[name], torch.tanh(clipped(p, f"{name}/add", h, clip)))
            memory = memory * kept + added
            if t >= n:
                answers.append(torch.log_softmax(linear(p, "output", {"controller": h, **read}), 0))
        return torch.stack(answers)

    return answers_of


def ntm_parameters(controller, shift, learned_memory):
    def parameters(random):
        heard = {"input": V + 1, **{f"read{i}": WIDTH for i in range(READS)}}
        out = {}
        if controller == "lstm":
            for kind in ("input", "forget", "output", "candidate"):
                out |= matrices(random, f"controller/{kind}", {**heard, "state": NTM_UNITS}, NTM_UNITS)
            for kind in ("state", "cell"):
                out[f"controller/first {kind}"] = random.uniform(-0.9, 0.9, (1, 1, NTM_UNITS))
        else:
            out |= matrices(random, "controller", heard, NTM_UNITS)
        for kind, count in (("read", READS), ("write", WRITES)):
            for i in range(count):
                told = {"key": WIDTH, "strength": 1, "gate": 1, "shifts": 2 * shift + 1, "gamma": 1}
                told |= {"erase": WIDTH, "add": WIDTH} if kind == "write" else {}
                for name, size in told.items():
                    out |= matrices(random, f"{kind}{i}/{name}", {"controller": NTM_UNITS}, size)
                out[f"{kind}{i}/first weights"] = random.uniform(-1, 1, (SLOTS, 1, 1))
                if kind == "read":
                    out[f"{kind}{i}/first"] = random.uniform(-0.9, 0.9, (1, 1, WIDTH))
        if learned_memory:
            out["memory"] = random.uniform(-0.9, 0.9, (SLOTS, 1, WIDTH))
        answered = {"controller": NTM_UNITS, **{f"read{i}": WIDTH for i in range(READS)}}
        out |= matrices(random, "output", answered, V)
        return {k: 2 * v for k, v in out.items()}  # so that heads differ, and move

    return parameters


def ntm_options(controller, shift, clip, memory):
    return {
        **{"controller": controller, "units": NTM_UNITS, "slots": SLOTS, "width": WIDTH},
        **{"reads": READS, "writes": WRITES, "shift": shift, "memory": memory, "clip": clip, "initScale": 1},
    }


MODELS = {
    "lstm-attention": ({"units": UNITS, "layers": LAYERS, "initScale": 1}, lstm_attention_parameters, lstm_attention),
    "stack-rnn": (
        {"units": HIDDEN, "stacks": STACKS, "depth": DEPTH, "recurrent": True, "rounding": True, "initScale": 1},
        stack_rnn_parameters,
        stack_rnn,
    ),
    "ntm": (ntm_options("lstm", 1, 20, "constant"), ntm_parameters("lstm", 1, False), ntm("lstm", 20, False)),
    # clipped so tightly that it counts, and further shifts
    "ntm, feed-forward": (
        ntm_options("feed-forward", 2, 0.8, "learned"),
        ntm_parameters("feed-forward", 2, True),
        ntm("feed-forward", 0.8, True),
    ),
}


def golden(seed, name, options, parameters, model):
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
        "family": name.split(",")[0],
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
    made = {name: golden(seed, name, *MODELS[name]) for seed, name in enumerate(MODELS, 11)}
    text = json.dumps({"torch": torch.__version__.split("a")[0], "models": made}, separators=(",", ":"))
    path = FOLDER / "models.json"
    path.write_text(text.replace("},", "},\n") + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes, {len(made)} models")
