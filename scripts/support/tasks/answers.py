"""Answers to questions: XQuAD's English paragraphs, split by articles; features and answers made as `run_qa.py` does."""

import collections
import json
import os
import re
import string

from transformers import AutoModelForQuestionAnswering, AutoTokenizer, DataCollatorWithPadding

from .base import Task

LENGTH, STRIDE, BEST, LONGEST = 192, 64, 20, 30


def normalized(text):
    kept = "".join(character for character in text.lower() if character not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", kept).split()


def overlap(answer, wanted):
    """F1 of the words that two answers share."""
    given, right = normalized(answer), normalized(wanted)
    same = sum((collections.Counter(given) & collections.Counter(right)).values())
    return 2 * same / (len(given) + len(right)) if same else 0.0


class XQuad(Task):
    """Where in a paragraph the answer is; F1 of words in percent."""

    suffix = ".json"
    epochs = 2
    words = ["--task", "question-answering", "--max-length", str(LENGTH), "--doc-stride", str(STRIDE)]
    # Of articles.
    rows = {"train": 16, "validation": 6}
    tolerance = 1.0

    def prepare(self):
        self.base = self.options.model
        self.tokenizer = AutoTokenizer.from_pretrained(self.base)
        # An article has about 25 questions.
        if self.options.rows:
            self.limits = {name: max(1, min(most, self.options.rows // 25)) for name, most in self.rows.items()}
        with open(os.path.join(self.options.data, "qa/xquad/xquad.en.json"), encoding="utf-8") as file:
            articles = json.load(file)["data"]
        cut = len(articles) * 3 // 4
        parts = {"train": articles[:cut][: self.limits["train"]], "validation": articles[cut:][: self.limits["validation"]]}
        for name, part in parts.items():
            with open(self.path(name + self.suffix), "w", encoding="utf-8") as file:
                json.dump({"version": "1.1", "data": part}, file, ensure_ascii=False)
        self.train, _, _ = self.features(parts["train"])
        self.validation, self.places, self.examples = self.features(parts["validation"])

    def features(self, articles):
        rows, places, examples = [], [], []
        for article in articles:
            for paragraph in article["paragraphs"]:
                for question in paragraph["qas"]:
                    answers = question["answers"]
                    encoded = self.tokenizer(
                        question["question"].lstrip(), paragraph["context"], truncation="only_second", max_length=LENGTH,
                        stride=STRIDE, return_overflowing_tokens=True, return_offsets_mapping=True)
                    for part in range(len(encoded["input_ids"])):
                        start, end = self.position(encoded, part, answers[0])
                        rows.append({
                            **{key: encoded[key][part] for key in ("input_ids", "token_type_ids", "attention_mask")},
                            "start_positions": start, "end_positions": end})
                        sequences = encoded.sequence_ids(part)
                        offsets = [
                            offset if sequences[token] == 1 else None
                            for token, offset in enumerate(encoded["offset_mapping"][part])]
                        places.append((len(examples), offsets))
                    examples.append((paragraph["context"], [answer["text"] for answer in answers]))
        return rows, places, examples

    def position(self, encoded, part, answer):
        begin, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
        inside = [
            (token, offset) for token, (offset, sequence)
            in enumerate(zip(encoded["offset_mapping"][part], encoded.sequence_ids(part))) if sequence == 1]
        if not inside or inside[0][1][0] > begin or inside[-1][1][1] < end:
            return 0, 0
        return (
            max(token for token, offset in inside if offset[0] <= begin),
            min(token for token, offset in inside if offset[1] >= end))

    def model(self):
        return AutoModelForQuestionAnswering.from_pretrained(self.base)

    def collator(self):
        return DataCollatorWithPadding(self.tokenizer)

    def metrics(self, prediction):
        starts, ends = prediction.predictions[:2]
        best = [(float("-inf"), "")] * len(self.examples)
        for feature, (example, offsets) in enumerate(self.places):
            for start in starts[feature].argsort()[::-1][:BEST]:
                for end in ends[feature].argsort()[::-1][:BEST]:
                    if max(start, end) >= len(offsets) or not offsets[start] or not offsets[end]:
                        continue
                    if end < start or end - start + 1 > LONGEST:
                        continue
                    score = starts[feature][start] + ends[feature][end]
                    if score > best[example][0]:
                        best[example] = score, self.examples[example][0][offsets[start][0]:offsets[end][1]]
        found = [max(overlap(text, answer) for answer in answers) for (_, text), (_, answers) in zip(best, self.examples)]
        return {"f1": 100 * sum(found) / len(found)}
