"""The checks of scripts/interop: our command line against transformers, on the same folders and rows."""
import argparse
import contextlib
import csv
import json
import os
import subprocess
import sys
import tempfile

import torch
from transformers import (AutoModelForSequenceClassification, AutoTokenizer, BertConfig, BertForSequenceClassification,
                          DataCollatorWithPadding, Trainer, TrainerState, TrainingArguments)
from transformers.utils import logging

from interop_adapters import check_adapters, check_family_adapters
from interop_models import check_models
from interop_ranks import check_ranks

logging.set_verbosity_error()
logging.disable_progress_bar()
TOLERANCE = 1e-5

ROWS = [("a gorgeous , witty , seductive film .", "good"), ("no apparent joy", "bad"), ("I liked it", "good"),
        ("it 's slow -- very , very slow", "bad"), ("Café society is délicieux 😀", "good"), ("dull", "bad"),
        ("funny, \"quoted\" and warm", "good"), ("a waste of two hours and of a fine cast", "bad"),
        ("charming from the first scene to the last", "good"), ("I left before the end", "bad"),
        ("the best thing that I have seen since May", "good"), ("loud, long and empty", "bad")]
OTHERS = [" ", "unaffable", "[CLS] is written out [MASK]", "naïve  tabs\tand   blanks", "中文 and ελληνικά", "1,234.5 %",
          "x" * 150, "word " * 90, "e\u0301 combining", "soft\u00adhyphen and zero\u200bwidth"]


class Checks:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, name, function):
        """Runs one check; it fails by raising. Later checks still run, so that one report shows everything."""
        try:
            detail = function()
        except Exception as error:  # every kind of failure is a failed check, and is reported
            self.failed += 1
            print(f"interop: FAILED  {name}: {type(error).__name__}: {error}", flush=True)
        else:
            self.passed += 1
            print(f"interop: passed  {name}{': ' + detail if detail else ''}", flush=True)


def run(*command):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"{' '.join(command[:2])} exited with {result.returncode}: {result.stderr.strip()[-600:]}")
    return result.stdout


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["text", "label"])
        writer.writerows(rows)


def json_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def python_scores(folder, texts):
    """Class probabilities by Python, one row at a time so that padding plays no part."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    names = [model.config.id2label[i] for i in range(model.config.num_labels)]
    with torch.inference_mode():
        logits = [model(**tokenizer(t, return_tensors="pt")).logits[0] for t in texts]
    return names, torch.stack(logits)


def compare_predictions(trainer, folder, work, name):
    """Our `predict` against Python's model on the same folder: log-probabilities differ as logits do."""
    file, output = os.path.join(work, name + ".csv"), os.path.join(work, name + ".jsonl")
    texts = [text for text, _ in ROWS]
    write_rows(file, ROWS)
    run(trainer, "predict", "--model", folder, "--file", file, "--output", output, "--text-column", "text")
    ours = json_lines(output)
    assert len(ours) == len(texts), f"{len(ours)} predictions for {len(texts)} rows"
    names, logits = python_scores(folder, texts)
    worst = 0.0
    for row, expected in zip(ours, torch.log_softmax(logits.double(), -1)):
        assert list(row["scores"]) == names, f"our scores name {list(row['scores'])}, Python's labels are {names}"
        scores = torch.tensor([row["scores"][n] for n in names], dtype=torch.float64)
        worst = max(worst, (scores.log() - expected).abs().max().item())
        # Probabilities alone leave one degree of freedom of the logits open, which softmax removes by nature.
        assert row["label"] == names[int(scores.argmax())], f"label {row['label']} is not the best score's"
        assert abs(row["score"] - scores.max().item()) < 1e-12, "score is not the best of the scores"
    assert worst <= TOLERANCE, f"log-probabilities differ by {worst:.2e}"
    return f"largest difference {worst:.1e}"


