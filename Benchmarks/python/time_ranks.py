"""What several ranks cost: the time of a step on one rank with one core, on copies of that run side by side without a word
between them (what the processor itself gives), and on ranks that average their gradients. Beside it the seconds of
processor time of a rank's step: where those are the whole step, nobody waits, and the exchange is work for that same core.

Usage: time_ranks.py --trainer PROGRAM --model FOLDER [--python PYTHON] [--ranks N] [--repeats N] [--batch N] [--words N]
"""
import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile

SHORT, LONG = 5, 35
WORDS = ["film", "story", "actor", "music", "scene", "never", "almost", "quite"]


class Run:
    """A way to train, on so many cores, one process each."""

    def __init__(self, name, options, cores, joined, more=(), python=None):
        self.name, self.options, self.cores, self.joined, self.more = name, options, cores, joined, list(more)
        self.python = python
        self.found = []

    def command(self, folder, output, steps):
        options = self.options
        if self.python:
            return [self.python, os.path.abspath(__file__), "--rank", options.model, folder, output, str(options.batch), str(steps)]
        return [options.trainer, "train", "--model", options.model, "--train-file", os.path.join(folder, "train.csv"),
                "--text-column", "text", "--label-column", "label", "--output-dir", output,
                "--per-device-train-batch-size", str(options.batch), "--max-steps", str(steps), "--use-cpu",
                "--save-strategy", "no", "--report-to", "none", "--disable-tqdm", "true", *self.more]

    def seconds(self, folder, steps):
        """Of the training and of processor time, of the slowest process."""
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        processes = []
        for rank, core in enumerate(self.cores):
            output = os.path.join(folder, "out" if self.joined else f"out.{rank}")
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "SWIFT_TRAINER_RANKS": "1", "HF_HUB_OFFLINE": "1",
                           "TOKENIZERS_PARALLELISM": "false"}
            if self.joined:
                environment.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(len(self.cores)),
                                   LOCAL_WORLD_SIZE=str(len(self.cores)), MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
            errors = tempfile.TemporaryFile()
            command = ["taskset", "-c", str(core), *self.command(folder, output, steps)]
            processes.append((output, errors, subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)))
        processor = []
        for _, errors, process in processes:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                errors.seek(0)
                raise SystemExit(errors.read().decode()[-1500:])
            processor.append(usage.ru_utime + usage.ru_stime)
        times = []
        for output in {output for output, _, _ in processes}:
            with open(os.path.join(output, "train_results.json")) as file:
                times.append(json.load(file)["train_runtime"])
        return max(times), max(processor)

    def measure(self, folder):
        short, long = self.seconds(folder, SHORT), self.seconds(folder, LONG)
        self.found.append([(b - a) / (LONG - SHORT) for a, b in zip(short, long)])

    def row(self, alone):
        wall = sorted(each[0] for each in self.found)
        middle, processor = (statistics.median(each[i] for each in self.found) for i in (0, 1))
        return (f"| {self.name} | {1000 * middle:.0f} ({1000 * wall[0]:.0f} to {1000 * wall[-1]:.0f}) | "
                f"{1000 * processor:.0f} | {middle / alone:.2f} |")

    @property
    def median(self):
        return statistics.median(each[0] for each in self.found)


def write_rows(path, count, words):
    generator = random.Random(1)
    with open(path, "w") as file:
        file.write("text,label\n")
        for row in range(count):
            file.write(f"{' '.join(generator.choices(WORDS, k=words))},{row % 2}\n")


def rank(model, folder, output, batch, steps):
    """One of Python's ranks."""
    import csv

    import torch
    from transformers import (AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer,
                              TrainingArguments)

    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(model)
    with open(os.path.join(folder, "train.csv"), newline="") as file:
        rows = [{**tokenizer(row["text"]), "labels": int(row["label"])} for row in csv.DictReader(file)]
    trainer = Trainer(
        model=AutoModelForSequenceClassification.from_pretrained(model, num_labels=2), train_dataset=rows,
        data_collator=DataCollatorWithPadding(tokenizer),
        args=TrainingArguments(
            output_dir=output, max_steps=int(steps), per_device_train_batch_size=int(batch), save_strategy="no",
            report_to="none", disable_tqdm=True, use_cpu=True))
    trainer.save_metrics("train", trainer.train().metrics)
    sys.stdout.flush()
    if torch.distributed.is_initialized():
        torch.distributed.barrier()
    os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trainer", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--python", help="a Python with the peer's packages, to be timed as well")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--words", type=int, default=60)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < options.ranks:
        raise SystemExit(f"{options.ranks} ranks need as many cores, and there are {len(cores)}")
    cores = cores[:options.ranks]
    ours = [
        Run("one rank", options, cores[:1], False),
        Run(f"{options.ranks} runs side by side, no exchange", options, cores, False),
        Run(f"{options.ranks} ranks", options, cores, True),
        Run(f"{options.ranks} ranks, gradients in bfloat16", options, cores, True, ["--ddp-comm-hook", "bf16"]),
    ]
    theirs = []
    if options.python:
        theirs = [Run("Python, one rank", options, cores[:1], False, python=options.python),
                  Run(f"Python, {options.ranks} ranks", options, cores, True, python=options.python)]
    with tempfile.TemporaryDirectory() as folder:
        write_rows(os.path.join(folder, "train.csv"), LONG * options.batch * options.ranks, options.words)
        for _ in range(options.repeats):
            for each in ours + theirs:
                each.measure(folder)
    print("| | ms a step | processor time, ms a step | times one rank |\n|---|---|---|---|")
    for group in (ours, theirs):
        for each in group:
            print(each.row(group[0].median))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rank"]:
        rank(*sys.argv[2:])
    else:
        main()
