"""The parity cases that need the real command; each check raises where ours differs, or says what it saw."""
import os
import re
import shutil

import torch
from safetensors.torch import load_file
from parity_bench import Bench, log_of
from parity_files import (CLOCKED, compare_json_text, compare_log, compare_optimizer, compare_random, compare_scheduler,
                          compare_weights, near, state)

# Checkpoints within an epoch (4), at one's end (6) and after ten steps; 6 steps in an epoch.
LONG = dict(num_train_epochs=3, warmup_steps=2, save_steps=2, eval_strategy="steps", eval_steps=4)


class Runs:
    """The runs that several checks look at, each made once."""

    def __init__(self, trainer, work):
        self.bench = Bench(trainer, work)
        self.made = {}

    def once(self, name, make):
        if name not in self.made:
            try:
                self.made[name] = make(), None
            except Exception as error:  # every check that needs it fails with the same reason
                self.made[name] = None, error
        value, error = self.made[name]
        if error is not None:
            raise error
        return value

    def ours(self, name, **settings):
        return self.once("ours " + name, lambda: self.bench.ours(name, **settings))

    def pythons(self, name, **settings):
        return self.once("pythons " + name, lambda: self.bench.pythons(name, **settings))

    def long(self):
        """Our folder and output, Python's folder and output, of the same run."""
        a, b = self.ours("long", **LONG), self.pythons("long", finish=True, **LONG)
        return a[0], a[1], b[0], b[1]


def case01(runs):
    settings = dict(num_train_epochs=2, save_strategy="steps", save_steps=100, max_grad_norm=0.5)
    ours, pythons = runs.ours("losses", **settings)[0], runs.pythons("losses", **settings)[0]
    return compare_log(log_of(ours), log_of(pythons))


def case02(runs):
    """Dropout over 200 steps."""
    settings = dict(max_steps=200, save_steps=200, logging_steps=1)
    ours, pythons = runs.ours("dropout", **settings)[0], runs.pythons("dropout", **settings)[0]
    return compare_log(log_of(ours), log_of(pythons))


def case03(runs):
    settings = dict(max_steps=3, save_steps=3, gradient_accumulation_steps=4)
    ours, pythons = runs.ours("accumulated", **settings)[0], runs.pythons("accumulated", **settings)[0]
    seen = compare_log(log_of(ours), log_of(pythons))
    mean = runs.bench.ours("accumulated-mean", flags=["--loss-scaling", "mean"], **settings)[0]
    for key in ("loss", "grad_norm"):
        python, own = log_of(pythons)[0][key], log_of(mean)[0][key]
        assert near(4 * own, python), f"{key}: Python's {python} is not 4 times our mean {own}"
    return seen


def case15(runs):
    ours, _, pythons, _ = runs.long()
    return compare_optimizer(os.path.join(ours, "checkpoint-10"), os.path.join(pythons, "checkpoint-10"))


def case19(runs):
    ours, _, pythons, _ = runs.long()
    for step in (2, 6, 8, 18):
        seen = compare_random(*(os.path.join(f, f"checkpoint-{step}") for f in (ours, pythons)))
    return seen


def resumed(runs, step, by):
    """One side goes on from the other's checkpoint; the losses are those of Python's whole run."""
    ours, _, pythons, _ = runs.long()
    if by == "python":
        source = os.path.join(ours, f"checkpoint-{step}")
        folder = runs.pythons(f"resumed-{step}", resume=source, **LONG)[0]
    else:
        source = os.path.join(pythons, f"checkpoint-{step}")
        folder = runs.ours(f"resumed-{step}", resume=source, **LONG)[0]

    def losses(folder):
        return [r for r in log_of(folder) if "loss" in r or "eval_loss" in r]
    seen = compare_log(losses(folder), losses(pythons))
    compare_weights(os.path.join(folder, "checkpoint-18"), os.path.join(pythons, "checkpoint-18"))
    return seen


def case43(runs):
    return resumed(runs, 4, "python")


def case44(runs):
    return resumed(runs, 4, "swift")


def case45(runs):
    resumed(runs, 6, "python")
    return resumed(runs, 6, "swift")


def case46(runs):
    ours, _, pythons, _ = runs.long()
    exact = ("learning_rate", "epoch", "total_flos", "eval_accuracy")
    for step in (4, 12, 18):
        seen = compare_json_text(*(os.path.join(f, f"checkpoint-{step}", "trainer_state.json") for f in (ours, pythons)), exact=exact)
    for folder in (ours, pythons):
        assert state(folder)["global_step"] == 18
    compare_json_text(*(os.path.join(f, "trainer_state.json") for f in (ours, pythons)), exact=exact)
    return seen + ", numbers as Python writes them"


def case47(runs):
    ours, _, pythons, _ = runs.long()
    for step in (4, 18):
        compare_scheduler(*(os.path.join(f, f"checkpoint-{step}") for f in (ours, pythons)))
    for kind in ("constant", "cosine", "constant_with_warmup"):
        settings = dict(max_steps=3, save_steps=2, warmup_steps=1, lr_scheduler_type=kind)
        a, b = runs.ours("scheduler-" + kind, **settings)[0], runs.pythons("scheduler-" + kind, **settings)[0]
        seen = compare_scheduler(os.path.join(a, "checkpoint-2"), os.path.join(b, "checkpoint-2"))
    return seen


