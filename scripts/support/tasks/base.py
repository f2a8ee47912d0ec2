"""What the comparisons of tasks have in common: both trainers on the same rows and arguments."""

import json
import os
import subprocess
import tempfile

import torch
from transformers import PrinterCallback, Trainer, TrainingArguments, set_seed

BATCH = 16


class Rows(torch.utils.data.Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]


class Task:
    """One comparison: what Python trains on, and the words for `trainer train`."""

    metric = "f1"
    learning_rate = 2e-4
    epochs = 1
    # The most rows of a split.
    rows = {"train": 1 << 30, "validation": 1 << 30}
    # Python's compute_metrics; None where the loss is compared.
    metrics = None
    # By how much the metric may differ with the same seed.
    tolerance = 0.01

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.epochs = options.epochs or self.epochs
        self.limits = {split: min(rows, options.rows or rows) for split, rows in self.rows.items()}
        self.prepare()

    def path(self, name):
        return os.path.join(self.folder, name)

    def arguments(self, seed, output):
        return TrainingArguments(
            output_dir=output, seed=seed, per_device_train_batch_size=BATCH, per_device_eval_batch_size=32,
            learning_rate=self.learning_rate, num_train_epochs=self.epochs, save_strategy="no",
            report_to="none", use_cpu=True, disable_tqdm=True, logging_steps=1,
        )

    def python(self, seed):
        with tempfile.TemporaryDirectory() as output:
            set_seed(seed)
            trainer = Trainer(
                model=self.model(), args=self.arguments(seed, output), train_dataset=Rows(self.train),
                eval_dataset=Rows(self.validation), data_collator=self.collator(), compute_metrics=self.metrics,
                processing_class=self.tokenizer,
            )
            trainer.remove_callback(PrinterCallback)
            trainer.train()
            losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
            return trainer.evaluate()["eval_" + self.metric], losses

    def swift(self, seed, numerics):
        with tempfile.TemporaryDirectory() as output:
            words = [
                self.options.trainer, "train", "--model", self.base, "--output-dir", output, "--seed", str(seed),
                "--per-device-train-batch-size", str(BATCH), "--per-device-eval-batch-size", "32",
                "--learning-rate", str(self.learning_rate), "--num-train-epochs", str(self.epochs),
                "--save-strategy", "no", "--report-to", "none", "--use-cpu", "--disable-tqdm", "true",
                "--logging-steps", "1", "--numerics", numerics, "--train-file", self.path("train" + self.suffix),
                "--validation-file", self.path("validation" + self.suffix),
            ] + self.words
            done = subprocess.run(words, capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"{type(self).__name__}: {done.stderr[-2000:]}")
            with open(os.path.join(output, "all_results.json")) as file:
                value = json.load(file)["eval_" + self.metric]
            with open(os.path.join(output, "trainer_state.json")) as file:
                history = json.load(file)["log_history"]
            return value, [entry["loss"] for entry in history if "loss" in entry]
