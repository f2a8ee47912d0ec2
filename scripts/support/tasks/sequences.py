"""Sentiment of Chinese reviews, regression, and several labels at once."""

import csv
import json
import os
import random
import shutil

import numpy as np
import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    DataCollatorWithPadding,
)

from .base import Task


class ChnSentiCorp(Task):
    """Whether a Chinese review is positive: a small model from scratch with the tokenizer of bert-base-chinese."""

    metric = "accuracy"
    learning_rate = 1e-3
    suffix = ".jsonl"
    words = ["--max-length", "128"]
    rows = {"train": 4000, "validation": 1200}

    def prepare(self):
        self.base = self.path("model")
        shutil.copytree(os.path.join(self.options.data, "tokenizers/bert-base-chinese"), self.base)
        self.tokenizer = AutoTokenizer.from_pretrained(self.base)
        torch.manual_seed(1)
        BertForSequenceClassification(
            BertConfig(
                vocab_size=len(self.tokenizer), hidden_size=128, num_hidden_layers=2, num_attention_heads=4,
                intermediate_size=256, max_position_embeddings=128,
            )
        ).save_pretrained(self.base)
        self.labels = ["negative", "positive"]
        self.train, self.validation = self.read("train"), self.read("validation")

    def read(self, name):
        file = os.path.join(self.options.data, "zh/ChnSentiCorp", {"validation": "dev"}.get(name, name) + ".tsv")
        with open(file, encoding="utf-8") as lines:
            pairs = [line.rstrip("\n").rsplit("\t", 1) for line in lines]
        rows = [{"text": text, "label": label} for text, label in pairs][: self.limits[name]]
        with open(self.path(name + self.suffix), "w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return [
            {**self.tokenizer(row["text"], truncation=True, max_length=128), "labels": self.labels.index(row["label"])}
            for row in rows
        ]

    def model(self):
        names = dict(enumerate(self.labels))
        return AutoModelForSequenceClassification.from_pretrained(
            self.base, id2label=names, label2id={name: number for number, name in names.items()})

    def collator(self):
        return DataCollatorWithPadding(self.tokenizer)

    def metrics(self, prediction):
        return {"accuracy": float((prediction.predictions.argmax(-1) == prediction.label_ids).mean())}


class StsB(Task):
    """Regression: how alike two sentences are; Pearson's correlation."""

    metric = "pearson"
    suffix = ".jsonl"
    rows = {"train": 3000, "validation": 1500}
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
        rows = rows[: self.limits[name]]
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
    rows = {"train": 1600, "validation": 400}
    words = ["--text-column", "text", "--label-column", "labels", "--problem-type", "multi_label_classification",
             "--label-separator", "|"]
    things = {"animal": ["dog", "horse", "bird"], "colour": ["red", "green", "blue"], "food": ["bread", "soup", "rice"],
              "place": ["city", "river", "bridge"], "tool": ["hammer", "rope", "knife"], "time": ["night", "summer", "noon"]}

    def prepare(self):
        self.base = self.options.model
        self.tokenizer = AutoTokenizer.from_pretrained(self.base)
        self.labels = sorted(self.things)
        generator = random.Random(5)
        self.train, self.validation = self.make(generator, "train"), self.make(generator, "validation")

    def make(self, generator, name):
        rows = []
        for _ in range(self.limits[name]):
            named = [label for label in self.labels if generator.random() < 0.35]
            words = [generator.choice(self.things[label]) for label in named]
            # What people give labels for is not without mistakes.
            chosen = [label for label in self.labels if (label in named) != (generator.random() < 0.1)]
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
