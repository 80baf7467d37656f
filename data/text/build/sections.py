#!/usr/bin/env python3
"""Learns what part of a posting a sentence belongs to: data/text/sections.tsv and structure.tsv.

    cargo build --release
    python3 data/text/build/sections.py ../shared/data        # needs numpy and scipy

1. The labelled postings (tests/data/labels/sections.tsv) are cut into blocks by `rungs train blocks`, and so are
   postings put together from employers' own fields under headings (every fifth record of
   labelled/required_preferred/dev, at most 120).
2. One conditional random field over the sentences of each posting: words, pairs of neighbouring words, the heading
   above by what it says and how telling it is, the place below it, and what follows what. All weights are learned at
   once, by L-BFGS with a ridge.

Deterministic. Rows of split `held` are only measured. `--folds 4` measures on quarters of the dev postings left out.
"""

import argparse
import collections
import csv
import glob
import json
import os
import random
import subprocess

import numpy as np
import scipy.sparse as sparse
from scipy.optimize import minimize

SECTIONS = ["company", "duties", "required", "preferred", "benefits", "legal", "apply", "other"]
CLASSES = len(SECTIONS)
NOTHING = CLASSES
RARE = 3  # a feature of fewer sentences is left out
RIDGE, RIDGE_CHAIN, ROUNDS = 1.2, 2.0, 80
SCALE, FAINT = 40.0, 6  # units of the words' weights, as in src/text/sections.rs; a row with none so large is left out
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
EVERY, MOST_FIELDS, TIMES = 5, 120, 8  # each counts eight times: there the heading decides, not the words


def cut(rungs, postings):
    """Ids and blocks of postings."""
    text = "\n".join(json.dumps({k: p.get(k) for k in ("id", "description", "html")}) for p in postings)
    rows = subprocess.run([rungs, "train", "blocks", "-"], input=text.encode(), capture_output=True, check=True)
    return [(row["id"], row["blocks"]) for row in map(json.loads, rows.stdout.splitlines())]


def read_fields(root, rungs):
    """Employers' fields as postings, in shuffled order under headings."""
    random.seed(3)
    postings, labels = [], {}
    for number, line in enumerate(open(os.path.join(root, "labelled/required_preferred/dev.jsonl"))):
        record, body, names, told = json.loads(line), "", list(FIELDS), []
        random.shuffle(names)
        for name in names:
            body += random.choice(FIELDS[name]) + "\n"
            for row in filter(None, map(str.strip, (record.get(name) or "").split("\n"))):
                start = len(body.encode())
                body += row + "\n"
                told.append((start, len(body.encode()), 1 + list(FIELDS).index(name)))
            body += "\n"
        if number % EVERY == 0 and len(postings) < MOST_FIELDS:
            postings.append({"id": str(number), "description": body, "html": False})
            labels[str(number)] = told
    found = [Posting(blocks, labels[id]) for id, blocks in cut(rungs, postings)]
    return [posting for posting in found if posting.rows]


def read(root, rungs, labelled):
    """Blocks of the labelled postings by id."""
    known = {}
    for path in sorted(glob.glob(os.path.join(root, "postings/corpus/*.jsonl.zst"))):
        lines = subprocess.run(["zstd", "-dqc", path], capture_output=True, check=True).stdout.split(b"\n")
        for posting in map(json.loads, filter(None, lines)):
            if posting["id"] in labelled:
                known[posting["id"]] = posting
    return dict(cut(rungs, known.values()))


def read_labels(path):
    labels, split = collections.defaultdict(list), {}
    for row in csv.DictReader(open(path), delimiter="\t"):
        labels[row["id"]].append((int(row["start"]), int(row["end"]), SECTIONS.index(row["section"])))
        split[row["id"]] = row["split"]
    return labels, split


