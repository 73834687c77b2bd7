#!/usr/bin/env python3
"""Write opposites.txt: the pairs of opposite words in WordNet 3.0 of which both are common.

    python3 assets/wordnet/derive_opposites.py /usr/share/wordnet TOKENIZER.json >assets/wordnet/opposites.txt

The database is that of the Debian package wordnet-base. A word counts as common if it is a whole word
piece of the tokenizer of all-MiniLM-L6-v2 (see models/convert_minilm.py).
"""

import json
import sys

# WordNet marks all of these as opposites, but none contradicts the other in an answer.
UNRELATED_IN_SPEECH = {("come", "go"), ("bring", "take"), ("make", "break"), ("day", "night")}

POS = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}


def synsets(folder, pos):
    found = {}
    with open(f"{folder}/data.{pos}", encoding="latin-1") as file:
        for line in file:
            if line.startswith("  "):
                continue
            fields = line.split("|")[0].split()
            count = int(fields[3], 16)
            words = [fields[4 + 2 * i].split("(")[0].lower() for i in range(count)]
            at = 4 + 2 * count
            pointers = [fields[at + 1 + 4 * i : at + 5 + 4 * i] for i in range(int(fields[at]))]
            found[fields[0]] = (words, pointers)
    return found


def main():
    folder, tokenizer = sys.argv[1:]
    with open(tokenizer, encoding="utf-8") as file:
        common = set(json.load(file)["model"]["vocab"])
    all_synsets = {pos: synsets(folder, pos) for pos in set(POS.values())}
    pairs = set()
    for words, pointers in (entry for pos in all_synsets.values() for entry in pos.values()):
        for symbol, offset, pos, ends in pointers:
            if symbol != "!":
                continue
            others = all_synsets[POS[pos]][offset][0]
            pair = words[int(ends[:2], 16) - 1], others[int(ends[2:], 16) - 1]
            if all(word in common and word.isalpha() for word in pair):
                pairs.add(tuple(sorted(pair)))
    unrelated = {tuple(sorted(pair)) for pair in UNRELATED_IN_SPEECH}
    for pair in sorted(pairs - unrelated):
        print(*pair)


main()