def compare_tokens(trainer, folder, work, name):
    file, output = os.path.join(work, name + ".csv"), os.path.join(work, name + ".jsonl")
    texts = [text for text, _ in ROWS] + OTHERS
    write_rows(file, [(t, "good") for t in texts])
    run(trainer, "tokenize", "--model", folder, "--file", file, "--output", output, "--text-column", "text")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ours = json_lines(output)
    assert len(ours) == len(texts), f"{len(ours)} lines for {len(texts)} rows"
    for text, row in zip(texts, ours):
        expected = tokenizer(text, return_offsets_mapping=True)
        assert row["input_ids"] == expected["input_ids"], f"ids of {text!r}: {row['input_ids']}, not {expected['input_ids']}"
        assert [list(o) for o in row["offsets"]] == [list(o) for o in expected["offset_mapping"]], f"offsets of {text!r}"
        assert row["tokens"] == tokenizer.convert_ids_to_tokens(expected["input_ids"]), f"tokens of {text!r}"
        if "token_type_ids" in expected:
            assert row["token_type_ids"] == expected["token_type_ids"], f"type ids of {text!r}"
    return f"{len(texts)} texts"


def check_state(checkpoint, steps):
    state = TrainerState.load_from_json(os.path.join(checkpoint, "trainer_state.json"))
    assert state.global_step == steps, f"global_step is {state.global_step}, not {steps}"
    logged = [e for e in state.log_history if "loss" in e]
    assert [e["step"] for e in logged] == list(range(1, steps + 1)), "log_history lacks steps"
    assert all({"loss", "grad_norm", "learning_rate", "epoch"} <= set(e) for e in logged), "a log record lacks a field"
    return f"{len(state.log_history)} records"


def check_optimizer(checkpoint, folder, steps):
    saved = torch.load(os.path.join(checkpoint, "optimizer.pt"), weights_only=True)
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    decay = [p for n, p in model.named_parameters() if not (n.endswith("bias") or "LayerNorm" in n)]
    rest = [p for n, p in model.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}], lr=5e-5)
    optimizer.load_state_dict(saved)  # refuses other groups or other numbers of parameters
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            state = optimizer.state[parameter]
            assert state["exp_avg"].shape == parameter.shape, "a moment's shape differs from its parameter's"
            assert float(state["step"]) == steps, f"a parameter's step is {float(state['step'])}"
    loss = sum(p.square().sum() for p in model.parameters())
    loss.backward()
    optimizer.step()
    scheduler = torch.load(os.path.join(checkpoint, "scheduler.pt"), weights_only=True)
    assert scheduler["last_epoch"] == steps, f"the scheduler's last_epoch is {scheduler['last_epoch']}"
    return f"{sum(len(g['params']) for g in optimizer.param_groups)} parameters in {len(optimizer.param_groups)} groups"


def python_model(base, folder):
    """A classifier saved by Python, with a head of its own seed and names of its own."""
    torch.manual_seed(5)
    names = {0: "bad", 1: "good", 2: "in between"}
    model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=3, id2label=names,
                                                               label2id={v: k for k, v in names.items()})
    with torch.no_grad():
        model.classifier.weight.normal_(0, 0.3)
        model.classifier.bias.normal_(0, 0.3)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base).save_pretrained(folder)


def python_small_model(base, folder):
    """The same from Python's own configuration, with sizes that MiniLM doesn't have."""
    torch.manual_seed(6)
    tokenizer = AutoTokenizer.from_pretrained(base)
    config = BertConfig(vocab_size=len(tokenizer), hidden_size=48, num_hidden_layers=3, num_attention_heads=3,
                        intermediate_size=80, max_position_embeddings=140, initializer_range=0.3, num_labels=2)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def python_trainable_model(base, folder):
    """A small classifier with dropout and named labels, for both sides to train."""
    torch.manual_seed(7)
    tokenizer = AutoTokenizer.from_pretrained(base)
    names = {0: "bad", 1: "good"}
    config = BertConfig(vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                        intermediate_size=64, max_position_embeddings=64, initializer_range=0.1, id2label=names,
                        label2id={v: k for k, v in names.items()})
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


