"""PyTorch on a CUDA GPU, in turns (../peers/turns.ts): `pytorch.py eager|graphs|compile|peak JOB`.

float32 without TF32, as ours. Gates that read the same state share one convolution. Each length is a batch of its own,
and all gradients go into one step of Adam.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

how, job = sys.argv[1], sys.argv[2]
if not torch.cuda.is_available():
    raise SystemExit("Error: PyTorch sees no CUDA GPU here")
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True
torch.manual_seed(0)
device = torch.device("cuda")
V = 4
diagonal = job.startswith("diagonal")
lengths = [8, 12, 16, 20, 25, 28, 31, 36, 41] if diagonal else [41]
B = int(job.split()[1]) if diagonal else 32
M, W = (96, 1) if diagonal else (24, 4)
kernel = (3,) if diagonal else (3, 3)
convolve = F.conv1d if diagonal else F.conv2d


def weight(outputs, inputs):
    return (torch.randn(outputs, inputs, *kernel, device=device) * 0.05).requires_grad_(True)


def zeros(n, value=0.0):
    return torch.full((n,), value, device=device).requires_grad_(True)


gates, candidate = weight(2 * M, M), weight(M, M)
gates_bias, candidate_bias = zeros(2 * M, 0.5), zeros(M)
output, output_bias = (torch.randn(V, M, device=device) * 0.05).requires_grad_(True), zeros(V)
parameters = [gates, gates_bias, candidate, candidate_bias, output, output_bias]
optimiser = torch.optim.Adam(parameters, lr=1e-3, capturable=True)
firsts = [torch.randn(B, M, n, device=device) if diagonal else torch.randn(B, M, n, W, device=device) for n in lengths]
targets = [torch.randint(0, V, (B, n), device=device) for n in lengths]
third = M // 3


def shifted(s):
    """The first third of the channels comes from one place before, the second from one place after."""
    a = F.pad(s[:, :third, :-1], (1, 0))
    b = F.pad(s[:, third : 2 * third, 1:], (0, 1))
    return torch.cat([a, b, s[:, 2 * third :]], 1)


def diagonal_step(s, cost):
    pre = convolve(s, gates, gates_bias, padding=1)
    u, r = torch.chunk(torch.clamp(0.5 * (pre + 1), 0, 1), 2, 1)
    fresh = convolve(r * s, candidate, candidate_bias, padding=1)
    cost = cost + F.relu(pre.abs() - 0.9).sum() + F.relu(fresh.abs() - 0.9).sum()
    c = F.dropout(torch.clamp(fresh, -1, 1), 0.1)
    return u * shifted(s) + (1 - u) * c, cost


def cgru_step(s, cost):
    u, r = torch.chunk(torch.sigmoid(convolve(s, gates, gates_bias, padding=1)), 2, 1)
    c = torch.tanh(convolve(r * s, candidate, candidate_bias, padding=1))
    return u * s + (1 - u) * c, cost


one = diagonal_step if diagonal else cgru_step
if how == "compile":
    one = torch.compile(one)


def loss_of(first, target):
    s, cost = first, torch.zeros((), device=device)
    for _ in range(target.shape[1]):
        s, cost = one(s, cost)
    column = s if diagonal else s[:, :, :, 0]
    logits = torch.einsum("bml,vm->bvl", column, output) + output_bias[None, :, None]
    return F.cross_entropy(logits, target) + 1e-3 * cost / (B * target.shape[1])


def step():
    optimiser.zero_grad(set_to_none=False)
    for first, target in zip(firsts, targets):
        loss_of(first, target).backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimiser.step()


def peak():
    """The largest f32 matrix product's rate: what the card reaches, in GFLOP/s."""
    n = 8192
    a, b = torch.randn(n, n, device=device), torch.randn(n, n, device=device)
    for _ in range(3):
        a @ b
    torch.cuda.synchronize()
    begin = time.perf_counter()
    for _ in range(10):
        a @ b
    torch.cuda.synchronize()
    return 10 * 2 * n**3 / (time.perf_counter() - begin) / 1e9


if how == "peak":
    print(json.dumps({"name": torch.cuda.get_device_name(), "gflops": peak()}), flush=True)
    raise SystemExit(0)

run = step
if how == "graphs":
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    run = graph.replay
for _ in range(3):
    run()
torch.cuda.synchronize()
print("ready", flush=True)
for line in sys.stdin:
    command, budget = line.split()
    if command != "run":
        break
    wall, begin = [], time.perf_counter()
    while not wall or (time.perf_counter() - begin) * 1e3 < float(budget):
        start = time.perf_counter()
        run()
        torch.cuda.synchronize()
        wall.append((time.perf_counter() - start) * 1e3)
    print(json.dumps({"wall": wall, "cpu": wall}), flush=True)