def case49(runs):
    """`true` goes on from the highest number; without a checkpoint both refuse."""
    def prepared(side, source):
        folder = os.path.join(runs.bench.folder(side, "newest"), "out")
        for step in (4, 8, 10):
            shutil.copytree(os.path.join(source, f"checkpoint-{step}"), os.path.join(folder, f"checkpoint-{step}"))
    ours, _, pythons, _ = runs.long()
    prepared("ours", ours)
    prepared("pythons", pythons)
    settings = LONG | dict(save_strategy="no")
    folder, text = runs.bench.ours("newest", resume=True, **settings)
    _, _, trainer = runs.bench.pythons("newest", resume=True, **settings)
    first = int(next(re.finditer(r"'epoch': '([\d.]+)'", text)).group(1).replace(".", "")[:1])
    assert first == 1, text[:300]
    seen = compare_log([r for r in state(folder)["log_history"] if "loss" in r or "eval_loss" in r][:21],
                       [r for r in trainer.state.log_history if "loss" in r or "eval_loss" in r][:21])
    steps = len(re.findall(r"^\{'(?:loss|grad_norm)'", text, re.M))
    assert steps == 8, f"{steps} steps were logged, not those from 11 to 18"
    _, text = runs.bench.ours("none", resume=True, fails=True, max_steps=1)
    try:
        runs.bench.pythons("none", resume=True, max_steps=1)
    except ValueError as error:
        return f"{seen}; ours: {text.strip().splitlines()[-1][:60]}…; Python: {str(error)[:50]}…"
    raise AssertionError("Python resumed without a checkpoint")


def printed(text):
    return [line for line in text.splitlines() if line.startswith("{'")]


FIELD = re.compile(r"'(\w+)': '([^']*)'")


def case55(runs):
    _, text, _, python_text = runs.long()
    ours, pythons = printed(text), printed(python_text)
    assert len(ours) == len(pythons), f"{len(ours)} lines, not {len(pythons)}"
    for place, (a, b) in enumerate(zip(ours, pythons)):
        fields, want = FIELD.findall(a), FIELD.findall(b)
        assert [k for k, _ in fields] == [k for k, _ in want], f"line {place}: {a}, not {b}"
        assert "{" + ", ".join(f"'{k}': '{v}'" for k, v in fields) + "}" == a, f"line {place} has another form: {a}"
        for (key, x), (_, y) in zip(fields, want):
            assert x == "%.4g" % float(x), f"line {place}: {key} is printed {x}"
            # The last of four digits may turn over.
            assert key.endswith(CLOCKED) or x == y or near(float(x), float(y), 2e-4), f"line {place}: {key} is {x}, not {y}"
    assert "total_flos" not in "".join(ours), "total_flos is printed"
    return f"{len(ours)} lines"


def case56(runs):
    ours, text, pythons, python_text = runs.long()
    for name in ("train_results.json", "eval_results.json", "all_results.json"):
        compare_json_text(*(os.path.join(f, name) for f in (ours, pythons)))

    def layout(text):
        """The blocks of log_metrics; clocked values by their form."""
        lines = re.findall(r"^\*{5} .* \*{5}$|^  \w+ += +.*$", text, re.M)
        return [re.sub(r"\d", "0", line) if "runtime" in line or "per_second" in line else line for line in lines]
    a, b = layout(text), layout(python_text)
    assert len(b) > 10, "Python printed no metrics"
    for x, y in zip(a, b):
        same = x == y or re.sub(r"\s+", " ", re.sub(r"0+", "0", x)) == re.sub(r"\s+", " ", re.sub(r"0+", "0", y))
        assert same, f"{x!r}, not {y!r}"
    assert len(a) == len(b), f"{len(a)} lines of metrics, not {len(b)}: {a[:3]}"
    return f"3 files, {len(b)} lines"


def case57(runs):
    ours, _, pythons, _ = runs.long()
    a, b = (state(os.path.join(f, "checkpoint-18"))["total_flos"] for f in (ours, pythons))
    assert a == b > 0, f"{a}, not {b}"
    return f"{a:.6g}"


def case59(runs):
    settings = dict(max_steps=1, learning_rate=0.0, weight_decay=0.0, save_strategy="no", seed=7)
    folder = runs.bench.ours("head", **settings)[0]
    ours = load_file(os.path.join(folder, "model.safetensors"))
    python = runs.bench.python_trainer(**settings).model.state_dict()
    for name, want in python.items():
        if name in ours:
            assert torch.equal(ours[name], want), f"{name} differs"
    assert ours["classifier.weight"].abs().max() > 0
    return f"{len(ours)} tensors equal"


CHECKS = {int(name[4:]): check for name, check in list(globals().items()) if re.fullmatch(r"case\d\d", name)}
