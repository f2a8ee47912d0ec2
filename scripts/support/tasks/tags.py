"""Named entities: English text with a pretrained encoder, Chinese characters from scratch."""

import json
import os

import torch
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    BertConfig,
    BertForTokenClassification,
    DataCollatorForTokenClassification,
)

from .base import Task


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
        def read(name, split):
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
            return rows[: self.limits[split]]

        return read("wnut17train.conll", "train"), read("emerging.dev.conll", "validation")

    def make_base(self, _):
        self.base = self.options.model


class ResumeNer(Tags):
    """A character model from scratch on Chinese résumés."""

    learning_rate = 1e-3
    epochs = 3

    def sentences(self):
        def read(name, split):
            with open(os.path.join(self.options.data, "zh/resume-ner", name), encoding="utf-8") as file:
                rows = [line.rstrip("\n").split("\t") for line in file if "\t" in line]
            return [(words.split(" "), tags.split(" ")) for words, tags in rows][: self.limits[split]]

        return read("train.char.bmes", "train"), read("dev.char.bmes", "validation")

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
