"""Golden values: both forms of the Neural GPU computed by PyTorch, in float64, from the papers' formulas.

Independent of src/: written from the papers of the original form [KS16] and the diagonal form [DNGPU]. The optimizers
are from [Kingma & Ba 2015] and the DNGPU code. Writes test/golden/*.json, which the tests read;
the tests themselves never need Python. Run with torch 1.13.0 and numpy 1.24.2:

    python3 scripts/golden.py
"""

import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
LANES, V, LENGTH = 16, 5, 8  # examples in a block, symbols, places
SETTINGS = {"keep": 1, "saturation weight": 0.02}
STEPS = 10  # training steps
FOLDER = pathlib.Path(__file__).parent.parent / "test" / "golden"


def examples(random):
    """Fifteen examples of 1 to LENGTH symbols with as many steps, and one empty lane. Arrays [LANES, LENGTH], [LANES]."""
    lengths = np.array([LENGTH, 1, 2, 3, 5, 7, 8, 4, 6, 3, 8, 2, 5, 7, 6, 0])
    steps = lengths + np.array([0, 0, 1, 0, -2, 0, -8, 0, 1, 0, 0, 0, 2, 0, 0, 0])  # one example gets none
    mask = (np.arange(LENGTH) < lengths[:, None]).astype(float)
    return {
        "symbols": random.randint(0, V, (LANES, LENGTH)) * mask,
        "target": random.randint(0, V, (LANES, LENGTH)) * mask,
        "mask": mask,
        "weight": random.uniform(0, 0.3, (LANES, LENGTH)).round(3) * mask,
        "steps": steps.astype(float),
        "scale": random.uniform(0.01, 0.2, LANES).round(3) * (lengths > 0),
    }


def parameters(random, m, gates, kernel):
    """Kernels [length, width, from, to] and biases [to], large enough that some gates saturate."""
    tensors = {"input/kernel": random.uniform(-1.2, 1.2, (1, 1, V, m)), "input/bias": random.uniform(-0.2, 0.2, m)}
    for name, bias in gates:
        tensors[f"{name}/kernel"] = random.uniform(-0.45, 0.45, (*kernel, m, m))
        tensors[f"{name}/bias"] = bias + random.uniform(-0.3, 0.3, m)
    tensors["output/kernel"] = random.uniform(-1, 1, (1, 1, m, V))
    tensors["output/bias"] = random.uniform(-0.2, 0.2, V)
    return {name: values.round(6) for name, values in tensors.items()}


def conv(p, name, x):
    """x [B, C, L, W]; PyTorch's kernels are [to, from, length, width]."""
    kernel = p[f"{name}/kernel"]
    border = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    return F.conv2d(x, kernel.permute(3, 2, 0, 1), p[f"{name}/bias"], padding=border)


def original_step(p, s, layers, cutoff, **_):
    """l CGRUs: u·s + (1 − u)·tanh(U * (r·s) + B), gates clip(c·σ(x) − (c − 1)/2, 0, 1) [KS16 §2, §3]."""
    def gate(x):
        return torch.clamp(cutoff * torch.sigmoid(x) - (cutoff - 1) / 2, 0, 1)

    for layer in range(layers):
        u = gate(conv(p, f"cgru{layer}/update", s))
        r = gate(conv(p, f"cgru{layer}/reset", s))
        s = u * s + (1 - u) * torch.tanh(conv(p, f"cgru{layer}/candidate", r * s))
    return s, 0


def diagonal_step(p, s, mask, layers, **_):
    """DCGRU: u·shift(s) + (1 − u)·ht(conv(r·s)), hard gates; and the excess of all pre-activations beyond ±0.9 [DNGPU §3]."""
    cost = 0
    for layer in range(layers):
        update, reset = (conv(p, f"dcgru{layer}/{kind}", s) for kind in ("update", "reset"))
        candidate = conv(p, f"dcgru{layer}/candidate", hard_sigmoid(reset) * s)
        third = s.shape[1] // 3
        zero = torch.zeros_like(s[:, :, :1])
        later = torch.cat([zero, s[:, :, :-1]], 2)  # moved one place towards the end
        earlier = torch.cat([s[:, :, 1:], zero], 2)
        shifted = torch.cat([later[:, :third], earlier[:, third : 2 * third], s[:, 2 * third :]], 1)
        u = hard_sigmoid(update)
        s = mask * (u * shifted + (1 - u) * torch.clamp(candidate, -1, 1))
        cost = cost + sum(excess(x, mask) for x in (update, reset, candidate))
    return s, cost


def hard_sigmoid(x):
    return torch.clamp(x / 2 + 0.5, 0, 1)


def excess(x, mask):
    return (mask * F.relu(x.abs() - 0.9)).sum((1, 2, 3))


def model(p, batch, form, width, **options):
    """Log-probabilities [B, L, V], error and scaled saturation cost of each example [B]."""
    symbols, target, mask, weight, steps, scale = (torch.tensor(batch[k]) for k in
                                                   ("symbols", "target", "mask", "weight", "steps", "scale"))
    mask4 = mask[:, None, :, None]
    embedded = conv(p, "input", F.one_hot(symbols.long(), V).double().permute(0, 2, 1)[..., None])
    diagonal = form == "diagonal"
    first = torch.clamp(embedded, -1, 1) if diagonal else torch.tanh(embedded)
    s = F.pad(mask4 * first, (0, width - 1))
    cost = excess(embedded, mask4) * steps if diagonal else torch.zeros(LANES)
    for t in range(int(steps.max())):
        runs = t < steps
        after, more = (diagonal_step if diagonal else original_step)(p, s, mask=mask4, **options)
        s = torch.where(runs[:, None, None, None], mask4 * after, s)
        cost = cost + runs * more
    log_p = torch.log_softmax(conv(p, "output", s[..., :1])[..., 0].permute(0, 2, 1), 2)
    error = -(weight * torch.gather(log_p, 2, target.long()[..., None])[..., 0]).sum(1)
    return log_p, error, cost * scale


