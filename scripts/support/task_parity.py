"""Trains each task with Python's Trainer and with `trainer train` on the same rows and arguments, and compares the metric
of the last evaluation: by default one seed in `reference` numerics, where they must agree within the task's tolerance; with
--seeds N the mean over N seeds in `fast`, which must lie within two standard errors of Python's.
"""

import argparse
import math
import os
import statistics
import sys
import tempfile
import time

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
from transformers.utils import logging

from tasks.answers import XQuad
from tasks.masks import WikiText
from tasks.sequences import ChnSentiCorp, MultiLabel, StsB
from tasks.tags import ResumeNer, Wnut17

logging.set_verbosity_error()
logging.disable_progress_bar()
TASKS = {"wnut17": Wnut17, "resume-ner": ResumeNer, "chnsenticorp": ChnSentiCorp, "stsb": StsB,
         "multi-label": MultiLabel, "xquad": XQuad, "wikitext": WikiText}


def reference(name, task):
    started = time.time()
    theirs, losses = task.python(42)
    middle = time.time()
    ours, own = task.swift(42, "reference")
    ended = time.time()
    same = len(losses) == len(own)
    worst = max(abs(a - b) / max(1, abs(a)) for a, b in zip(losses, own)) if same else math.inf
    print(f"{name:12} reference {task.metric}: Python {theirs:.4f} ({middle - started:.0f} s), "
          f"Swift {ours:.4f} ({ended - middle:.0f} s), losses differ by {worst:.1e}", end="", flush=True)
    return abs(theirs - ours) <= task.tolerance and worst <= 1e-4


def several(name, task, seeds):
    theirs, ours, seconds = [], [], [0.0, 0.0]
    for seed in range(42, 42 + seeds):
        started = time.time()
        theirs.append(task.python(seed)[0])
        middle = time.time()
        ours.append(task.swift(seed, "fast")[0])
        seconds[0] += middle - started
        seconds[1] += time.time() - middle
    error = math.sqrt((statistics.variance(theirs) + statistics.variance(ours)) / seeds)
    difference = abs(statistics.mean(theirs) - statistics.mean(ours))
    print(f"{name:12} fast {task.metric}, {seeds} seeds: Python {statistics.mean(theirs):.4f} ({seconds[0]:.0f} s), "
          f"Swift {statistics.mean(ours):.4f} ({seconds[1]:.0f} s), differ by {difference:.4f}, two standard errors "
          f"{2 * error:.4f}", end="", flush=True)
    return difference <= 2 * error


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainer", required=True, help="the command line program")
    parser.add_argument("--data", required=True, help="the folder of data sets")
    parser.add_argument("--model", required=True, help="the folder of MiniLM")
    parser.add_argument("--only", nargs="*", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--rows", type=int, help="at most so many rows (lines, articles) of each split")
    parser.add_argument("--epochs", type=int, help="instead of each task's own")
    parser.add_argument("--seeds", type=int, default=0)
    options = parser.parse_args()
    failed = 0
    for name in options.only:
        with tempfile.TemporaryDirectory() as folder:
            task = TASKS[name](options, folder)
            passed = several(name, task, options.seeds) if options.seeds else reference(name, task)
            print("" if passed else "  DIFFERS", flush=True)
            failed += not passed
    print(f"{len(options.only) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
