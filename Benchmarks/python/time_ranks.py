"""What several ranks cost: the time of a step on one rank with one core, on copies of that run side by side without a word
between them (what the processor itself gives), and on ranks that average their gradients.

Usage: time_ranks.py --trainer PROGRAM --model FOLDER [--ranks N] [--repeats N] [--batch N] [--words N]
"""

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import tempfile

SHORT, LONG = 5, 35


def run(options, folder, cores, joined):
    """Runs one process for each core; the seconds of a step, that of the slowest."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]

    def seconds(steps):
        processes = []
        for rank, core in enumerate(cores):
            output = os.path.join(folder, f"out.{rank}")
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "SWIFT_TRAINER_RANKS": "1"}
            if joined:
                environment.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(len(cores)),
                                   LOCAL_WORLD_SIZE=str(len(cores)), MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
                output = os.path.join(folder, "out")
            processes.append((output, subprocess.Popen(
                ["taskset", "-c", str(core), options.trainer, "train", "--model", options.model, "--train-file",
                 os.path.join(folder, "train.csv"), "--text-column", "text", "--label-column", "label", "--output-dir",
                 output, "--per-device-train-batch-size", str(options.batch), "--max-steps", str(steps), "--use-cpu",
                 "--save-strategy", "no", "--report-to", "none", "--disable-tqdm", "true"],
                env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)))
        for _, process in processes:
            _, errors = process.communicate()
            if process.returncode:
                raise SystemExit(errors.decode()[-1500:])
        times = []
        for output, _ in processes:
            with open(os.path.join(output, "train_results.json")) as file:
                times.append(json.load(file)["train_runtime"])
        return max(times)

    return (seconds(LONG) - seconds(SHORT)) / (LONG - SHORT)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trainer", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--words", type=int, default=60)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < options.ranks:
        raise SystemExit(f"{options.ranks} ranks need as many cores, and there are {len(cores)}")
    generator = random.Random(1)
    names = ["alone", "side by side, no exchange", "ranks"]
    found = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "train.csv"), "w") as file:
            file.write("text,label\n")
            for row in range(LONG * options.batch * options.ranks):
                words = generator.choices(["film", "story", "actor", "music", "scene", "never", "almost", "quite"], k=options.words)
                file.write(f"{' '.join(words)},{row % 2}\n")
        for _ in range(options.repeats):
            found[names[0]].append(run(options, folder, cores[:1], False))
            found[names[1]].append(run(options, folder, cores[: options.ranks], False))
            found[names[2]].append(run(options, folder, cores[: options.ranks], True))
    alone = statistics.median(found[names[0]])
    print("| | ms/step | times one rank alone |\n|---|---|---|")
    for name in names:
        values = sorted(found[name])
        middle = statistics.median(values)
        print(f"| {name} | {1000 * middle:.1f} ({1000 * values[0]:.1f} to {1000 * values[-1]:.1f}) | {middle / alone:.2f} |")


main()
