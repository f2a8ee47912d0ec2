"""Python's Trainer on MiniLM and SST-2, as a peer for `trainer train`: prints one JSON object.

Both sides time the same things: training and evaluation by Trainer's own metrics, the first optimizer step from the
start of the process (BENCHMARK_STARTED, seconds since 1970, set by Benchmarks/run).
"""
import argparse
import json
import os
import tempfile
import time

STARTED = float(os.environ.get("BENCHMARK_STARTED") or time.time())
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
from transformers import (AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer,
                          TrainerCallback, TrainingArguments, set_seed)
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()


class Rows(torch.utils.data.Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]


class FirstStep(TrainerCallback):
    seconds = None

    def on_step_end(self, args, state, control, **kwargs):
        if self.seconds is None:
            self.seconds = time.time() - STARTED


def read_tsv(path, rows):
    """Columns `label` and `sentence` of an SST-2 file, in file order."""
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().replace("\r\n", "\n").split("\n")
    columns = lines[0].split("\t")
    text, label = columns.index("sentence"), columns.index("label")
    cells = [line.split("\t") for line in lines[1:] if line]
    return [(c[text], int(c[label])) for c in cells[:rows]]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, help="a folder with SST-2's train.tsv and dev.tsv")
    parser.add_argument("--rows", type=int, default=6400)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--max-steps", type=int, default=-1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    set_seed(options.seed)
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForSequenceClassification.from_pretrained(options.model, num_labels=2)

    def rows(name, count):
        pairs = read_tsv(os.path.join(options.data, name), count)
        encoded = tokenizer([text for text, _ in pairs], truncation=True, max_length=128)
        return Rows([{**{k: v[i] for k, v in encoded.items()}, "labels": label} for i, (_, label) in enumerate(pairs)])

    first = FirstStep()
    with tempfile.TemporaryDirectory() as output:
        trainer = Trainer(
            model=model, processing_class=tokenizer, data_collator=DataCollatorWithPadding(tokenizer), callbacks=[first],
            args=TrainingArguments(
                output_dir=output, num_train_epochs=1, max_steps=options.max_steps, per_device_train_batch_size=32,
                per_device_eval_batch_size=32, learning_rate=5e-5, seed=options.seed, logging_steps=50, save_strategy="no",
                report_to="none", disable_tqdm=True, use_cpu=True),
            train_dataset=rows("train.tsv", options.rows), eval_dataset=rows("dev.tsv", None),
            compute_metrics=lambda p: {"accuracy": float((p.predictions.argmax(-1) == p.label_ids).mean())})
        result = {**trainer.train().metrics}
        if options.max_steps < 0:
            result |= trainer.evaluate()
    names = ("train_samples_per_second", "train_loss", "eval_samples_per_second", "eval_accuracy", "eval_loss")
    print(json.dumps({**{n: result[n] for n in names if n in result}, "first_step_seconds": first.seconds}))


if __name__ == "__main__":
    main()