def loss_of(p, batch, options):
    _, error, cost = model(p, batch, **options)
    return (error + SETTINGS["saturation weight"] * cost).sum()


def gradients(p, batch, options):
    loss = loss_of(p, batch, options)
    return loss.item(), dict(zip(p, torch.autograd.grad(loss, list(p.values()))))


def adam(start, batch, options, rate):
    """Adam with bias correction, ε = 1e-4, after clipping to a global norm of 1."""
    p = {k: torch.tensor(v, requires_grad=True) for k, v in start.items()}
    optimizer = torch.optim.Adam(p.values(), lr=rate, betas=(0.9, 0.999), eps=1e-4)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(p, batch, options)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(p.values(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return {"rate": rate, "losses": losses, "parameters": p}


def adamax(start, batch, options, rate):
    """AdaMax of the DNGPU code: |g| ≤ 1.2·max + 1e-4, no bias correction; the maximum's decay halves every 2000 steps."""
    p = {k: torch.tensor(v, requires_grad=True) for k, v in start.items()}
    momentum = {k: torch.zeros_like(v) for k, v in p.items()}
    maximum = {k: torch.zeros_like(v) for k, v in p.items()}
    losses = []
    for step in range(STEPS):
        loss, grads = gradients(p, batch, options)
        losses.append(loss)
        beta2 = 1 - max(0.0005, 0.01 * 0.5 ** (step / 2000))
        for k, g in grads.items():
            limit = 1.2 * maximum[k] + 1e-4
            g = torch.minimum(torch.maximum(g, -limit), limit)
            momentum[k] = 0.9 * momentum[k] + 0.1 * g
            maximum[k] = torch.maximum(beta2 * maximum[k], g.abs())
            p[k] = (p[k] - rate * momentum[k] / (maximum[k] + 1e-8)).detach().requires_grad_(True)
    return {"rate": rate, "losses": losses, "parameters": p}


def plain(x):
    """Rounds to nine digits. Callers turn lane tensors [B, ...] to [..., B]."""
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, torch.Tensor):
        x = x.detach().numpy()
    if isinstance(x, np.ndarray):
        return [plain(v) for v in x.ravel().tolist()]
    if isinstance(x, list):
        return [plain(v) for v in x]
    if isinstance(x, float):
        rounded = float(f"{x:.9g}")
        return int(rounded) if rounded.is_integer() else rounded
    return x


def lanes_last(x):
    x = x.detach().numpy() if isinstance(x, torch.Tensor) else x
    return np.moveaxis(x, 0, -1)


def write(name, seed, options, maps, optimizers):
    random = np.random.RandomState(seed)
    diagonal = options["form"] == "diagonal"
    kinds = [("reset", 0.5), ("update", 0.7), ("candidate", 0)] if diagonal else [("update", 1), ("reset", 1), ("candidate", 0)]
    cell = "dcgru" if diagonal else "cgru"
    gates = [(f"{cell}{layer}/{kind}", bias) for layer in range(options["layers"]) for kind, bias in kinds]
    batch = examples(random)
    start = parameters(random, maps, gates, (3, 1 if options["width"] == 1 else 3))
    p = {k: torch.tensor(v, requires_grad=True) for k, v in start.items()}
    log_p, error, cost = model(p, batch, **options)
    loss, grads = gradients(p, batch, options)
    assert math.isfinite(loss)
    golden = {
        "made by": f"scripts/golden.py with torch {torch.__version__.split('a')[0]} and numpy {np.__version__}, float64",
        "options": {**options, "maps": maps, "initScale": 1, "cutoff": options.get("cutoff", 1.2)},
        "symbols": V,
        "block": {
            "length": LENGTH,
            "steps": int(batch["steps"].max()),
            "inputs": {k: plain(lanes_last(v)) for k, v in batch.items()},
        },
        "settings": SETTINGS,
        "parameters": {k: {"shape": list(v.shape), "values": plain(v)} for k, v in start.items()},
        "outputs": {k: plain(lanes_last(v)) for k, v in (("logits", log_p), ("error", error), ("cost", cost))},
        "loss": plain(loss),
        "gradients": plain(grads),
        "training": {f.__name__: plain(f(start, batch, options, rate)) for f, rate in optimizers},
    }
    FOLDER.mkdir(exist_ok=True)
    # one line per entry of each object, so that diffs are small
    text = json.dumps(golden, separators=(",", ":"), ensure_ascii=False)
    path = FOLDER / f"{name}.json"
    path.write_text(text.replace('],"', '],\n"').replace('},"', '},\n"') + "\n")
    saturated = sum(float((cost > 0).sum()) for cost in [cost])
    print(f"{path.name}: {path.stat().st_size} bytes, loss {loss:.6f}, {saturated:.0f} examples with saturation cost")


if __name__ == "__main__":
    write("diagonal", 1, {"form": "diagonal", "width": 1, "layers": 1}, 7, [(adam, 1e-3), (adamax, 5e-3)])
    write("original", 2, {"form": "original", "width": 4, "layers": 2, "cutoff": 1.2}, 5, [(adam, 1e-3)])
