"""Golden values of layers from PyTorch in float64: recurrent cells, the stages of an NTM's addressing, DiffStride.

Written from the papers' formulas, independent of src/, or PyTorch's own nn.RNNCell and nn.LSTMCell. Writes
test/golden/layers.json; the tests never need Python. Run with torch 1.13.0 and numpy 1.24.2:

    python3 scripts/golden_layers.py
"""

import json

import numpy as np
import torch
import torch.nn.functional as F

from golden import FOLDER, plain

torch.set_default_dtype(torch.float64)
N, M, X, H = 5, 3, 4, 6  # slots, numbers in a slot, numbers in an input, units
random = np.random.RandomState(7)


def tensor(*shape, low=-1.0, high=1.0):
    return torch.tensor(random.uniform(low, high, shape).round(6), requires_grad=True)


def shares(*shape):
    x = random.uniform(0.1, 1, shape)
    return torch.tensor((x / x.sum()).round(6), requires_grad=True)


def matrices(names, inputs=(("input", X), ("state", H))):
    """Our form: for each gate a kernel [1, 1, from, to] per input, and a bias."""
    out = {}
    for name in names:
        for kind, size in inputs:
            out[f"{name}/{kind}/kernel"] = tensor(1, 1, size, H, low=-0.6, high=0.6)
        out[f"{name}/bias"] = tensor(H)
    return out


def linear(p, name, x, h):
    return x @ p[f"{name}/input/kernel"][0, 0] + h @ p[f"{name}/state/kernel"][0, 0] + p[f"{name}/bias"]


def rnn_tanh(p):
    cell = torch.nn.RNNCell(X, H, nonlinearity="tanh")
    weights = {
        "weight_ih": p["rnn/input/kernel"][0, 0].T,
        "weight_hh": p["rnn/state/kernel"][0, 0].T,
        "bias_ih": p["rnn/bias"],
        "bias_hh": torch.zeros(H),
    }
    return torch.nn.utils.stateless.functional_call(cell, weights, (p["x"].view(1, X), p["h"].view(1, H)))


def rnn_sigmoid(p):
    return torch.sigmoid(linear(p, "rnn", p["x"], p["h"]))


def gru(p):
    """Cho et al. 2014; the update gate u keeps the old state."""
    x, h = p["x"], p["h"]
    u = torch.sigmoid(linear(p, "gru/update", x, h))
    r = torch.sigmoid(linear(p, "gru/reset", x, h))
    return u * h + (1 - u) * torch.tanh(linear(p, "gru/candidate", x, r * h))


def lstm(p, index):
    gates = [f"lstm/{kind}" for kind in ("input", "forget", "candidate", "output")]  # PyTorch's order
    cell = torch.nn.LSTMCell(X, H)
    weights = {
        "weight_ih": torch.cat([p[f"{g}/input/kernel"][0, 0].T for g in gates]),
        "weight_hh": torch.cat([p[f"{g}/state/kernel"][0, 0].T for g in gates]),
        "bias_ih": torch.cat([p[f"{g}/bias"] for g in gates]),
        "bias_hh": torch.zeros(4 * H),
    }
    state = (p["h"].view(1, H), p["c"].view(1, H))
    return torch.nn.utils.stateless.functional_call(cell, weights, (p["x"].view(1, X), state))[index]


def content(p):
    cosine = F.cosine_similarity(p["memory"].view(N, M), p["key"].view(1, M), dim=1, eps=0)
    return torch.softmax(p["strength"].view(1) * cosine, 0)


def interpolate(p):
    gate = p["gate"].view(1)
    return gate * p["content"].view(N) + (1 - gate) * p["before"].view(N)


def shift(w, s):
    half = (len(s) - 1) // 2
    return sum(s[k] * torch.roll(w, k - half) for k in range(len(s)))


def sharpen(w, gamma):
    powers = w**gamma
    return powers / powers.sum()


def head(p):
    mixed = interpolate({"content": content(p), "before": p["before"], "gate": p["gate"]})
    return sharpen(shift(mixed, p["shifts"].view(-1)), p["gamma"].view(1))


def write(p):
    memory = p["memory"].view(N, M)
    for name in ("a", "b"):
        memory = memory * (1 - torch.outer(p[f"{name} weights"].view(N), p[f"{name} erase"].view(M)))
    for name in ("a", "b"):
        memory = memory + torch.outer(p[f"{name} weights"].view(N), p[f"{name} add"].view(M))
    return memory


