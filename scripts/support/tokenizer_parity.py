"""Compares our tokenizers with Python's, text by text: ids, type ids, offsets, tokens, masks, word ids and decoded text.

Every family under --tokenizers is loaded by both sides from the same folder and given the real and hostile texts of
--data. Then the expected outputs under --vectors. Prints what differs and exits with 1 where anything does.
"""
import argparse
import base64
import csv
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from transformers import AutoTokenizer

csv.field_size_limit(1 << 30)

# What a folder lacks to be loaded by name: the class, and the names that Python expects its files under.
CLASSES = {"albert": "AlbertTokenizer", "bert-base-cased": "BertTokenizer", "llama2": "LlamaTokenizer", "llama3": "TokenizersBackend",
           "test_model": "T5Tokenizer", "test_ja_model": "TokenizersBackend"}
SETTINGS = {"bert-base-cased": {"do_lower_case": False}}
RENAMED = {"albert": {"30k-clean.model": "spiece.model"}, "test_model": {"test_model.model": "spiece.model"},
           "test_ja_model": {"test_ja_model.model": "tokenizer.model"}}
# Vocabulary-only files of llama.cpp and the family that they belong to.
LLAMA_CPP = {"gpt-2": "gpt2", "roberta-bpe": "roberta-base", "qwen2": "qwen2", "deepseek-r1-qwen": "qwen2", "bert-bge": "bert-base-uncased",
             "llama-spm": "llama2", "llama-bpe": "llama3"}
SWIFT_TRANSFORMERS = {"bert-base-uncased": "bert-base-uncased", "google-bert/bert-base-uncased": "bert-base-uncased",
                      "distilgpt2": "gpt2", "coreml-projects/Llama-2-7b-chat-coreml": "llama2", "t5-base": "t5-small",
                      "pcuenq/Llama-3.2-1B-Instruct-tokenizer": "llama3"}
KEYS = ("ids", "type_ids", "offsets", "tokens", "attention", "special", "words", "decoded", "decoded_skip")


def families(tokenizers):
    """Names and folders; a folder of several SentencePiece files holds as many families."""
    for source in sorted(tokenizers.iterdir()):
        models = sorted(source.glob("test_*.model"))
        yield from [(model.stem, source) for model in models] or [(source.name, source)]


def prepared(name, source, target):
    """A folder that both sides can load by its name."""
    folder = target / name
    shutil.copytree(source, folder)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    for old, new in RENAMED.get(name, {}).items():
        (folder / old).rename(folder / new)
    path = folder / "tokenizer_config.json"
    if name in CLASSES:
        settings = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({"tokenizer_class": CLASSES[name], **SETTINGS.get(name, {}), **settings}))
    return folder


