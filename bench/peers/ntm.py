"""The Neural Turing Machine's training step in PyTorch, with the same computation as ours: `ntm.py threads size`.

Batched, with one matrix product for all gates of the LSTM and one for all outputs to the heads. Adam, norm clipped to 10.
"""

import os
import sys

threads, size = int(sys.argv[1]), int(sys.argv[2])
os.environ["OMP_NUM_THREADS"] = str(threads)
import torch  # noqa: E402  (reads the variable above)
import torch.nn.functional as F  # noqa: E402
from turns import answer_turns  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(0)
B, N, M, U, BITS = 16, 128, 20, 100, 8
SHIFTS = 3
T = 2 * size + 1
cell = torch.nn.LSTMCell(BITS + 1 + M, U)
told = torch.nn.Linear(U, 2 * (M + 1 + 1 + SHIFTS + 1) + 2 * M)
output = torch.nn.Linear(U + M, BITS)
first = torch.nn.ParameterList([torch.nn.Parameter(0.1 * torch.randn(n)) for n in (N, N, M, U, U)])
parameters = [*cell.parameters(), *told.parameters(), *output.parameters(), *first]
optimiser = torch.optim.Adam(parameters, lr=1e-3)
bits = torch.randint(0, 2, (B, size, BITS)).float()
x = torch.zeros(T, B, BITS + 1)
x[:size, :, :BITS] = bits.transpose(0, 1)
x[size, :, BITS] = 1
target = bits.transpose(0, 1)


def address(memory, squares, before, key, strength, gate, shifts, gamma):
    product = torch.bmm(memory, key[:, :, None])[:, :, 0]
    cosine = product / torch.sqrt(squares * (key * key).sum(1, keepdim=True) + 1e-16)
    content = torch.softmax(strength * cosine, 1)
    mixed = gate * content + (1 - gate) * before
    moved = sum(shifts[:, k : k + 1] * torch.roll(mixed, k - 1, 1) for k in range(SHIFTS))
    powers = (moved + 1e-16) ** gamma
    return powers / powers.sum(1, keepdim=True)


def step():
    optimiser.zero_grad(set_to_none=True)
    memory = torch.full((B, N, M), 1e-6)
    read_w, write_w = (torch.softmax(p, 0).expand(B, N) for p in first[:2])
    read, h, c = (torch.tanh(p).expand(B, -1) for p in first[2:])
    outputs = []
    for t in range(T):
        h, c = cell(torch.cat([x[t], read], 1), (h, c))
        parts = torch.clamp(told(h), -20, 20).split([M, 1, 1, SHIFTS, 1, M, 1, 1, SHIFTS, 1, M, M], 1)
        squares = (memory * memory).sum(2)
        heads = []
        for before, (key, strength, gate, shifts, gamma) in ((read_w, parts[:5]), (write_w, parts[5:10])):
            heads.append(
                address(memory, squares, before, torch.tanh(key), F.softplus(strength), torch.sigmoid(gate),
                        torch.softmax(shifts, 1), 1 + F.softplus(gamma))
            )
        read_w, write_w = heads
        read = torch.bmm(read_w[:, None], memory)[:, 0]
        w = write_w[:, :, None]
        memory = memory * (1 - w * torch.sigmoid(parts[10])[:, None]) + w * torch.tanh(parts[11])[:, None]
        if t > size:
            outputs.append(output(torch.cat([h, read], 1)))
    F.binary_cross_entropy_with_logits(torch.stack(outputs), target, reduction="sum").div(B).backward()
    torch.nn.utils.clip_grad_norm_(parameters, 10.0)
    optimiser.step()


answer_turns(step)
