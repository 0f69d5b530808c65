"""The protocol of a peer (turns.ts) in Python: prints "ready", then answers each line "run <ms>" with the times of its steps."""

import json
import sys
import time


def answer_turns(step):
    step()
    step()
    print("ready", flush=True)
    for line in sys.stdin:
        command, budget = line.split()
        if command != "run":
            break
        wall, cpu, begin = [], [], time.perf_counter()
        while not wall or (time.perf_counter() - begin) * 1e3 < float(budget):
            start, used = time.perf_counter(), time.process_time()
            step()
            wall.append((time.perf_counter() - start) * 1e3)
            cpu.append((time.process_time() - used) * 1e3)
        print(json.dumps({"wall": wall, "cpu": cpu}), flush=True)
