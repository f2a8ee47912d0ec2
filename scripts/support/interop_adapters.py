"""The checks of scripts/interop for low-rank adapters: our command line against PEFT, and adapters on each family that our
tests saved. (The other way, PEFT's adapters on each family in our hands, is AdapterFamilyTests.)"""
import json
import os
import tempfile
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from transformers import (AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer,
                          TrainingArguments, set_seed)

from interop_models import HEADS

# The small models of our tests.
MODELS = Path(__file__).resolve().parents[2] / "Tests/PretrainedModelsTests/Fixtures/tiny-models"

SETTINGS = dict(r=4, lora_alpha=8, lora_dropout=0.1, target_modules=["query", "value", "dense"])
FLAGS = ["--lora", "--lora-r", "4", "--lora-alpha", "8", "--lora-dropout", "0.1", "--lora-target-modules",
         "query,value,dense"]


def check_adapters(checks, common, trainer, base, work, data):
    """`common` is the module of the other checks."""
    folder, ours, theirs, merged = (os.path.join(work, n) for n in ("adaptable", "our-adapter", "peft-adapter", "merged"))
    logs = {}

    def our_run(output, resume=None):
        words = [word for name, value in common.RUN.items() for word in ("--" + name, str(value))]
        common.run(trainer, "train", "--model", folder, "--train-file", data, "--text-column", "text", "--label-column",
                   "label", "--output-dir", output, "--numerics", "reference", "--loss-scaling", "python", "--use-cpu",
                   *FLAGS, *words, *(("--resume-from-checkpoint", resume) if resume else ()))
        with open(os.path.join(output, "trainer_state.json"), encoding="utf-8") as file:
            return json.load(file)["log_history"]

    def python_run(output, resume=None):
        tokenizer = AutoTokenizer.from_pretrained(folder)
        set_seed(common.RUN["seed"])
        model = AutoModelForSequenceClassification.from_pretrained(folder)
        rows = [dict(tokenizer(text), labels=model.config.label2id[label]) for text, label in common.ROWS]
        model = get_peft_model(model, LoraConfig(task_type="SEQ_CLS", **SETTINGS))
        arguments = TrainingArguments(output_dir=output, use_cpu=True, disable_tqdm=True, report_to="none", **common.RUN)
        python = Trainer(model=model, args=arguments, train_dataset=rows, processing_class=tokenizer,
                         data_collator=DataCollatorWithPadding(tokenizer))
        with common.contextlib.redirect_stdout(common.sys.stderr):
            python.train(resume_from_checkpoint=resume)
        python.save_model()
        return python.state.log_history

    def train():
        common.python_trainable_model(base, folder)
        logs["ours"], logs["theirs"] = our_run(ours), python_run(theirs)
        return common.compare_logs(logs["ours"], logs["theirs"])

    def scores(model, texts):
        tokenizer = AutoTokenizer.from_pretrained(folder)
        with torch.inference_mode():
            return torch.stack([model.eval()(**tokenizer(t, return_tensors="pt")).logits[0] for t in texts])

    def compare(source, model):
        """Our `predict` on a folder against a model of Python's."""
        file, output = os.path.join(work, "adapter.csv"), os.path.join(work, "adapter.jsonl")
        common.write_rows(file, common.ROWS)
        common.run(trainer, "predict", "--model", source, "--file", file, "--output", output, "--text-column", "text")
        expected = torch.log_softmax(scores(model, [t for t, _ in common.ROWS]).double(), -1)
        got = torch.tensor([list(row["scores"].values()) for row in common.json_lines(output)], dtype=torch.float64).log()
        worst = (got - expected).abs().max().item()
        assert worst <= common.TOLERANCE, f"log-probabilities differ by {worst:.2e}"
        return f"largest difference {worst:.1e}"

    def peft_model(source):
        return PeftModel.from_pretrained(AutoModelForSequenceClassification.from_pretrained(folder), source)

    def check_files():
        lists = [set(os.listdir(os.path.join(run, "checkpoint-6"))) for run in (ours, theirs)]
        missing = lists[1] - lists[0] - {"training_args.bin", "README.md"}
        assert not missing, f"our checkpoint lacks {', '.join(sorted(missing))}"
        assert "model.safetensors" not in lists[0], "our checkpoint holds the whole model"
        configs = [json.load(open(os.path.join(run, "adapter_config.json"))) for run in (ours, theirs)]
        assert list(configs[0]) == list(configs[1]), "adapter_config.json has other keys, or another order"
        for key, value in configs[1].items():
            got = configs[0][key]
            if isinstance(value, list):
                value, got = sorted(value), sorted(got)
            assert got == value, f"adapter_config.json: {key} is {got}, not {value}"

    def merge():
        common.run(trainer, "merge", "--model", ours, "--output-dir", merged)
        return compare(ours, AutoModelForSequenceClassification.from_pretrained(merged))

    checks.check("both sides train an adapter with the same losses, dropout included", train)
    checks.check("our adapter's checkpoint has Python's files", check_files)
    checks.check("PEFT's model from our adapter gives our scores", lambda: compare(ours, peft_model(ours)))
    checks.check("Transformers' model from our adapter gives our scores",
                 lambda: compare(ours, AutoModelForSequenceClassification.from_pretrained(ours)))
    checks.check("our scores from PEFT's adapter are Python's", lambda: compare(theirs, peft_model(theirs)))
    checks.check("Python goes on from our adapter's checkpoint", lambda: common.compare_logs(
        python_run(os.path.join(work, "python-adapter"), os.path.join(ours, "checkpoint-3")), logs["ours"], 3))
    checks.check("we go on from Python's adapter's checkpoint", lambda: common.compare_logs(
        our_run(os.path.join(work, "our-adapter-on"), os.path.join(theirs, "checkpoint-3")), logs["theirs"], 3))
    checks.check("our merged model in Python gives the adapter's scores", merge)