# Six steps an epoch: checkpoints in the middle of the first epoch, at its end, in the second, at the end.
RUN = dict(per_device_train_batch_size=2, num_train_epochs=2, learning_rate=1e-3, warmup_steps=2, weight_decay=0.01, seed=42,
           logging_steps=1, save_strategy="steps", save_steps=3)
CUTS = {3: "in the middle of an epoch", 6: "at an epoch's end"}


def our_run(trainer, folder, data, output, resume=None):
    """Our log of a run with Python's arithmetic and random numbers."""
    words = [word for name, value in RUN.items() for word in ("--" + name, str(value))]
    run(trainer, "train", "--model", folder, "--train-file", data, "--text-column", "text", "--label-column", "label",
        "--output-dir", output, "--numerics", "reference", "--loss-scaling", "python", "--use-cpu", *words,
        *(("--resume-from-checkpoint", resume) if resume else ()))
    with open(os.path.join(output, "trainer_state.json"), encoding="utf-8") as file:
        return json.load(file)["log_history"]


def python_run(folder, output, resume=None):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    rows = [dict(tokenizer(text), labels=model.config.label2id[label]) for text, label in ROWS]
    arguments = TrainingArguments(output_dir=output, use_cpu=True, disable_tqdm=True, report_to="none", **RUN)
    trainer = Trainer(model=model, args=arguments, train_dataset=rows, data_collator=DataCollatorWithPadding(tokenizer))
    with contextlib.redirect_stdout(sys.stderr):
        trainer.train(resume_from_checkpoint=resume)
    return trainer.state.log_history


def compare_logs(ours, theirs, after=0):
    """Loss, gradient norm, learning rate and epoch of every step after `after`."""
    ours, theirs = ([e for e in log if "loss" in e and e["step"] > after] for log in (ours, theirs))
    assert len(ours) == len(theirs) == 12 - after, f"{len(ours)} and {len(theirs)} steps"
    worst = 0.0
    for a, b in zip(ours, theirs):
        for key in ("step", "epoch", "learning_rate"):
            assert abs(a[key] - b[key]) <= 1e-15, f"step {b['step']}: {key} is {a[key]}, not {b[key]}"
        for key in ("loss", "grad_norm"):
            worst = max(worst, abs(a[key] - b[key]) / abs(b[key]))
            assert worst <= TOLERANCE, f"step {b['step']}: {key} is {a[key]}, not {b[key]}"
    return f"{len(ours)} steps, largest difference {worst:.1e}"