def real_texts(data, limit):
    """Named groups of texts; at most `limit` of each."""
    text = data / "text"
    yield "utf-8 demo", (text / "UTF-8-demo.txt").read_text().split("\n")
    yield "naughty strings", json.loads((text / "blns/blns.json").read_text())
    yield "naughty base64", [base64.b64decode(s).decode("utf-8", "replace") for s in json.loads((text / "blns/blns.base64.json").read_text())]
    columns = [line.split("#")[0].split(";")[:5] for line in (text / "NormalizationTest.txt").read_text().split("\n") if line and line[0] not in "#@"]
    yield "normalization", ["".join(chr(int(c, 16)) for c in field.split()) for row in columns for field in row if field.strip()]
    breaks = [line.split("#")[0] for line in (text / "GraphemeBreakTest.txt").read_text().split("\n")]
    yield "graphemes", ["".join(chr(int(c, 16)) for c in line.replace("÷", " ").replace("×", " ").split() if not 0xD800 <= int(c, 16) <= 0xDFFF) for line in breaks if line.strip()]
    for name in ("botchan.txt", "wagahaiwa_nekodearu.txt"):
        yield name, (text / "sentencepiece" / name).read_text().split("\n")
    rows = list(csv.reader(open(data / "glue/sst2/dev.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
    yield "sst2", [row[0] for row in rows[1:]]
    yield "wikitext", (data / "lm/wikitext-2/valid.txt").read_text().split("\n")
    yield "shakespeare", (data / "lm/tinyshakespeare.txt").read_text().split("\n\n")
    yield "chinese", [line.split("\t")[0] for line in (data / "zh/ChnSentiCorp/dev.tsv").read_text().split("\n")]
    yield "afqmc", [part for line in (data / "zh/afqmc/dev.txt").read_text().split("\n") for part in line.split("\t")[:2]]
    for language in ("ar", "de", "zh"):
        articles = json.loads((data / f"qa/xquad/xquad.{language}.json").read_text())["data"]
        yield f"xquad {language}", [p["context"] for a in articles for p in a["paragraphs"]]
    tweets = (data / "ner/wnut17/emerging.dev.conll").read_text().split("\n\n")
    yield "tweets", [" ".join(line.split("\t")[0] for line in tweet.split("\n")) for tweet in tweets]


def hostile_texts(specials):
    rng = random.Random(7)
    yield "", ""
    pools = [
        list(range(0x20, 0x7F)), list(range(0x00, 0x20)) + [0x7F, 0x85, 0xA0, 0xAD, 0x200B, 0x200D, 0x2028, 0x2029, 0x3000, 0xFEFF, 0xFFFD],
        list(range(0x300, 0x370)) + list(range(0x1AB0, 0x1AC0)) + list(range(0x20D0, 0x20F0)),
        list(range(0x80, 0x250)), list(range(0x370, 0x600)), list(range(0x600, 0x700)), list(range(0x900, 0xA00)), list(range(0xE00, 0xF00)),
        list(range(0x1100, 0x1200)) + list(range(0xAC00, 0xAC80)), list(range(0x2000, 0x2070)) + list(range(0x2460, 0x2500)),
        list(range(0x3040, 0x3100)), list(range(0x4E00, 0x4F00)), list(range(0xFB00, 0xFB50)) + list(range(0xFE00, 0xFFF0)),
        list(range(0x1F300, 0x1F700)) + list(range(0x1F1E6, 0x1F200)) + [0x200D, 0xFE0F], list(range(0x1D400, 0x1D500)) + list(range(0x1D15E, 0x1D190)),
        list(range(0x20000, 0x20040)) + list(range(0xE0020, 0xE0080)), [0x10FFFF, 0xF0000, 0xE000, 0x10330],
        [ord(c) for c in "'sStTreveLLdDmM ſ"], [ord(c) for c in " \n\r\t"], [ord(c) for c in "0123456789²½٣४"],
    ]
    pools = [[c for c in pool if not 0xD800 <= c <= 0xDFFF] for pool in pools]
    for _ in range(3000):
        chosen = rng.sample(pools, rng.randint(1, 4)) + [pools[0]]
        pieces = ["".join(chr(rng.choice(rng.choice(chosen))) for _ in range(rng.randint(1, 8))) for _ in range(rng.randint(1, 8))]
        yield "random", rng.choice(["", " ", "  ", "\n"]).join(pieces)
    for _ in range(500):
        yield "any scalar", "".join(chr(rng.choice([rng.randrange(0xD800), rng.randrange(0xE000, 0x110000)])) for _ in range(rng.randint(1, 20)))
    parts = ["hello", " ", "  ", "World", "é", "日本", "\n", ".", "x1"] + specials
    for _ in range(1500):
        yield "special tokens", "".join(rng.choice(parts) for _ in range(rng.randint(1, 9)))
    for unit in ("a", "ab", " ", "\n", " \n", "é", "日", "\u0301", "👩‍👩‍👧", "1", "!", "'s", "a b", "aé日!"):
        for length in (50, 99, 100, 101, 300, 4000):
            yield "long", (unit * length)[:length]
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    yield "very long", "".join(rng.choice(letters) for _ in range(100_000))
    yield "very long", "".join(rng.choice(letters + "éñ日本語") for _ in range(50_000))
    yield "very long", "a" * 100_000
    yield "very long", "\u0301" * 20_000


def expected(tokenizer, texts, pairs=None):
    output = tokenizer(texts, pairs) if pairs else tokenizer(texts)
    for encoding in output.encodings:
        yield {"ids": encoding.ids, "type_ids": encoding.type_ids, "offsets": [list(o) for o in encoding.offsets], "tokens": encoding.tokens,
               "attention": encoding.attention_mask, "special": encoding.special_tokens_mask, "words": encoding.word_ids,
               "decoded": tokenizer.decode(encoding.ids), "decoded_skip": tokenizer.decode(encoding.ids, skip_special_tokens=True)}


def ask(program, folder, questions):
    with tempfile.TemporaryFile() as file:
        for question in questions:
            file.write(json.dumps(question).encode() + b"\n")
        file.seek(0)
        result = subprocess.run([program, "parity", str(folder)], stdin=file, capture_output=True)
    if result.returncode != 0:
        return None, result.stderr.decode("utf-8", "replace").strip()[-500:] or f"exit status {result.returncode}"
    return [json.loads(line) for line in result.stdout.split(b"\n") if line], None


class Report:
    def __init__(self, shown):
        self.shown, self.failed, self.compared = shown, 0, 0

    def fail(self, line):
        self.failed += 1
        if self.failed <= self.shown:
            print("  " + line, flush=True)

    def compare(self, name, question, wanted, got):
        self.compared += 1
        for key in KEYS if "error" not in got else ("error",):
            if key in wanted or key == "error":
                a, b = wanted.get(key), got.get(key)
                if a != b:
                    at = next((i for i, (x, y) in enumerate(zip(a or [], b or [])) if x != y), None) if isinstance(a, list) else None
                    around = slice(max(0, (at or 0) - 2), (at or 0) + 4)
                    shown = (a[around], (b or [])[around]) if isinstance(a, list) else (a, b)
                    text = json.dumps(question)
                    return self.fail(f"{name}: {key}[{at}] {str(shown[0])[:160]} ours {str(shown[1])[:160]} in {text[:300]}")


def compare_family(program, folder, texts, report, pair_count):
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    tokenizer.model_max_length = int(1e30)
    specials = list(tokenizer.all_special_tokens) + [" " + t for t in tokenizer.all_special_tokens]
    named = texts + list(hostile_texts(specials))
    only = [text for _, text in named]
    questions = [{"text": text} for text in only]
    names = [name for name, _ in named]
    wanted = []
    for start in range(0, len(only), 512):
        wanted += expected(tokenizer, only[start:start + 512])
    rng = random.Random(3)
    short = [text for text in only if 0 < len(text) < 400]
    firsts, seconds = rng.sample(short, min(pair_count, len(short))), rng.sample(short, min(pair_count, len(short)))
    questions += [{"text": a, "pair": b} for a, b in zip(firsts, seconds)]
    wanted += expected(tokenizer, firsts, seconds)
    names += ["pair"] * len(firsts)
    size = len(tokenizer)
    for _ in range(2000):
        ids = [rng.randrange(size) for _ in range(rng.randint(1, 12))]
        questions.append({"ids": ids})
        wanted.append({"decoded": tokenizer.decode(ids), "decoded_skip": tokenizer.decode(ids, skip_special_tokens=True)})
        names.append("random ids")
    got, error = ask(program, folder, questions)
    if error:
        return report.fail(f"our tokenizer does not load or stopped: {error}")
    if len(got) != len(wanted):
        return report.fail(f"{len(got)} answers to {len(wanted)} questions")
    for name, question, a, b in zip(names, questions, wanted, got):
        report.compare(name, question, a, b)


def stored_vectors(vectors):
    """Names, families, texts and ids that other projects keep for their own tests; ids of special tokens are left out."""
    for stem, family in LLAMA_CPP.items():
        inputs, outputs = (vectors / "llama.cpp" / f"ggml-vocab-{stem}.gguf{end}" for end in (".inp", ".out"))
        if inputs.exists():
            ids = [[int(i) for i in line.split()] for line in outputs.read_text().split("\n")]
            yield f"llama.cpp {stem}", family, list(zip(inputs.read_text().split("\n__ggml_vocab_test__\n"), ids))
    folder = vectors / "swift-transformers"
    if not folder.exists():
        return
    questions = json.loads((folder / "question_tokens.json").read_text())
    ids = json.loads((folder / "tokenized_questions.json").read_text())
    yield "SQuAD questions", "bert-base-uncased", [(q["original"], i) for q, i in zip(questions, ids)]
    for model, cases in json.loads((folder / "tokenizer_tests.json").read_text()).items():
        if model in SWIFT_TRANSFORMERS:
            yield f"swift-transformers {model}", SWIFT_TRANSFORMERS[model], [(c["input"], c["encoded"]["input_ids"]) for c in cases]
    for name, family in (("llama", "llama2"), ("llama_3.2", "llama3")):
        case = json.loads((folder / f"{name}_encoded.json").read_text())
        yield f"swift-transformers {name}", family, [(case["text"], case["token_ids"])]


def compare_vectors(program, vectors, folders, report):
    """A stored output that Python's tokenizer of today does not give either is counted apart."""
    apart = 0
    for name, family, cases in stored_vectors(vectors):
        if family not in folders:
            continue
        got, error = ask(program, folders[family], [{"text": text} for text, _ in cases])
        if error:
            report.fail(f"{name}: {error}")
            continue
        tokenizer = AutoTokenizer.from_pretrained(str(folders[family]))
        specials = set(tokenizer.all_special_ids) | {128000}
        for (text, wanted), answer in zip(cases, got):
            report.compared += 1
            wanted = [i for i in wanted if i not in specials]
            ours = [i for i in answer.get("ids") or [] if i not in specials]
            if ours != wanted:
                if ours == [i for i in tokenizer(text)["input_ids"] if i not in specials]:
                    apart += 1
                else:
                    report.fail(f"{name}: {wanted[:20]} ours {ours[:20]} in {text[:80]!r}")
    return apart


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--family", action="append", help="only these")
    parser.add_argument("--limit", type=int, default=1000, help="texts of each group (default 1000)")
    parser.add_argument("--vectors-only", action="store_true", help="only the expected outputs of other projects")
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--shown", type=int, default=10, help="differences shown of each family")
    options = parser.parse_args()
    rng = random.Random(1)
    texts = []
    for name, group in real_texts(options.data, options.limit):
        group = [text for text in group if isinstance(text, str)]
        texts += [(name, text) for text in (group if len(group) <= options.limit else rng.sample(group, options.limit))]
    failed = False
    with tempfile.TemporaryDirectory() as temporary:
        folders = {}
        for name, source in families(options.data / "tokenizers"):
            if options.family and name not in options.family:
                continue
            report = Report(options.shown)
            folder = prepared(name, source, pathlib.Path(temporary))
            folders[name] = folder
            if options.vectors_only:
                continue
            try:
                compare_family(options.program, folder, texts, report, options.pairs)
            except Exception as error:
                report.fail(f"Python does not load it: {type(error).__name__}: {str(error)[:300]}")
            failed = failed or report.failed > 0
            print(f"{name}: {report.compared} compared, {report.failed} differ", flush=True)
        report = Report(options.shown)
        apart = compare_vectors(options.program, options.data / "tokenizer-vectors", folders, report)
        print(f"expected outputs: {report.compared} compared, {report.failed} differ "
              f"({apart} more where Python differs too and we agree with it)", flush=True)
        failed = failed or report.failed > 0
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