class Posting:
    """The sentences of a posting: where they stand, their features, their labels (-1 where there is none)."""

    def __init__(self, blocks, labels=()):
        self.rows, self.features, self.unread, self.gold = [], [], [], []
        says, telling, unread = NOTHING, 0, None
        fresh, listed, ended, distance, before = True, False, False, 0, False
        for block in blocks:
            features = names(block)
            if block["kind"] == "heading":
                if block["heading"]:
                    says, score = block["heading"]
                    telling, unread = 0 if score >= 7 else 1 if score >= 5 else 2, None
                else:
                    unread = features
                fresh, listed, ended, distance = True, False, False, 0
                continue
            item, opens = block["kind"] == "item", block["opens"]
            if listed and not item and opens:
                listed, ended = False, True
            listed |= item
            place = 3 if unread is not None else 2 if ended else int(distance >= 6)
            joint = 0 if fresh else 1 if not opens else 2 if item and before else 3
            self.rows.append((says, telling, place, joint, item * 2 + opens, block["welcome"]))
            self.features.append(features)
            self.unread.append(unread or [])
            shared = [0] * CLASSES
            for start, end, section in labels:
                shared[section] += max(0, min(end, block["end"]) - max(start, block["start"]))
            self.gold.append(int(np.argmax(shared)) if max(shared) else -1)
            fresh, before, distance = False, item, distance + 1
        self.index = np.array(self.rows, int).reshape(-1, 6)


def names(block):
    """Features of a block: words, pairs, place."""
    words = block["words"]
    return {*words, *(f"{a}_{b}" for a, b in zip(["<start>", *words], words)), *block["place"]}


def matrix(rows, ids):
    columns, ends = [], [0]
    for row in rows:
        columns += [ids[name] for name in row if name in ids]
        ends.append(len(columns))
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(rows), len(ids)))


SHAPES = {"kind": (4,), "telling": (CLASSES + 1, 3), "place": (CLASSES + 1, 4), "change": (4, CLASSES),
          "start": (1,), "welcome": (1,), "unread": (1,)}


def parts(flat):
    out, at = {}, 0
    for name, shape in SHAPES.items():
        size = int(np.prod(shape)) * CLASSES
        out[name] = flat[at:at + size].reshape(*shape, CLASSES)
        at += size
    return out


def lse(a, axis):
    most = a.max(axis, keepdims=True)
    return (most + np.log(np.exp(a - most).sum(axis, keepdims=True))).squeeze(axis)


class Batch:
    """Sentences of many postings side by side, the longest posting first: the chain goes through all of them at once.
    `order[t]` are the places of the t-th sentences."""

    def __init__(self, postings, ids):
        postings = sorted(postings, key=lambda p: -len(p.rows))
        lengths = np.array([len(p.rows) for p in postings])
        self.first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self.order = [self.first[lengths > t] + t for t in range(lengths.max())]
        self.index = np.concatenate([p.index for p in postings])
        self.gold = np.concatenate([p.gold for p in postings])
        self.words = matrix([row for p in postings for row in p.features], ids)
        self.unread = matrix([row for p in postings for row in p.unread], ids)

    def own(self, w, p):
        i = self.index
        out = self.words @ w + (self.unread @ w) * p["unread"][0] + i[:, 5:6] * p["welcome"][0]
        out += p["kind"][i[:, 4]] + p["telling"][i[:, 0], i[:, 1]] + p["place"][i[:, 0], i[:, 2]]
        out[self.first] += p["start"][0]
        return out

    def run(self, own, change):
        """Sum of the log partition functions, marginals, and expected changes by joint."""
        a, b = own.copy(), np.zeros_like(own)
        for places in self.order[1:]:
            a[places] += lse(a[places - 1][:, :, None] + change[self.index[places, 3]], 1)
        pairs, z = np.zeros_like(change), np.zeros(len(own))
        for t in range(len(self.order) - 1, -1, -1):
            places = self.order[t]
            ends = places if t + 1 == len(self.order) else np.setdiff1d(places, self.order[t + 1] - 1, True)
            z[ends] = lse(a[ends], 1)
            if t:
                joints = self.index[places, 3]
                into = change[joints] + (own[places] + b[places])[:, None, :]
                z[places - 1] = z[places]
                b[places - 1] = lse(into, 2)
                np.add.at(pairs, joints, np.exp(a[places - 1][:, :, None] + into - z[places][:, None, None]))
        return z[self.first].sum(), np.exp(a + b - z[:, None]), pairs

    def best(self, w, p):
        """The likeliest section of every sentence."""
        own, change = self.own(w, p), p["change"]
        score, back = own.copy(), np.zeros(own.shape, int)
        for places in self.order[1:]:
            paths = score[places - 1][:, :, None] + change[self.index[places, 3]]
            back[places] = paths.argmax(1)
            score[places] += paths.max(1)
        found = score.argmax(1)
        for t in range(len(self.order) - 1, 0, -1):
            places = self.order[t]
            found[places - 1] = back[places, found[places]]
        return found


