"""Trains each task with Python's Trainer and with `trainer train` on the same rows and arguments, and compares the metrics
of the last evaluation: by default one seed in `reference` numerics, where they must agree within 0.01; with --seeds N the
mean over N seeds in `fast`, which must lie within two standard errors of Python's.

Usage: task_parity.py --trainer PROGRAM --data FOLDER --model FOLDER [--only TASK ...] [--rows N] [--epochs N] [--seeds N]
"""

import argparse
import csv
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
import numpy as np
import torch
from transformers import (
    AutoModelForMaskedLM,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    BertConfig,
    BertForTokenClassification,
    DataCollatorForTokenClassification,
    DataCollatorWithPadding,
    Trainer,
    TrainingArguments,
)

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

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.prepare()

    def path(self, name):
        return os.path.join(self.folder, name)

    def arguments(self, seed, output):
        return TrainingArguments(
            output_dir=output, seed=seed, per_device_train_batch_size=BATCH, per_device_eval_batch_size=32,
            learning_rate=self.learning_rate, num_train_epochs=self.options.epochs, save_strategy="no",
            report_to="none", use_cpu=True, disable_tqdm=True, logging_steps=10,
        )

    def python(self, seed):
        with tempfile.TemporaryDirectory() as output:
            torch.manual_seed(seed)
            from transformers import set_seed

            set_seed(seed)
            trainer = Trainer(
                model=self.model(), args=self.arguments(seed, output), train_dataset=Rows(self.train),
                eval_dataset=Rows(self.validation), data_collator=self.collator(), compute_metrics=self.metrics,
                processing_class=self.tokenizer,
            )
            trainer.train()
            losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
            return trainer.evaluate()["eval_" + self.metric], losses

    def swift(self, seed, numerics):
        with tempfile.TemporaryDirectory() as output:
            words = [
                self.options.trainer, "train", "--model", self.base, "--output-dir", output, "--seed", str(seed),
                "--per-device-train-batch-size", str(BATCH), "--per-device-eval-batch-size", "32",
                "--learning-rate", str(self.learning_rate), "--num-train-epochs", str(self.options.epochs),
                "--save-strategy", "no", "--report-to", "none", "--use-cpu", "--disable-tqdm", "true",
                "--logging-steps", "10", "--numerics", numerics, "--train-file", self.path("train" + self.suffix),
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


class Tags(Task):
    """Entities: the F1 of seqeval."""

    suffix = ".conll"
    words = ["--task", "token-classification"]

    def prepare(self):
        from seqeval.metrics import f1_score

        self.f1_score = f1_score
        train, validation = self.sentences()
        for name, rows in (("train", train), ("validation", validation)):
            with open(self.path(name + self.suffix), "w", encoding="utf-8") as file:
                for words, tags in rows:
                    file.writelines(f"{word}\t{tag}\n" for word, tag in zip(words, tags))
                    file.write("\n")
        self.labels = sorted({tag for rows in (train, validation) for _, tags in rows for tag in tags})
        self.make_base(train)
        self.tokenizer = AutoTokenizer.from_pretrained(self.base)
        self.train, self.validation = [[self.encoded(*row) for row in rows] for rows in (train, validation)]

    def encoded(self, words, tags):
        encoding = self.tokenizer(words, is_split_into_words=True, truncation=True)
        labels, before = [], None
        for word in encoding.word_ids():
            labels.append(-100 if word is None or word == before else self.labels.index(tags[word]))
            before = word
        return {**{key: encoding[key] for key in ("input_ids", "token_type_ids", "attention_mask")}, "labels": labels}

    def model(self):
        names = dict(enumerate(self.labels))
        return AutoModelForTokenClassification.from_pretrained(
            self.base, id2label=names, label2id={name: number for number, name in names.items()})

    def collator(self):
        return DataCollatorForTokenClassification(self.tokenizer)

    def metrics(self, prediction):
        best = prediction.predictions.argmax(-1)
        tags = [
            [(self.labels[p], self.labels[l]) for p, l in zip(*row) if l != -100]
            for row in zip(best, prediction.label_ids)
        ]
        return {"f1": self.f1_score([[l for _, l in row] for row in tags], [[p for p, _ in row] for row in tags])}


class Wnut17(Tags):
    """MiniLM on WNUT17's rare entities."""

    def sentences(self):
        def read(name):
            rows, words = [], []
            with open(os.path.join(self.options.data, "ner/wnut17", name), encoding="utf-8") as file:
                for line in file:
                    parts = line.rstrip("\n").split("\t")
                    if len(parts) < 2 or not parts[0]:
                        if words:
                            rows.append(tuple(zip(*words)))
                        words = []
                    else:
                        words.append((parts[0], parts[1]))
            if words:
                rows.append(tuple(zip(*words)))
            return rows[: self.options.rows]

        return read("wnut17train.conll"), read("emerging.dev.conll")

    def make_base(self, _):
        self.base = self.options.model


class ResumeNer(Tags):
    """A character model from scratch on Chinese résumés."""

    learning_rate = 1e-3

    def sentences(self):
        def read(name):
            with open(os.path.join(self.options.data, "zh/resume-ner", name), encoding="utf-8") as file:
                rows = [line.rstrip("\n").split("\t") for line in file if "\t" in line]
            return [(words.split(" "), tags.split(" ")) for words, tags in rows][: self.options.rows]

        return read("train.char.bmes"), read("dev.char.bmes")

    def make_base(self, train):
        self.base = self.path("model")
        os.makedirs(self.base, exist_ok=True)
        characters = sorted({character for words, _ in train for character in words})
        with open(os.path.join(self.base, "vocab.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + characters) + "\n")
        with open(os.path.join(self.base, "tokenizer_config.json"), "w") as file:
            json.dump({"tokenizer_class": "BertTokenizer", "model_max_length": 256}, file)
        torch.manual_seed(1)
        BertForTokenClassification(
            BertConfig(
                vocab_size=len(characters) + 5, hidden_size=128, num_hidden_layers=2, num_attention_heads=4,
                intermediate_size=256, max_position_embeddings=256, num_labels=len(self.labels),
            )
        ).save_pretrained(self.base)


class StsB(Task):
    """Regression: how alike two sentences are; Pearson's correlation."""

    metric = "pearson"
    suffix = ".jsonl"
    words = ["--text-column", "sentence1", "--text-pair-column", "sentence2", "--label-column", "score",
             "--problem-type", "regression"]

    def prepare(self):
        self.base = self.options.model
        self.tokenizer = AutoTokenizer.from_pretrained(self.base)
        self.train, self.validation = [self.read(name) for name in ("train", "validation")]

    def read(self, name):
        rows = []
        with open(os.path.join(self.options.data, "glue/stsb", {"validation": "dev"}.get(name, name) + ".tsv"),
                  encoding="utf-8") as file:
            for parts in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if parts[0] != "index":
                    rows.append({"sentence1": parts[7], "sentence2": parts[8], "score": float(parts[9])})
        rows = rows[: self.options.rows]
        with open(self.path(name + self.suffix), "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return [
            {**self.tokenizer(row["sentence1"], row["sentence2"], truncation=True), "labels": row["score"]}
            for row in rows
        ]

    def model(self):
        return AutoModelForSequenceClassification.from_pretrained(self.base, num_labels=1, problem_type="regression")

    def collator(self):
        return DataCollatorWithPadding(self.tokenizer)

    def metrics(self, prediction):
        return {"pearson": float(np.corrcoef(prediction.predictions[:, 0], prediction.label_ids)[0, 1])}


class MultiLabel(Task):
    """Several labels at once: which of six things a made-up sentence names; F1 over all labels together."""

    suffix = ".csv"
    words = ["--text-column", "text", "--label-column", "labels", "--problem-type", "multi_label_classification",
             "--label-separator", "|"]
    things = {"animal": ["dog", "horse", "bird"], "colour": ["red", "green", "blue"], "food": ["bread", "soup", "rice"],
              "place": ["city", "river", "bridge"], "tool": ["hammer", "rope", "knife"], "time": ["night", "summer", "noon"]}

    def prepare(self):
        self.base = self.options.model
        self.tokenizer = AutoTokenizer.from_pretrained(self.base)
        self.labels = sorted(self.things)
        generator = random.Random(5)
        self.train, self.validation = self.make(generator, "train", 1600), self.make(generator, "validation", 400)

    def make(self, generator, name, count):
        rows = []
        for _ in range(min(count, self.options.rows)):
            chosen = [label for label in self.labels if generator.random() < 0.35]
            words = [generator.choice(self.things[label]) for label in chosen]
            words += generator.choices(["something", "someone", "perhaps", "never", "almost", "quietly"], k=3)
            generator.shuffle(words)
            rows.append((" ".join(words), chosen))
        with open(self.path(name + self.suffix), "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "labels"])
            writer.writerows([text, "|".join(chosen)] for text, chosen in rows)
        return [
            {**self.tokenizer(text, truncation=True), "labels": [float(label in chosen) for label in self.labels]}
            for text, chosen in rows
        ]

    def model(self):
        return AutoModelForSequenceClassification.from_pretrained(
            self.base, num_labels=len(self.labels), problem_type="multi_label_classification")

    def collator(self):
        return DataCollatorWithPadding(self.tokenizer)

    def metrics(self, prediction):
        given, wanted = prediction.predictions > 0, prediction.label_ids > 0.5
        right = (given & wanted).sum()
        return {"f1": float(2 * right / max(given.sum() + wanted.sum(), 1))}


TASKS = {"wnut17": Wnut17, "resume-ner": ResumeNer, "stsb": StsB, "multi-label": MultiLabel}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trainer", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--only", nargs="*", default=list(TASKS))
    parser.add_argument("--rows", type=int, default=1 << 30)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=0)
    options = parser.parse_args()
    failed = 0
    for name in options.only:
        with tempfile.TemporaryDirectory() as folder:
            task = TASKS[name](options, folder)
            if options.seeds == 0:
                started = time.time()
                theirs, losses = task.python(42)
                middle = time.time()
                ours, own = task.swift(42, "reference")
                ended = time.time()
                worst = max(abs(a - b) / max(1, abs(a)) for a, b in zip(losses, own)) if len(losses) == len(own) else math.inf
                passed = abs(theirs - ours) <= 0.01
                print(f"{name:12} reference {task.metric}: Python {theirs:.4f} ({middle - started:.0f} s), "
                      f"Swift {ours:.4f} ({ended - middle:.0f} s), losses differ by {worst:.1e}"
                      f"{'' if passed else '  DIFFERS'}", flush=True)
            else:
                seeds = range(42, 42 + options.seeds)
                theirs = [task.python(seed)[0] for seed in seeds]
                ours = [task.swift(seed, "fast")[0] for seed in seeds]
                error = math.sqrt((statistics.variance(theirs) + statistics.variance(ours)) / len(ours))
                passed = abs(statistics.mean(theirs) - statistics.mean(ours)) <= 2 * error
                print(f"{name:12} fast {task.metric}, {options.seeds} seeds: Python {statistics.mean(theirs):.4f}, "
                      f"Swift {statistics.mean(ours):.4f}, two standard errors {2 * error:.4f}"
                      f"{'' if passed else '  DIFFERS'}", flush=True)
            failed += not passed
    print(f"{len(options.only) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