def check_continuation(checks, trainer, base, work, data):
    """Each side trains, and goes on from the other's checkpoints with the losses of its own unbroken run."""
    folder, ours, theirs = (os.path.join(work, n) for n in ("trainable", "our-run", "python-run"))
    logs = {}

    def train():
        python_trainable_model(base, folder)
        logs["ours"], logs["theirs"] = our_run(trainer, folder, data, ours), python_run(folder, theirs)
        return compare_logs(logs["ours"], logs["theirs"])

    checks.check("both sides train with the same losses, dropout included", train)
    for cut, place in CUTS.items():
        checks.check(f"Python goes on from our checkpoint {place}", lambda: compare_logs(
            python_run(folder, os.path.join(work, f"python-from-{cut}"), os.path.join(ours, f"checkpoint-{cut}")),
            logs["ours"], cut))
        checks.check(f"we go on from Python's checkpoint {place}", lambda: compare_logs(
            our_run(trainer, folder, data, os.path.join(work, f"ours-from-{cut}"), os.path.join(theirs, f"checkpoint-{cut}")),
            logs["theirs"], cut))

    def check_files():
        lists = [sorted(os.listdir(os.path.join(run, "checkpoint-6"))) for run in (ours, theirs)]
        missing = [n for n in lists[1] if n not in lists[0] and n != "training_args.bin"]
        assert not missing, f"our checkpoint lacks {', '.join(missing)}"
        state = [json.load(open(os.path.join(run, "checkpoint-6", "trainer_state.json"))) for run in (ours, theirs)]
        assert list(state[0]) == list(state[1]), "trainer_state.json has other keys, or another order"
        for key in set(state[1]) - {"log_history", "total_flos"}:
            assert state[0][key] == state[1][key], f"trainer_state.json: {key} is {state[0][key]}, not {state[1][key]}"
        schedule = [torch.load(os.path.join(run, "checkpoint-6", "scheduler.pt"), weights_only=True) for run in (ours, theirs)]
        assert schedule[0] == schedule[1], "scheduler.pt differs"
        rng = [torch.load(os.path.join(run, "checkpoint-6", "rng_state.pth"), weights_only=False) for run in (ours, theirs)]
        assert rng[0]["python"] == rng[1]["python"] and torch.equal(rng[0]["cpu"], rng[1]["cpu"]), "rng_state.pth differs"
        assert all((a == b).all() if hasattr(a, "all") else a == b for a, b in zip(rng[0]["numpy"], rng[1]["numpy"])), "NumPy's state"
        return f"{len(lists[0])} files"

    checks.check("our checkpoint has Python's files, state, schedule and random states", check_files)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainer", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--saved", required=True, help="models that our tests saved")
    options = parser.parse_args()
    trainer, base = os.path.abspath(options.trainer), os.path.abspath(options.model)
    checks = Checks()
    with tempfile.TemporaryDirectory() as work:
        ours, theirs, small = (os.path.join(work, n) for n in ("ours", "theirs", "small"))
        data = os.path.join(work, "train.csv")
        write_rows(data, ROWS)

        def train():
            run(trainer, "train", "--task", "text-classification", "--model", base, "--train-file", data,
                "--validation-file", data, "--text-column", "text", "--label-column", "label", "--output-dir", ours,
                "--per-device-train-batch-size", "4", "--num-train-epochs", "2", "--learning-rate", "5e-5",
                "--weight-decay", "0.01", "--logging-steps", "1", "--save-strategy", "epoch", "--eval-strategy", "epoch", "--max-length", "128",
                "--seed", "42")
            files = ("config.json", "model.safetensors", "tokenizer.json", "trainer_state.json", "train_results.json",
                     "eval_results.json", "all_results.json", "checkpoint-6/model.safetensors")
            missing = [f for f in files if not os.path.exists(os.path.join(ours, f))]
            assert not missing, f"the output folder lacks {', '.join(missing)}"

        checkpoint = os.path.join(ours, "checkpoint-6")
        checks.check("our command line trains", train)
        checks.check("Python's model from our folder gives our scores", lambda: compare_predictions(trainer, ours, work, "a"))
        checks.check("Python's model from our checkpoint gives our scores",
                     lambda: compare_predictions(trainer, checkpoint, work, "b"))
        checks.check("Python's tokenizer from our folder gives our tokens", lambda: compare_tokens(trainer, ours, work, "c"))
        checks.check("Python loads trainer_state.json", lambda: check_state(checkpoint, 6))
        checks.check("Python loads optimizer.pt and scheduler.pt with weights_only", lambda: check_optimizer(checkpoint, ours, 6))
        checks.check("Python saves a model", lambda: python_model(base, theirs))
        checks.check("our scores from Python's folder are Python's", lambda: compare_predictions(trainer, theirs, work, "d"))
        checks.check("our tokens from Python's folder are Python's", lambda: compare_tokens(trainer, theirs, work, "e"))
        check_continuation(checks, trainer, base, work, data)
        check_adapters(checks, sys.modules[__name__], trainer, base, work, data)
        checks.check("Python saves a small model of other sizes", lambda: python_small_model(base, small))
        checks.check("our scores from the small model are Python's", lambda: compare_predictions(trainer, small, work, "f"))
        check_models(checks, options.saved)
        check_ranks(checks, trainer, base, data)
        check_family_adapters(checks, options.saved)
    print(f"interop: {checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
