#!/usr/bin/env python3
"""Train what judges the statements of an answer.

    pip install numpy scikit-learn
    cargo run --example eval -- --statements tests/data/stories tests/data/answers/? > target/statements.jsonl
    python3 models/train_statements.py assets/statements/kinds.weights target/statements.jsonl

Each line of the input is an answer or one of its sections: its words, and its statements with their features. The labels are in
`gold.jsonl` in the folder of the answer. A statement has a label if half of it, or of the quote, is in the other.
One logistic regression per kind learns from all sets but HELD_OUT. The script prints precision and recall on those.
"""

import json
import re
import struct
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

HELD_OUT = ["stories", "m"]
KINDS = ["metric", "worth", "lasting", "vague", "blame", "assigned", "motiveless", "other", "any flag"]
REGULARIZATION = 0.05


def normalized(words):
    return [re.sub(r"[^a-z0-9$£€%']", "", word.lower().replace("’", "'")) for word in words]


def locate(words, quote):
    """First and last index of the words of a quote. Marks that are words of their own are skipped."""
    wanted = [word for word in normalized(quote.split()) if word]
    kept = [at for at, word in enumerate(words) if word]
    texts = [words[at] for at in kept]
    for at in range(len(texts) - len(wanted) + 1):
        if texts[at : at + len(wanted)] == wanted:
            return kept[at], kept[at + len(wanted) - 1]
    return None


def load(path):
    golds, answers = {}, []
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        folder = row["folder"].rstrip("/")
        if folder not in golds:
            lines = open(f"{folder}/gold.jsonl", encoding="utf-8")
            golds[folder] = {gold["id"]: gold["whole"] for gold in map(json.loads, lines)}
        gold = golds[folder][row["id"]]
        quotes = [(kind, quote) for kind in KINDS[:3] for quote in gold[kind]]
        quotes += [(flag["kind"], flag["quote"]) for flag in gold["flags"]]
        words = normalized(row["words"])
        labels = np.zeros((len(row["statements"]), len(KINDS)), int)
        for kind, quote in quotes:
            place = locate(words, quote)
            if place is None and not row["is_whole"]:
                continue  # it is in another section
            if place is None:
                raise SystemExit(f"{folder}: {row['id']} does not contain {quote!r}")
            for at, (first, last, _) in enumerate(row["statements"]):
                shared = min(last, place[1]) - max(first, place[0]) + 1
                if shared >= 2 and 2 * shared >= min(last - first, place[1] - place[0]) + 1:
                    labels[at, KINDS.index(kind)] = 1
        labels[:, -1] = labels[:, 3:-1].max(axis=1)
        features = np.array([features for _, _, features in row["statements"]], np.float32)
        answers.append((folder.split("/")[-1], row["is_whole"], features, labels))
    return answers


def main(target, path):
    answers = load(path)
    training = [answer for answer in answers if answer[0] not in HELD_OUT]
    features = np.concatenate([features for _, _, features, _ in training])
    labels = np.concatenate([labels for _, _, _, labels in training])
    numbers = [features.shape[1], len(KINDS)]
    print(f"{len(training)} answers and sections, {len(features)} statements")
    for at, kind in enumerate(KINDS):
        model = LogisticRegression(C=REGULARIZATION, max_iter=300).fit(features, labels[:, at])
        numbers += [*model.intercept_, *model.coef_[0]]
        for name in HELD_OUT:
            held_out = [answer for answer in answers if answer[0] == name and answer[1]]
            said = np.concatenate([labels[:, at] for _, _, _, labels in held_out])
            log_odds = np.concatenate([model.decision_function(features) for _, _, features, _ in held_out])
            figures = []
            for bound in [-1, -0.5, 0, 0.5]:
                found = log_odds >= bound
                right = said[found].sum()
                figures.append(f"{bound}: {right / max(1, found.sum()):.2f} / {right / max(1, said.sum()):.2f}")
            print(f"{kind}, {name}: precision / recall from log odds " + ", ".join(figures))
    with open(target, "wb") as file:
        file.write(struct.pack(f"<{len(numbers)}f", *numbers))


if __name__ == "__main__":
    main(*sys.argv[1:])
