"""Writes a JSON Lines file of texts and labels of about the given size: python large_jsonl.py FILE MEBIBYTES

The texts are made of a fixed vocabulary by a seeded generator; no two runs differ.
"""
import json
import random
import sys

WORDS = ("the parcel order refund card payment came late early wrong broken colour size address courier invoice account "
         "password login update crash screen button price discount voucher gift return exchange label number street "
         "morning evening support answer call email message nobody everyone always never again still already yesterday "
         "today week month please thanks help need want found lost sent received opened closed changed cancelled "
         "naïve café Straße München 東京 привет").split()
LABELS = ["delivery", "refund", "account", "product", "other"]


def main():
    path, size = sys.argv[1], int(sys.argv[2]) << 20
    generator = random.Random(42)
    # Sentences are drawn once and put together anew for every row.
    sentences = [json.dumps(" ".join(generator.choices(WORDS, k=generator.randint(5, 25))), ensure_ascii=False)[1:-1]
                 for _ in range(50_000)]
    written = row = 0
    with open(path, "w", encoding="utf-8", buffering=1 << 20) as file:
        while written < size:
            picks = generator.choices(sentences, k=6000)
            lines = "".join(
                f'{{"id": {row + i}, "text": "{picks[2 * i]}. {picks[2 * i + 1]} {row + i}", '
                f'"label": "{LABELS[(row + i) % 5]}"}}\n' for i in range(3000))
            file.write(lines)
            written += len(lines.encode())
            row += 3000
    print(f"{row} rows, {written} bytes")


if __name__ == "__main__":
    main()
