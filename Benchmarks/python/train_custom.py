"""Python's Trainer on Linear(768, 2) and random floats, as a peer for custom-model-benchmark: prints one JSON object."""
import argparse
import json
import os
import tempfile
import time

import torch
from transformers import Trainer, TrainingArguments
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()
BATCH = 8


class Classifier(torch.nn.Module):
    def __init__(self, input_size, labels):
        super().__init__()
        self.fc = torch.nn.Linear(input_size, labels)

    def forward(self, input_ids, labels=None):
        logits = self.fc(input_ids)
        loss = None if labels is None else torch.nn.functional.cross_entropy(logits, labels)
        return {"loss": loss, "logits": logits}


class Rows(torch.utils.data.Dataset):
    def __init__(self, count):
        self.inputs, self.labels = torch.rand(count, 768), torch.randint(0, 2, (count,))

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return {"input_ids": self.inputs[index], "labels": self.labels[index]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model, rows = Classifier(768, 2), Rows(4000)
    with tempfile.TemporaryDirectory() as output:
        trainer = Trainer(model=model, train_dataset=rows, args=TrainingArguments(
            output_dir=output, max_steps=options.steps, per_device_train_batch_size=BATCH, save_strategy="no",
            report_to="none", disable_tqdm=True, use_cpu=True))
        started = time.perf_counter()
        loss = trainer.train().training_loss
        seconds = time.perf_counter() - started
    print(json.dumps({"steps_per_second": options.steps / seconds, "seconds": seconds, "train_loss": loss}))


if __name__ == "__main__":
    main()
