"""The cases of scripts/parity: Python's Trainer and ours on the same folder, arguments and data."""
import argparse
import json
import math
import os
import re
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

import torch
from safetensors.torch import load_file
from transformers.utils import logging
from parity_cases import CASES, LEFT_OUT, PENDING
from parity_checks import CHECKS, Runs

logging.set_verbosity_error()
logging.disable_progress_bar()
PAGE = "Sources/Training/Training.docc/ParityWithPython.md"


def swift_results(path):
    """Case number → (test names, failed names) of the tests whose names begin with `case<number>`."""
    found = {}
    for case in ElementTree.parse(path).iter("testcase"):
        match = re.match(r"case(\d\d)\w*", case.get("name"))
        if match:
            names, failed = found.setdefault(int(match.group(1)), ([], []))
            name = case.get("classname").split(".")[-1] + "." + match.group(0)
            names.append(name)
            if case.find("failure") is not None or case.find("error") is not None:
                failed.append(name)
    return found


def drift(live, stored, path=""):
    """Where the records in the repository are not what the installed peer gives."""
    if isinstance(live, dict) and isinstance(stored, dict):
        for key in sorted(set(live) | set(stored)):
            if key not in live or key not in stored:
                yield f"{path}.{key} is only in {'the repository' if key in stored else 'the new records'}"
            else:
                yield from drift(live[key], stored[key], f"{path}.{key}")
    elif isinstance(live, list) and isinstance(stored, list) and len(live) == len(stored):
        for place, (a, b) in enumerate(zip(live, stored)):
            yield from drift(a, b, f"{path}[{place}]")
    elif isinstance(live, float) and isinstance(stored, (int, float)) and not isinstance(stored, bool):
        if not (math.isclose(live, stored, rel_tol=1e-5, abs_tol=1e-6) or math.isnan(live) and math.isnan(stored)):
            yield f"{path} is {live}, {stored} in the repository"
    elif live != stored:
        yield f"{path} is {live!r}, {stored!r} in the repository"


def check_drift(live, stored):
    found = []
    for name in ("runs.json", "evaluations.json"):
        a, b = (json.load(open(os.path.join(folder, name))) for folder in (live, stored))
        found += list(drift(a, b, name))
    for name in sorted(n for n in os.listdir(live) if n.endswith(".safetensors")):
        a, b = load_file(os.path.join(live, name)), load_file(os.path.join(stored, name))
        found += [f"{name}: {key}" for key in sorted(set(a) | set(b))
                  if key not in a or key not in b or not torch.allclose(a[key], b[key], rtol=1e-5, atol=1e-6, equal_nan=True)]
    assert not found, f"{len(found)} differences, as {found[0]} (make them anew: scripts/fixtures/parity/runs.py)"


def page(tests):
    """The table as a page of the documentation."""
    lines = ["# Parity with Python", "",
             "What is compared with the installed Python Trainer by `scripts/parity`, and how near it must be.", "",
             "## Overview", "",
             "Python's Trainer and this package's train with the same arguments, rows and weights; *command* means the program",
             "`trainer` on a small BERT and CSV files, the other names are tests.", "",
             "| Case | Compared | Tolerance | Checked by |", "|---|---|---|---|"]
    for number, (what, tolerance, _) in CASES.items():
        names = ["`" + name + "`" for name in sorted(tests.get(number, ([], []))[0])]
        names += ["command"] if number in CHECKS else []
        lines.append(f"| {number} | {what} | {tolerance} | {', '.join(names)} |")
    lines += ["", "Not compared yet: " + ", ".join(f"{n} ({why})" for n, why in LEFT_OUT.items()) + ".", ""]
    return "\n".join(lines)


def check_page(tests, write):
    text = page(tests)
    if write:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(text)
    current = open(PAGE, encoding="utf-8").read() if os.path.exists(PAGE) else ""
    assert current == text, f"{PAGE} is not up to date: scripts/parity --write-table"


def judge(number, tests, runs):
    """Checks one case; returns what was seen, raises where something is wrong or nothing checks it."""
    seen = []
    if "swift" in CASES[number][2]:
        names, failed = tests.get(number, ([], []))
        assert names, "no test checks it"
        assert not failed, "the test failed: " + ", ".join(failed)
        seen.append(", ".join(names))
    if "command" in CASES[number][2]:
        assert number in CHECKS, "no check of the command"
        seen.append("command: " + CHECKS[number](runs))
    return "; ".join(seen)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainer", required=True)
    parser.add_argument("--tests", required=True, help="the xUnit file of the Swift tests")
    parser.add_argument("--records", required=True, help="the folder of the new records")
    parser.add_argument("--stored", required=True, help="the folder of the repository's records")
    parser.add_argument("--write-table", action="store_true")
    parser.add_argument("--only", type=int, nargs="*", help="check these cases only")
    options = parser.parse_args()
    torch.set_num_threads(1)
    tests = swift_results(options.tests)
    counts = {"passed": 0, "FAILED": 0, "pending": 0}

    def report(name, function):
        started = time.time()
        try:
            detail, result = function() or "", "passed"
        except Exception as error:  # every kind of failure is a failed case, and is reported
            detail, result = f"{type(error).__name__}: {error}", "FAILED"
        counts[result] += 1
        print(f"parity: {result}  {name}{': ' + detail if detail else ''} [{time.time() - started:.1f} s]", flush=True)

    with tempfile.TemporaryDirectory() as work:
        runs = Runs(os.path.abspath(options.trainer), work)
        for number, (what, tolerance, _) in CASES.items():
            if options.only and number not in options.only:
                continue
            if number in PENDING:
                counts["pending"] += 1
                print(f"parity: pending {number:2} {what}: {PENDING[number]}")
                continue
            report(f"{number:2} {what} ({tolerance})", lambda: judge(number, tests, runs))
    if not options.only:
        report("every case has its number", lambda: check_numbers())
        report("the repository's records are those of the installed peer", lambda: check_drift(options.records, options.stored))
        report("the table in the documentation", lambda: check_page(tests, options.write_table))
    print(f"parity: {counts['passed']} passed, {counts['FAILED']} failed, {counts['pending']} pending")
    return 1 if counts["FAILED"] or counts["pending"] else 0


def check_numbers():
    missing = set(range(1, 61)) - set(CASES) - set(LEFT_OUT)
    assert not missing, f"nothing is said of {sorted(missing)}"


if __name__ == "__main__":
    sys.exit(main())