def compare_family(folder, name):
    """PEFT finds a place for every tensor, gives our results, and writes the same tensors again."""
    ours = json.loads((folder / "outputs.json").read_text(encoding="utf-8"))
    source = MODELS / name.replace(".all-linear", "")
    expected = json.loads((source / "expected.json").read_text(encoding="utf-8"))
    base = HEADS[source.name].from_pretrained(source, attn_implementation=expected["attention"])
    model = PeftModel.from_pretrained(base, folder).eval()
    with torch.inference_mode():
        result = model(**{k: torch.tensor(v) for k, v in ours["inputs"].items()})
    worst = 0.0
    for key in ("logits", "start_logits", "end_logits"):
        if key in ours:
            wanted = result[key].double().reshape(-1)
            found = torch.tensor(ours[key], dtype=torch.float64)
            assert found.isfinite().all(), f"{key} has numbers that are not finite"
            worst = max(worst, ((found - wanted).abs() / wanted.abs().clamp(min=1)).max().item())
    assert worst <= 1e-5, f"results differ by {worst:.2e}"
    with tempfile.TemporaryDirectory() as again:
        model.save_pretrained(again)
        first, second = (load_file(os.path.join(place, "adapter_model.safetensors")) for place in (folder, again))
    assert first.keys() == second.keys(), f"PEFT writes {sorted(second.keys() ^ first.keys())} otherwise"
    for key, tensor in first.items():
        assert torch.equal(tensor, second[key]), f"PEFT writes other numbers of {key}"
    return f"largest difference {worst:.1e}"


def check_family_adapters(checks, saved):
    """`saved`: what our tests left."""
    root = Path(saved, "adapters")
    folders = sorted(path.parent for path in root.glob("*/*/outputs.json"))

    def count():
        assert folders, f"there are none in {root}"
        return f"{len(folders)}"

    checks.check("our tests saved adapters on each family", count)
    for folder in folders:
        name = folder.relative_to(root).as_posix()
        checks.check(f"PEFT's results from our adapter on {name}",
                     lambda folder=folder, name=name: compare_family(folder, name))
