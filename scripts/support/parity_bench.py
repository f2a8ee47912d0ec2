"""The same training by Python's Trainer and by our command: a small BERT, a few rows, every argument given to both."""
import contextlib
import csv
import io
import json
import os
import random
import re
import subprocess

import torch
from transformers import (AutoModelForSequenceClassification, AutoTokenizer, BertConfig, BertModel, BertTokenizerFast,
                          Trainer, TrainingArguments, set_seed)

LABELS = ["bad", "good"]
WORDS = "a the film plot cast is was and very not good bad fine dull warm cold long short new old".split()
COMMON = dict(per_device_train_batch_size=4, per_device_eval_batch_size=8, learning_rate=5e-4, weight_decay=0.01,
              logging_steps=1, seed=42, disable_tqdm=True, use_cpu=True)


def write_model(folder):
    """A BERT without a head, with dropout."""
    os.makedirs(folder)
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS
    with open(os.path.join(folder, "vocab.txt"), "w") as file:
        file.write("\n".join(pieces) + "\n")
    tokenizer = BertTokenizerFast(os.path.join(folder, "vocab.txt"), model_max_length=24)
    torch.manual_seed(9)
    config = BertConfig(vocab_size=len(pieces), hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=40,
                        max_position_embeddings=24)
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def make_rows(count, seed):
    source = random.Random(seed)
    rows = []
    for _ in range(count):
        words = [source.choice(WORDS) for _ in range(source.randint(2, 14))]
        rows.append((" ".join(words), LABELS[(words.count("good") + words.count("fine") + len(words)) % 2]))
    return rows


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["text", "label"])
        writer.writerows(rows)


class Bench:
    def __init__(self, trainer, work):
        self.trainer, self.work = trainer, work
        self.model, self.train_file, self.eval_file = (os.path.join(work, n) for n in ("model", "train.csv", "eval.csv"))
        write_model(self.model)
        self.rows, self.eval_rows = make_rows(24, 1), make_rows(9, 2)
        write_rows(self.train_file, self.rows)
        write_rows(self.eval_file, self.eval_rows)

    def folder(self, side, name):
        """Both sides train into `out` of a folder of their own, so that stored paths are alike."""
        folder = os.path.join(self.work, side, name)
        os.makedirs(folder, exist_ok=True)
        return folder

    def ours(self, name, resume=None, flags=(), fails=False, **settings):
        """Runs the command. Returns the output folder and what it printed."""
        folder = self.folder("ours", name)
        words = ["train", "--model", self.model, "--train-file", self.train_file, "--validation-file", self.eval_file,
                 "--output-dir", "out", "--numerics", "reference", "--loss-scaling", "python"]
        for key, value in (COMMON | settings).items():
            words += ["--" + key, str(value).lower() if isinstance(value, bool) else str(value)]
        if resume:
            words += ["--resume-from-checkpoint"] + ([] if resume is True else [resume])
        # One thread, as on Python's side: sums of many threads come out in other last bits.
        environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        result = subprocess.run([self.trainer] + words + list(flags), cwd=folder, env=environment, capture_output=True, text=True,
                                stdin=subprocess.DEVNULL)
        if fails:
            assert result.returncode == 1, f"the command ended with {result.returncode}: {result.stderr[-400:]}"
        else:
            assert result.returncode == 0, f"the command failed: {result.stderr.strip()[-800:]}"
        return os.path.join(folder, "out"), result.stderr + result.stdout

    def pythons(self, name, resume=None, finish=False, **settings):
        """Runs Python's Trainer. Returns the output folder, what it printed and the trainer."""
        folder, before = self.folder("pythons", name), os.getcwd()
        os.chdir(folder)
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                trainer = self.python_trainer(**settings)
                result = trainer.train(resume_from_checkpoint=resume)
                if finish:
                    self.finish(trainer, result)
        finally:
            os.chdir(before)
        return os.path.join(folder, "out"), printed.getvalue(), trainer

    def python_trainer(self, **settings):
        set_seed(settings.get("seed", 42))
        tokenizer = AutoTokenizer.from_pretrained(self.model)
        names = dict(enumerate(LABELS))
        model = AutoModelForSequenceClassification.from_pretrained(self.model, num_labels=2, id2label=names,
                                                                   label2id={v: k for k, v in names.items()})

        def encoded(rows):
            return [{**tokenizer(text, truncation=True, max_length=24), "labels": LABELS.index(label)} for text, label in rows]
        return Trainer(model=model, args=TrainingArguments(output_dir="out", report_to="none", **(COMMON | settings)),
                       train_dataset=encoded(self.rows), eval_dataset=encoded(self.eval_rows), processing_class=tokenizer,
                       compute_metrics=lambda p: {"accuracy": float((p.predictions.argmax(-1) == p.label_ids).mean())})

    def finish(self, trainer, result):
        """What Python's example scripts do after training, and our command."""
        trainer.save_model()
        # Python's printer takes total_flos out of the metrics that train() returns; beside its progress bar they stay.
        flos = trainer.state.log_history[-1]["total_flos"]
        metrics = result.metrics | {"total_flos": flos, "train_samples": len(self.rows)}
        trainer.log_metrics("train", metrics)
        trainer.save_metrics("train", metrics)
        metrics = trainer.evaluate() | {"eval_samples": len(self.eval_rows)}
        trainer.log_metrics("eval", metrics)
        trainer.save_metrics("eval", metrics)
        trainer.save_state()


def log_of(folder):
    """The log history of the last checkpoint."""
    steps = [int(n.split("-")[1]) for n in os.listdir(folder) if re.fullmatch(r"checkpoint-\d+", n)]
    with open(os.path.join(folder, f"checkpoint-{max(steps)}", "trainer_state.json"), encoding="utf-8") as file:
        return json.load(file)["log_history"]
