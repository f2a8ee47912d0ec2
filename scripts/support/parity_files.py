"""Compares files of the two Trainers: states as text, torch.save archives, weights, results."""
import json
import os
import re

import torch
from safetensors.torch import load_file

MEASURED = 1e-5
CLOCKED = ("_runtime", "_per_second")
LINE = re.compile(r'^(\s*)(?:"((?:[^"\\]|\\.)*)": )?(.*?)(,?)$')


def near(ours, pythons, tolerance=MEASURED):
    if ours != ours or pythons != pythons:
        return ours != ours and pythons != pythons
    return ours == pythons or abs(ours - pythons) <= tolerance * max(1.0, abs(pythons))


def number(text):
    """The number that a line's value is; None where it is something else."""
    try:
        return float(text)
    except ValueError:
        return None


def same_form(ours, pythons):
    """Whether both are whole or both are written as Python writes a float."""
    whole = re.compile(r"-?\d+$")
    if whole.match(ours) or whole.match(pythons):
        return bool(whole.match(ours)) == bool(whole.match(pythons))
    return ours == repr(float(ours)) or ours in ("NaN", "Infinity", "-Infinity")


def compare_json_text(ours, pythons, exact=(), skip=()):
    """The same lines: keys, order, indentation, form of numbers; measured floats near, those in `exact` equal."""
    ours, pythons = (open(path, encoding="utf-8").read() for path in (ours, pythons))
    assert ours.endswith("\n") == pythons.endswith("\n"), "one file lacks the line break at its end"
    left, right = ours.split("\n"), pythons.split("\n")
    assert len(left) == len(right), f"{len(left)} lines, not {len(right)}:\n" + difference(left, right)
    for place, (a, b) in enumerate(zip(left, right), 1):
        if a == b:
            continue
        a, b = LINE.match(a).groups(), LINE.match(b).groups()
        assert (a[0], a[1], a[3]) == (b[0], b[1], b[3]), f"line {place}: {left[place - 1]!r}, not {right[place - 1]!r}"
        key, x, y = a[1] or "", number(a[2]), number(b[2])
        if key in skip:
            continue
        assert x is not None and y is not None, f"line {place}: {left[place - 1]!r}, not {right[place - 1]!r}"
        assert same_form(a[2], b[2]), f"line {place}: {key} is written {a[2]}, Python's {b[2]}"
        if key.endswith(CLOCKED):
            continue
        assert key not in exact and "." in b[2] + "." and near(x, y), f"line {place}: {key} is {a[2]}, not {b[2]}"
        assert not re.match(r"-?\d+$", b[2]), f"line {place}: the whole number {key} is {a[2]}, not {b[2]}"
    return f"{len(left)} lines"


def difference(left, right):
    def names(lines):
        return [LINE.match(line).group(2) or line.strip() for line in lines]
    a, b = names(left), names(right)
    place = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"first at line {place + 1}: {left[place:place + 2]}, not {right[place:place + 2]}"


def compare_log(ours, pythons, tolerance=MEASURED, tight=()):
    """Log histories, both lists of records: the same steps and keys, equal rates, measured numbers near."""
    assert len(ours) == len(pythons), f"{len(ours)} records, not {len(pythons)}"
    worst = 0.0
    for place, (a, b) in enumerate(zip(ours, pythons)):
        assert sorted(a) == sorted(b), f"record {place} has {sorted(a)}, not {sorted(b)}"
        for key, want in b.items():
            if key.endswith(CLOCKED):
                continue
            if key in ("step", "epoch", "learning_rate", "total_flos", "eval_accuracy"):
                assert a[key] == want, f"record {place}: {key} is {a[key]}, not {want}"
                continue
            relative = abs(a[key] - want) / max(abs(want), 1e-12)
            worst = max(worst, relative)
            assert relative <= tolerance, f"record {place}: {key} is {a[key]}, not {want} ({relative:.1e})"
    return f"{len(ours)} records, largest relative difference {worst:.1e}"


def state(folder):
    with open(os.path.join(folder, "trainer_state.json"), encoding="utf-8") as file:
        return json.load(file)


def compare_weights(ours, pythons, tolerance=MEASURED):
    ours, pythons = (load_file(os.path.join(folder, "model.safetensors")) for folder in (ours, pythons))
    assert set(ours) == set(pythons), f"other tensors: {sorted(set(ours) ^ set(pythons))}"
    worst = 0.0
    for name, want in pythons.items():
        got = ours[name]
        assert got.shape == want.shape and got.dtype == want.dtype, f"{name}: {got.shape} {got.dtype}"
        worst = max(worst, (got - want).abs().max().item())
        assert worst <= tolerance, f"{name} differs by {worst:.1e}"
    return f"{len(ours)} tensors, largest difference {worst:.1e}"


def load(folder, name):
    return torch.load(os.path.join(folder, name), weights_only=True)


def compare_optimizer(ours, pythons):
    """Equal groups; every moment within 1e-5 of its tensor's largest number."""
    a, b = load(ours, "optimizer.pt"), load(pythons, "optimizer.pt")
    assert a["param_groups"] == b["param_groups"], "param_groups differ"
    assert list(a["param_groups"][0]) == list(b["param_groups"][0]), "the order of the groups' keys differs"
    assert a["state"].keys() == b["state"].keys(), "other parameters have a state"
    worst = 0.0
    largest = {name: max(s[name].abs().max().item() for s in b["state"].values()) for name in ("step", "exp_avg", "exp_avg_sq")}
    for place, want in b["state"].items():
        for name, tensor in want.items():
            got = a["state"][place][name]
            assert got.shape == tensor.shape and got.dtype == tensor.dtype, f"{name} of {place}: {got.shape} {got.dtype}"
            size, found = (x.abs().max().item() for x in (tensor, got))
            # The bias of keys has no gradient, for softmax does not see it: its moments are rounding and nothing else.
            nothing = largest[name] * (1e-18 if name == "exp_avg_sq" else 1e-9)
            if max(size, found) < nothing:
                continue
            relative = (got - tensor).abs().max().item() / size
            worst = max(worst, relative)
            assert relative <= MEASURED, f"{name} of parameter {place} differs by {relative:.1e} of its largest number"
    return f"{len(b['state'])} parameters, largest scaled difference {worst:.1e}"


def compare_scheduler(ours, pythons):
    a, b = load(ours, "scheduler.pt"), load(pythons, "scheduler.pt")
    assert list(a) == list(b), f"keys {list(a)}, not {list(b)}"
    for key, want in b.items():
        assert type(a[key]) is type(want), f"{key} is {a[key]!r}, not {want!r}"
        if key == "_last_lr":
            assert len(a[key]) == len(want) and all(abs(x - y) <= 1e-12 * abs(y) for x, y in zip(a[key], want)), \
                f"{key} is {a[key]}, not {want}"
        else:
            assert a[key] == want, f"{key} is {a[key]!r}, not {want!r}"
    return str(b)


def compare_random(ours, pythons):
    import numpy
    dtypes = [numpy._core.multiarray._reconstruct, numpy.ndarray, numpy.dtype, type(numpy.dtype(numpy.uint32))]
    with torch.serialization.safe_globals(dtypes):
        a, b = load(ours, "rng_state.pth"), load(pythons, "rng_state.pth")
    assert torch.equal(a["cpu"], b["cpu"]), "the generator's state differs"
    return f"{len(b['cpu'])} bytes"