LEAST, MOST, SMOOTHNESS = 1, 5, 2


def low_pass(x, axis, free):
    """DiffStride along one axis, keeping amplitudes: real FFT, mask, crop, inverse.

    The mask is clip((R + T − f)/R, 0, 1) with T = n/(2S), the crop 2·floor(n/(2·1.25) + R) places.
    """
    n = x.shape[axis]
    size = min(n, 2 * int(n / (2 * 1.25) + SMOOTHNESS))
    stride = LEAST + torch.sigmoid(free) * (MOST - LEAST)
    f = torch.arange(n // 2 + 1, dtype=torch.float64)
    mask = torch.clamp((SMOOTHNESS + n / (2 * stride) - f) / SMOOTHNESS, 0, 1)
    spectrum = torch.movedim(torch.fft.rfft(x, dim=axis), axis, -1) * mask
    cropped = torch.movedim(spectrum[..., : size // 2 + 1], -1, axis)
    return torch.fft.irfft(cropped, n=size, dim=axis) * size / n


def diffstride(p):
    return low_pass(low_pass(p["x"], 0, p["pool/stride/length"]), 1, p["pool/stride/width"])


def vectors(**sizes):
    return {name: tensor(1, 1, size) for name, size in sizes.items()}


def cases():
    memory = tensor(N, 1, M)
    number = lambda low, high: tensor(1, 1, 1, low=low, high=high)
    asked = {"key": tensor(1, 1, M), "strength": number(0.5, 4)}
    rest = {"before": shares(N, 1, 1), "gate": number(0.2, 0.8), "shifts": shares(1, 1, 3), "gamma": number(1, 5)}
    yield "rnn, tanh", {**vectors(x=X, h=H), **matrices(["rnn"])}, rnn_tanh
    yield "rnn, sigmoid", {**vectors(x=X, h=H), **matrices(["rnn"])}, rnn_sigmoid
    yield "gru", {**vectors(x=X, h=H), **matrices([f"gru/{g}" for g in ("update", "reset", "candidate")])}, gru
    gates = [f"lstm/{g}" for g in ("input", "forget", "output", "candidate")]
    for index, name in enumerate(("h", "c")):
        yield f"lstm, {name}", {**vectors(x=X, h=H, c=H), **matrices(gates)}, lambda p, i=index: lstm(p, i)
    yield "content", {"memory": memory, **asked}, content
    yield "interpolate", {"content": shares(N, 1, 1), "before": rest["before"], "gate": rest["gate"]}, interpolate
    for K in (3, 5):
        p = {"weights": shares(N, 1, 1), "shifts": shares(1, 1, K)}
        yield f"shift, {K}", p, lambda p: shift(p["weights"].view(N), p["shifts"].view(-1))
    p = {"weights": shares(N, 1, 1), "gamma": number(1, 5)}
    yield "sharpen", p, lambda p: sharpen(p["weights"].view(N), p["gamma"].view(1))
    yield "head", {"memory": memory, **asked, **rest}, head
    p = {"memory": memory, "weights": shares(N, 1, 1)}
    yield "read", p, lambda p: p["weights"].view(N) @ p["memory"].view(N, M)
    yield "write", {
        "memory": memory,
        **{f"{head} weights": shares(N, 1, 1) for head in "ab"},
        **{f"{head} erase": tensor(1, 1, M, low=0, high=1) for head in "ab"},
        **{f"{head} add": tensor(1, 1, M) for head in "ab"},
    }, write
    yield "diffstride", {
        "x": tensor(30, 12, 2),
        "pool/stride/length": torch.tensor([-0.4], requires_grad=True),
        "pool/stride/width": torch.tensor([-1.1], requires_grad=True),
    }, diffstride


def golden(p, f):
    out = f(p)
    projection = torch.tensor(random.uniform(-1, 1, out.numel()).round(6))
    grads = torch.autograd.grad((out.reshape(-1) * projection).sum(), list(p.values()))
    return {
        "inputs": {k: {"shape": list(v.shape), "values": plain(v)} for k, v in p.items()},
        "projection": plain(projection),
        "output": plain(out),
        "gradients": {k: plain(g) for k, g in zip(p, grads)},
    }


if __name__ == "__main__":
    made = {name: golden(p, f) for name, p, f in cases()}
    text = json.dumps({"torch": torch.__version__.split("a")[0], "cases": made}, separators=(",", ":"))
    path = FOLDER / "layers.json"
    path.write_text(text.replace("},", "},\n") + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes, {len(made)} cases")
