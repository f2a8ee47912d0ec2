"""Masked language modelling: WikiText-2, in blocks of 128 tokens."""

import json
import os
import shutil

from transformers import AutoModelForMaskedLM, AutoTokenizer, DataCollatorForLanguageModeling

from .base import Task

BLOCK = 128


class WikiText(Task):
    """The loss of hidden tokens. Without dropout: Python's loader hides the tokens of a batch before the model has seen the one
    in front of it, ours after, so that the random numbers of the two come in another order.
    """

    metric = "loss"
    learning_rate = 5e-4
    suffix = ".txt"
    words = ["--task", "masked-lm", "--max-length", str(BLOCK)]
    # Of lines.
    rows = {"train": 900, "validation": 300}

    def prepare(self):
        self.base = self.path("model")
        shutil.copytree(self.options.model, self.base)
        with open(os.path.join(self.base, "config.json"), encoding="utf-8") as file:
            config = json.load(file)
        config.update(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        with open(os.path.join(self.base, "config.json"), "w", encoding="utf-8") as file:
            json.dump(config, file)
        self.tokenizer = AutoTokenizer.from_pretrained(self.base)
        self.train, self.validation = self.read("train", "valid.txt"), self.read("validation", "test.txt")

    def read(self, split, name):
        with open(os.path.join(self.options.data, "lm/wikitext-2", name), encoding="utf-8") as file:
            lines = [line.rstrip("\n") for line in file][: self.limits[split]]
        with open(self.path(split + self.suffix), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
        rows = []
        for start in range(0, len(lines), 1000):
            encoded = self.tokenizer(lines[start:start + 1000], return_special_tokens_mask=True)
            joined = {key: sum(values, []) for key, values in encoded.items()}
            rows += [
                {key: values[place:place + BLOCK] for key, values in joined.items()}
                for place in range(0, len(joined["input_ids"]) // BLOCK * BLOCK, BLOCK)]
        return rows

    def model(self):
        return AutoModelForMaskedLM.from_pretrained(self.base)

    def collator(self):
        return DataCollatorForLanguageModeling(self.tokenizer, mlm_probability=0.15)
