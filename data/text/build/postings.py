"""Postings as the section model sees them, with their labels."""

import collections
import csv
import glob
import json
import os
import random
import re
import subprocess
import sys
import zlib

SECTIONS = ["company", "duties", "required", "preferred", "benefits", "legal", "apply", "other"]
CLASSES = len(SECTIONS)
# How much a label counts that covers so many times as many bytes as its sentence: it was given to all of them together.
BINDING = [(1.6, 1.0), (3.5, 0.98), (float("inf"), 0.86)]
# Headings of our own above employers' fields: duties, required, preferred.
FIELDS = {
    "duties": ["Responsibilities", "What you'll do", "Your role", "Duties", "Key duties", "The role", "Tasks:",
               "What you'll be working on", "In this role you will", "Your responsibilities:", "About the role"],
    "minimum": ["Requirements:", "Minimum qualifications", "Qualifications", "What you'll need", "What we look for",
                "Who we are looking for", "Must have", "Required qualifications:", "Skills & experience", "You have",
                "Your background"],
    "preferred": ["Preferred qualifications", "Nice to haves", "Bonus points if", "Desired qualifications:",
                  "Preferred skills", "Good to have", "A plus", "Preferred requirements", "It would be great if you have",
                  "Bonus", "Nice-to-have:"],
}
EVERY, MOST_FIELDS = 5, 120

# A block: features (words, pairs, marks), words, marks, whether it is a heading, section or -1, how much that counts.
Block = collections.namedtuple("Block", "features words marks heading gold counts")


def cut(rungs, postings):
    """Ids and blocks of postings."""
    text = "\n".join(json.dumps({k: p.get(k) for k in ("id", "description", "html")}) for p in postings)
    rows = subprocess.run([rungs, "train", "blocks", "-"], input=text.encode(), capture_output=True, check=True)
    return [(row["id"], row["blocks"]) for row in map(json.loads, rows.stdout.splitlines())]


def blocks(outline, labels=()):
    """The blocks of a posting; `labels` are start, end and section."""
    out = []
    for block in outline:
        words, heading = list(map(sys.intern, block["words"])), block["kind"] == "heading"
        pairs = (f"{a}_{b}" for a, b in zip(["<start>", *words], words))
        shared, most, covers = [0] * CLASSES, 0, 0
        for start, end, section in labels:
            own = max(0, min(end, block["end"]) - max(start, block["start"]))
            shared[section] += own
            if own > most:
                most, covers = own, (end - start) / max(1, block["end"] - block["start"])
        told = bool(max(shared))
        gold = shared.index(max(shared)) if told else -1
        counts = next(share for times, share in BINDING if covers < times) if told else 0.0
        marks = list(map(sys.intern, block["marks"]))
        features = sorted({*words, *map(sys.intern, pairs), *marks})
        out.append(Block(features, words, marks, heading, gold, counts))
    return out


def read_fields(root, rungs):
    """Employers' own fields as postings, in shuffled order under headings: every fifth record of
    labelled/required_preferred/dev, at most 120."""
    shuffled = random.Random(3)
    postings, labels = [], {}
    for number, line in enumerate(open(os.path.join(root, "labelled/required_preferred/dev.jsonl"))):
        record, body, names, told = json.loads(line), "", list(FIELDS), []
        shuffled.shuffle(names)
        for name in names:
            body += shuffled.choice(FIELDS[name]) + "\n"
            for row in filter(None, map(str.strip, (record.get(name) or "").split("\n"))):
                start = len(body.encode())
                body += row + "\n"
                told.append((start, len(body.encode()), 1 + list(FIELDS).index(name)))
            body += "\n"
        if number % EVERY == 0 and len(postings) < MOST_FIELDS:
            postings.append({"id": str(number), "description": body, "html": False})
            labels[str(number)] = told
    return [blocks(outline, labels[id]) for id, outline in cut(rungs, postings)]


def employer(posting):
    return re.sub(r"[^a-z0-9]+", " ", (posting.get("company") or "").lower()).strip() or posting["id"]


def read_labels(path):
    labels, split = collections.defaultdict(list), {}
    for row in csv.DictReader(open(path), delimiter="\t"):
        labels[row["id"]].append((int(row["start"]), int(row["end"]), SECTIONS.index(row["section"])))
        split[row["id"]] = row["split"]
    return labels, split


def read(root, rungs, path):
    """The labelled postings by split, and postings without labels, of employers that have none in dev or held."""
    labels, split = read_labels(path)
    known, others = {}, []
    for path in sorted(glob.glob(os.path.join(root, "postings/corpus/*.jsonl.zst"))):
        lines = subprocess.run(["zstd", "-dqc", path], capture_output=True, check=True).stdout.split(b"\n")
        for posting in map(json.loads, filter(None, lines)):
            if posting["id"] in labels:
                known[posting["id"]] = posting
            else:
                others.append({k: posting.get(k) for k in ("id", "company", "description", "html")})
    named = {employer(posting) for id, posting in known.items() if split[id] != "hard"}
    held = {employer(posting) for id, posting in known.items() if split[id] == "held"}
    assert all(split[id] == "held" or employer(known[id]) not in held for id in known if split[id] == "hard"), "leak"
    others = [posting for posting in others if employer(posting) not in named]
    fresh, seen = [], set()
    for at in range(0, len(others), 5000):
        for _, outline in cut(rungs, others[at:at + 5000]):
            # Most of a posting has to be new: a third of all are near-duplicates of another.
            says = [zlib.crc32(" ".join(b["words"]).encode()) for b in outline if len(b["words"]) > 4]
            if len(outline) > 5 and says and 2 * sum(s in seen for s in says) <= len(says):
                fresh.append(blocks(outline))
            seen.update(says)
    labelled = collections.defaultdict(list)
    for id, outline in sorted(cut(rungs, [known[id] for id in sorted(known)])):
        labelled[split[id]].append(blocks(outline, labels[id]))
    return labelled, fresh
