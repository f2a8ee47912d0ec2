"""What `trainer doctor --plan` says, against what the same model takes on ranks whose links are that narrow."""
import csv
import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from network_link import Network
from network_ranks import Ranks

MODEL = ".deps/models/all-MiniLM-L6-v2"
# Little to compute, so that other work on the machine matters little.
LENGTH, BATCH, STEPS = 16, 1, 6
# One thread for each rank; large packets, so that carrying them costs little.
THREADS, MTU = {"OMP_NUM_THREADS": "1"}, 9000


def predicted(trainer, ranks, gbps, microseconds):
    """Seconds of a step, as planned; and the plan."""
    words = [
        str(trainer), "doctor", "--plan", str(ranks), "--model", MODEL, "--max-length", str(LENGTH),
        "--per-device-train-batch-size", str(BATCH), "--use-cpu", "--json", "--link-gbps", str(gbps),
        "--link-latency-us", str(microseconds),
    ]
    done = subprocess.run(words, env={**os.environ, **THREADS}, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    plan = json.loads(done.stdout)
    return next(entry["step_seconds"] for entry in plan["ranks"] if entry["ranks"] == ranks), plan


def measured(trainer, ranks, gbps, microseconds, root):
    """Seconds of a step: the median of those between rank 0's log lines, but for the first two."""
    folder = Path(tempfile.mkdtemp(dir=root))
    with open(folder / "rows.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "label"])
        for number in range(BATCH * ranks * (STEPS + 1)):
            rows.writerow([" ".join(["word"] * LENGTH), ("bad", "good")[number % 2]])
    words = [
        str(trainer), "train", "--model", MODEL, "--train-file", str(folder / "rows.csv"), "--max-length", str(LENGTH),
        "--per-device-train-batch-size", str(BATCH), "--max-steps", str(STEPS), "--logging-steps", "1",
        "--save-strategy", "no", "--output-dir", str(folder / "out"), "--use-cpu", "--disable-tqdm",
        "--ddp-timeout", "300",
    ]
    with Network(ranks, delay=microseconds / 1e6, bits_per_second=gbps * 1e9, mtu=MTU) as network:
        with Ranks(network, words, folder, THREADS) as started:
            times = []
            while started.processes[0].poll() is None:
                seen = len(re.findall(r"'loss'", started.errors(0)))
                times += [time.monotonic()] * (seen - len(times))
                time.sleep(0.005)
            if len(times) < STEPS:
                raise RuntimeError(started.errors(0).strip()[-400:])
    pauses = sorted(after - before for before, after in zip(times[1:], times[2:]))
    return pauses[len(pauses) // 2]


def compare(trainer, root, cases=((2, 0.1, 200), (3, 0.1, 200), (4, 0.1, 2000))):
    """Lines with both numbers, and the largest difference."""
    lines, largest = [], 0.0
    for ranks, gbps, microseconds in cases:
        plan, whole = predicted(trainer, ranks, gbps, microseconds)
        real = measured(trainer, ranks, gbps, microseconds, root)
        difference = plan / real - 1
        largest = max(largest, abs(difference))
        lines.append(f"{ranks} ranks, {gbps} Gbit/s, {microseconds} µs: planned {plan:.2f} s, measured {real:.2f} s "
                     f"({difference:+.1%}); one rank alone {whole['step']['seconds']:.2f} s")
    return lines, largest
