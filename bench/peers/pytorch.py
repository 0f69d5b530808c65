"""PyTorch in its best form for this job: `pytorch.py threads n [original]`.

Channels last; update and reset gates share one convolution. `original` is the paper's model instead of one plain layer:
two layers, six copies of the parameters with relaxation, gates with cutoff, dropout at every step.
"""

import os
import sys

threads, n = int(sys.argv[1]), int(sys.argv[2])
os.environ["OMP_NUM_THREADS"] = str(threads)
import torch  # noqa: E402  (reads the variable above)
import torch.nn.functional as F  # noqa: E402
from turns import answer_turns  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(0)
B, W, M, V = 32, 4, 24, 4
original = sys.argv[3:] == ["original"]
LAYERS, COPIES, KEEP, PULL = (2, 6, 0.91, 0.0005) if original else (1, 1, 1, 0)


def parameter(*shape):
    return (torch.randn(*shape) * 0.08).contiguous(memory_format=torch.channels_last).requires_grad_(True)


def layer():
    return [
        parameter(2 * M, M, 3, 3),
        torch.ones(2 * M).requires_grad_(True),
        parameter(M, M, 3, 3),
        torch.zeros(M).requires_grad_(True),
    ]


copies = [[layer() for _ in range(LAYERS)] for _ in range(COPIES)]
output, output_bias = (torch.randn(V, M) * 0.08).requires_grad_(True), torch.zeros(V).requires_grad_(True)
relaxed = [[tensor for cell in copy for tensor in cell] for copy in copies]
parameters = [tensor for copy in relaxed for tensor in copy] + [output, output_bias]
optimiser = torch.optim.Adam(parameters, lr=1e-3)
first = torch.zeros(B, M, n, W)
first[:, :, :, 0] = torch.randn(B, M, n)
first = first.contiguous(memory_format=torch.channels_last)
target = torch.randint(0, V, (B, n))


def cell(s, gates, gates_bias, candidate, candidate_bias):
    u, r = torch.chunk(gate(F.conv2d(s, gates, gates_bias, padding=1)), 2, 1)
    c = torch.tanh(F.conv2d(r * s, candidate, candidate_bias, padding=1))
    return u * s + (1 - u) * c


def gate(x):
    return torch.clamp(1.2 * torch.sigmoid(x) - 0.1, 0, 1) if original else torch.sigmoid(x)


def pull():
    total = 0
    for same in zip(*relaxed):
        stacked = torch.stack(same)
        total = total + ((stacked - stacked.mean(0)) ** 2).sum()
    return PULL * total


def step():
    optimiser.zero_grad(set_to_none=True)
    s = first
    for t in range(n):
        if original:
            s = F.dropout(s, 1 - KEEP)
        for weights in copies[t % COPIES]:
            s = cell(s, *weights)
    logits = torch.einsum("bml,vm->bvl", s[:, :, :, 0], output) + output_bias[None, :, None]
    loss = F.cross_entropy(logits, target)
    if original:
        loss = loss + pull()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimiser.step()


answer_turns(step)
