"""Times Python's fast tokenizer on the lines of a file, on one core and on all; prints the figures as JSON.

Usage: python time_tokenizer.py FOLDER FILE ROUNDS. Two ways are timed, and the faster is what counts: the Rust library's
own `encode_batch`, and `encode` one line at a time. TOKENIZERS_PARALLELISM and RAYON_NUM_THREADS are set here.
"""
import json
import os
import subprocess
import sys
import time


def measure(folder, path, rounds):
    from transformers import AutoTokenizer
    started = time.perf_counter()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    loaded = time.perf_counter() - started
    tokenizer(["warm up"])
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file.read().split("\n") if line]
    backend = tokenizer.backend_tokenizer
    one_core = os.environ["TOKENIZERS_PARALLELISM"] == "false"
    # The processor's time on one core, so that what runs beside does not count; the time that passes on all.
    clock = time.process_time if one_core else time.perf_counter
    best, tokens = float("inf"), 0
    for _ in range(rounds):
        started = clock()
        encodings = backend.encode_batch(lines)
        best = min(best, clock() - started)
        tokens = sum(len(encoding.ids) for encoding in encodings)
        del encodings
        if one_core:
            started = clock()
            for line in lines:
                backend.encode(line)
            best = min(best, clock() - started)
    print(json.dumps({"seconds": best, "lines": len(lines), "tokens": tokens, "load_seconds": loaded}))


def main():
    if os.environ.get("TIME_TOKENIZER_CHILD"):
        return measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    figures = {}
    for name, parallelism in (("one_core", "false"), ("all_cores", "true")):
        environment = {**os.environ, "TOKENIZERS_PARALLELISM": parallelism, "TIME_TOKENIZER_CHILD": "1", "HF_HUB_OFFLINE": "1"}
        result = subprocess.run([sys.executable, __file__, *sys.argv[1:]], env=environment, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(result.stderr[-1000:])
        child = json.loads(result.stdout.strip().split("\n")[-1])
        figures[name] = child.pop("seconds")
        figures |= child
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