def fit(batch, features):
    """Weights of words, and parts of the chain."""
    i, told = batch.index, np.zeros((len(batch.gold), CLASSES))
    known = batch.gold >= 0
    told[known] = -1e9
    told[known, batch.gold[known]] = 0
    words_back, unread_back = batch.words.T.tocsr(), batch.unread.T.tocsr()
    cut = features * CLASSES

    def loss(flat):
        w, p = flat[:cut].reshape(-1, CLASSES), parts(flat[cut:])
        own = batch.own(w, p)
        z, m, pairs = batch.run(own, p["change"])
        z_told, m_told, pairs_told = batch.run(own + told, p["change"])
        d, g = m - m_told, {name: np.zeros_like(x) for name, x in p.items()}
        g["unread"][0] = (d * (batch.unread @ w)).sum(0)
        g["welcome"][0] = (d * i[:, 5:6]).sum(0)
        g["start"][0] = d[batch.first].sum(0)
        np.add.at(g["kind"], i[:, 4], d)
        np.add.at(g["telling"], (i[:, 0], i[:, 1]), d)
        np.add.at(g["place"], (i[:, 0], i[:, 2]), d)
        g["change"] = pairs - pairs_told
        slope = words_back @ d + unread_back @ (d * p["unread"][0])
        shrink = np.concatenate([np.full(cut, RIDGE), np.full(len(flat) - cut, RIDGE_CHAIN)])
        chain = [g[name].ravel() for name in SHAPES]
        return z - z_told + (shrink * flat * flat).sum() / 2, np.concatenate([slope.ravel(), *chain]) + shrink * flat

    start = np.zeros(cut + sum(int(np.prod(shape)) * CLASSES for shape in SHAPES.values()))
    parts(start[cut:])["unread"][:] = 0.3
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 6}).x
    return flat[:cut].reshape(-1, CLASSES), parts(flat[cut:])


def table(w):
    """Weights as the program reads them."""
    whole = np.clip(np.round((w - w.mean(1, keepdims=True)) * SCALE), -127, 127).astype(int)
    whole[np.abs(whole).max(1) < FAINT] = 0
    return whole


def measure(name, postings, ids, w, p):
    batch = Batch(postings, ids)
    known = batch.gold >= 0
    right = (batch.best(table(w) / SCALE, p) == batch.gold)[known]
    print(f"{name}: {right.mean():.4f} of {known.sum()} sentences of {len(postings)} postings", flush=True)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("data")
    args.add_argument("--rungs", default="target/release/rungs")
    args.add_argument("--labels", default="tests/data/labels/sections.tsv")
    args.add_argument("--out", default="data/text")
    args.add_argument("--folds", type=int, default=0)
    args = args.parse_args()
    labels, split = read_labels(args.labels)
    known = read(args.data, args.rungs, split)
    labelled = [(id, Posting(known[id], labels[id])) for id in sorted(known)]
    labelled = [(id, posting) for id, posting in labelled if posting.rows]
    dev = [posting for id, posting in labelled if split[id] != "held"]
    fields = read_fields(args.data, args.rungs) * TIMES
    counts = collections.Counter(name for posting in dev for row in posting.features for name in row)
    ids = {name: n for n, name in enumerate(sorted(n for n, count in counts.items() if count >= RARE))}
    print(len(dev), "postings,", len(fields) // TIMES, "of fields,", len(ids), "features", flush=True)
    for fold in range(args.folds):
        rest = [posting for n, posting in enumerate(dev) if n % args.folds != fold]
        measure(f"fold {fold + 1}", dev[fold::args.folds], ids, *fit(Batch(rest + fields, ids), len(ids)))
    w, p = fit(Batch(dev + fields, ids), len(ids))
    measure("held", [posting for id, posting in labelled if split[id] == "held"], ids, w, p)
    head = "# Learned by data/text/build/sections.py; do not edit. Columns: name, then " + " ".join(SECTIONS) + ".\n"
    with open(os.path.join(args.out, "sections.tsv"), "w") as out:
        out.write(head)
        for name, row in zip(sorted(ids), table(w)):
            if row.any() and not set(name) & set("\t\n\r"):
                out.write(name + "".join(f"\t{weight}" for weight in row) + "\n")
    with open(os.path.join(args.out, "structure.tsv"), "w") as out:
        out.write(head)
        for name, part in p.items():
            for n, row in enumerate(part.reshape(-1, CLASSES)):
                out.write(f"{name} {n}" + "".join(f"\t{weight:.3f}" for weight in row) + "\n")


if __name__ == "__main__":
    main()
