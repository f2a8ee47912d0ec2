"""The checks of scripts/interop for each family and head: Python loads what our tests saved and gives the same results.
(The other way, Python's small models in our hands, is TinyModelTests.)"""
import json
from pathlib import Path

import torch
from transformers import (AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForMultipleChoice, AutoModelForQuestionAnswering,
                          AutoModelForSequenceClassification, AutoModelForTokenClassification)

TOLERANCE = 1e-5
HEADS = {"sequence-classification": AutoModelForSequenceClassification, "token-classification": AutoModelForTokenClassification,
         "question-answering": AutoModelForQuestionAnswering, "multiple-choice": AutoModelForMultipleChoice,
         "masked-lm": AutoModelForMaskedLM, "causal-lm": AutoModelForCausalLM}


def compare(folder):
    """Every weight finds its place, and the results are ours."""
    ours = json.loads((folder / "outputs.json").read_text(encoding="utf-8"))
    model, info = HEADS[folder.name].from_pretrained(folder, attn_implementation=ours["attention"], output_loading_info=True)
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        assert not info[kind], f"{kind}: {sorted(map(str, info[kind]))}"
    batch = {k: torch.tensor(v) for k, v in {**ours["inputs"], **ours["labels"]}.items()}
    with torch.inference_mode():
        result = model.eval()(**batch)
    worst = 0.0
    for key in ("loss", "logits", "start_logits", "end_logits"):
        assert (result.get(key) is not None) == (key in ours), f"{key} is on one side only"
        if key in ours:
            wanted = result[key].double().reshape(-1)
            found = torch.tensor(ours[key], dtype=torch.float64)
            assert found.isfinite().all() and wanted.isfinite().all(), f"{key} has numbers that are not finite"
            assert found.shape == wanted.shape, f"{key} has {found.numel()} numbers, not {wanted.numel()}"
            worst = max(worst, ((found - wanted).abs() / wanted.abs().clamp(min=1)).max().item())
    assert worst <= TOLERANCE, f"results differ by {worst:.2e}"
    return f"largest difference {worst:.1e}"


def check_models(checks, folder):
    folders = sorted(path.parent for path in Path(folder).glob("*/*/outputs.json"))

    def count():
        assert folders, f"there are none in {folder}"
        return f"{len(folders)}"

    checks.check("our tests saved models of each family", count)
    for path in folders:
        checks.check(f"Python's results from our {path.parent.name}, {path.name}", lambda path=path: compare(path))
