#!/usr/bin/env python3
"""Learns what part of a posting a sentence belongs to: data/text/sections.tsv and structure.tsv.

    cargo build --release
    python3 data/text/build/sections.py ../shared/data        # needs numpy and scipy

1. The labelled postings (tests/data/labels/sections.tsv) are cut into blocks by `rungs train blocks`, and so are
   postings put together from employers' own fields under headings (every fifth record of
   labelled/required_preferred/dev, at most 120).
2. What words say is learned from postings without labels too, of employers that have no labelled posting. First from
   sentences below certain headings: which section the heading announces. The field (3) that knows this reads those
   postings, and what it makes of every sentence, by heading and neighbours as well, teaches the words once more.
3. One conditional random field over the sentences of each posting: words, pairs of neighbouring words, the heading
   above by what it says and how telling it is, the place below it, what follows what, and the sum of what (2) says of
   its words. All weights are learned at once, by L-BFGS with a ridge; then (2) is added to the weights of words. A
   label that covers several sentences binds them less: it was given to all of them together.

Deterministic. Rows of split `held` are only measured; those of split `hard` are sentences that an earlier field was
unsure of, and only teach. `--folds 4` measures on the employers of a quarter of the dev postings left out, with everything
learned anew.
"""

import argparse
import collections
import copy
import csv
import glob
import json
import os
import random
import re
import subprocess
import zlib

import numpy as np
import scipy.sparse as sparse
from scipy.optimize import minimize

SECTIONS = ["company", "duties", "required", "preferred", "benefits", "legal", "apply", "other"]
CLASSES = len(SECTIONS)
NOTHING = CLASSES
RARE = 3  # a feature of fewer sentences is left out
RIDGE, RIDGE_CHAIN, ROUNDS = 1.2, 2.0, 80
RIDGE_HINTS = 0.02
BINDING = [(1.6, 1e9), (3.5, 4.0), (1e9, 2.0)]  # cost of going against a label so many times as long as the sentence
SURE, BINDING_SURE = 0.95, 3.0  # share from which a sentence of a partly labelled posting counts, and how much
HINT_RARE, HINT_RIDGE, HINT_ROUNDS = 6, 1.0, 45
HINT_FAINT = 3  # the same as FAINT for rows learned without labels: they are many and small
FAR, CHUNK = 8, 800  # sentences so far below a heading are not its own for sure; postings read at a time
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


def employer(posting):
    return re.sub(r"[^a-z0-9]+", " ", (posting.get("company") or "").lower()).strip() or posting["id"]


def read(root, rungs, labelled):
    """Blocks of the labelled postings by id, their employers by id, and blocks of postings of other employers."""
    known, others = {}, []
    for path in sorted(glob.glob(os.path.join(root, "postings/corpus/*.jsonl.zst"))):
        lines = subprocess.run(["zstd", "-dqc", path], capture_output=True, check=True).stdout.split(b"\n")
        for posting in map(json.loads, filter(None, lines)):
            if posting["id"] in labelled:
                known[posting["id"]] = posting
            else:
                others.append({k: posting.get(k) for k in ("id", "company", "description", "html")})
    employers = {id: employer(posting) for id, posting in known.items()}
    named = {employers[id] for id in known if labelled[id] != "hard"}
    others = [posting for posting in others if employer(posting) not in named]
    fresh = []
    seen = set()
    for at in range(0, len(others), 5000):
        for _, blocks in cut(rungs, others[at:at + 5000]):
            # Most of a posting has to be new: a third of all are near-duplicates of another.
            says = [zlib.crc32(" ".join(b["words"]).encode()) for b in blocks if len(b["words"]) > 4]
            if len(blocks) > 5 and says and 2 * sum(s in seen for s in says) <= len(says):
                fresh.append(blocks)
            seen.update(says)
    return dict(cut(rungs, known.values())), employers, fresh


def read_labels(path):
    labels, split = collections.defaultdict(list), {}
    for row in csv.DictReader(open(path), delimiter="\t"):
        labels[row["id"]].append((int(row["start"]), int(row["end"]), SECTIONS.index(row["section"])))
        split[row["id"]] = row["split"]
    return labels, split


class Posting:
    """The sentences of a posting: where they stand, their features, their labels (-1 where there is none)."""

    def __init__(self, blocks, labels=(), partly=False):
        self.partly = partly  # only those sentences are labelled that a field was unsure of
        self.rows, self.features, self.unread, self.gold, self.binding = [], [], [], [], []
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
            shared, most, covers = [0] * CLASSES, 0, 0
            for start, end, section in labels:
                own = max(0, min(end, block["end"]) - max(start, block["start"]))
                shared[section] += own
                if own > most:
                    most, covers = own, (end - start) / max(1, block["end"] - block["start"])
            self.gold.append(int(np.argmax(shared)) if max(shared) else -1)
            self.binding.append(next(cost for times, cost in BINDING if covers < times))
            fresh, before, distance = False, item, distance + 1
        self.index = np.array(self.rows, int).reshape(-1, 6)


def names(block):
    """Features of a block: words, pairs, place."""
    words = block["words"]
    return {*words, *(f"{a}_{b}" for a, b in zip(["<start>", *words], words)), *block["place"]}


def matrix(rows, ids):
    columns, ends = [], [0]
    for row in rows:
        columns += sorted(ids[name] for name in row if name in ids)
        ends.append(len(columns))
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(rows), len(ids)))


SHAPES = {"kind": (4,), "telling": (CLASSES + 1, 3), "place": (CLASSES + 1, 4), "change": (4, CLASSES),
          "start": (1,), "welcome": (1,), "unread": (1,), "hints": (CLASSES,)}


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

    def __init__(self, postings, ids, hints):
        postings = sorted(postings, key=lambda p: -len(p.rows))
        lengths = np.array([len(p.rows) for p in postings])
        self.first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self.order = [self.first[lengths > t] + t for t in range(lengths.max())]
        self.index = np.concatenate([p.index for p in postings])
        self.gold = np.concatenate([p.gold for p in postings])
        self.binding = np.concatenate([p.binding for p in postings])
        self.words = matrix([row for p in postings for row in p.features], ids)
        self.unread = matrix([row for p in postings for row in p.unread], ids)
        self.hints = matrix([row for p in postings for row in p.features], hints[0]) @ hints[1]
        self.hints_unread = matrix([row for p in postings for row in p.unread], hints[0]) @ hints[1]

    def own(self, w, p):
        i = self.index
        unread = self.unread @ w + self.hints_unread @ p["hints"]
        out = self.words @ w + self.hints @ p["hints"] + unread * p["unread"][0] + i[:, 5:6] * p["welcome"][0]
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
    told[known] = -batch.binding[known, None]
    told[known, batch.gold[known]] = 0
    words_back, unread_back = batch.words.T.tocsr(), batch.unread.T.tocsr()
    cut = features * CLASSES

    def loss(flat):
        w, p = flat[:cut].reshape(-1, CLASSES), parts(flat[cut:])
        own = batch.own(w, p)
        z, m, pairs = batch.run(own, p["change"])
        z_told, m_told, pairs_told = batch.run(own + told, p["change"])
        d, g = m - m_told, {name: np.zeros_like(x) for name, x in p.items()}
        g["unread"][0] = (d * (batch.unread @ w + batch.hints_unread @ p["hints"])).sum(0)
        g["hints"] = batch.hints.T @ d + batch.hints_unread.T @ (d * p["unread"][0])
        g["welcome"][0] = (d * i[:, 5:6]).sum(0)
        g["start"][0] = d[batch.first].sum(0)
        np.add.at(g["kind"], i[:, 4], d)
        np.add.at(g["telling"], (i[:, 0], i[:, 1]), d)
        np.add.at(g["place"], (i[:, 0], i[:, 2]), d)
        g["change"] = pairs - pairs_told
        slope = words_back @ d + unread_back @ (d * p["unread"][0])
        chain = [g[name].ravel() for name in SHAPES]
        return z - z_told + (shrink * flat * flat).sum() / 2, np.concatenate([slope.ravel(), *chain]) + shrink * flat

    ridges = {"hints": RIDGE_HINTS}
    sizes = [(ridges.get(name, RIDGE_CHAIN), int(np.prod(shape)) * CLASSES) for name, shape in SHAPES.items()]
    shrink = np.concatenate([np.full(cut, RIDGE), *(np.full(size, ridge) for ridge, size in sizes)])
    start = np.zeros(cut + sum(int(np.prod(shape)) * CLASSES for shape in SHAPES.values()))
    parts(start[cut:])["unread"][:] = 0.3
    parts(start[cut:])["hints"][:] = np.eye(CLASSES) * 0.4
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 6}).x
    return flat[:cut].reshape(-1, CLASSES), parts(flat[cut:])


def spoken(block):
    """Words and pairs of a block, without its place."""
    return names({**block, "place": []})


def hints(counts, sections, rows):
    """What words say: a softmax over the rows (names of features), which is told the shares of `sections`."""
    ids = {name: n for n, name in enumerate(sorted(n for n, count in counts.items() if count >= HINT_RARE))}
    words = rows(ids)
    back, size = words.T.tocsr(), len(ids)

    def loss(flat):
        w = flat[:size * CLASSES].reshape(size, CLASSES).astype(np.float32)
        score = words @ w + flat[size * CLASSES:].astype(np.float32)
        z = lse(score, 1)
        d = np.exp(score - z[:, None]) - sections
        value = float(z.sum(dtype=float) - (score * sections).sum(dtype=float)) + HINT_RIDGE * float((w * w).sum()) / 2
        return value, np.concatenate([(back @ d + HINT_RIDGE * w).ravel(), d.sum(0)]).astype(float)

    options = {"maxiter": HINT_ROUNDS, "maxcor": 5}
    flat = minimize(loss, np.zeros((size + 1) * CLASSES), jac=True, method="L-BFGS-B", options=options).x
    w = flat[:size * CLASSES].reshape(size, CLASSES)
    return ids, (w - w.mean(1, keepdims=True)).astype(np.float32)


def from_headings(postings):
    """Sentences near below a certain heading belong to what it announces."""
    seen, told = set(), []
    for blocks in postings:
        says, below, listed = None, 0, False
        for block in blocks:
            if block["kind"] == "heading":
                says = block["heading"][0] if block["heading"] and block["heading"][1] >= 7 else None
                below, listed = 0, False
                continue
            item, words = block["kind"] == "item", tuple(block["words"])
            if listed and not item and block["opens"]:
                says = None
            listed |= item
            if says is not None and below < FAR and len(words) > 2 and (words, says) not in seen:
                seen.add((words, says))
                told.append((spoken(block), says))
            below += 1
    counts = collections.Counter(name for row, _ in told for name in row)
    return hints(counts, np.eye(CLASSES, dtype=np.float32)[[says for _, says in told]],
                 lambda ids: matrix([row for row, _ in told], ids))


def from_field(postings, ids, w, p, before):
    """What the field makes of every sentence of postings without labels."""
    counts, shares, order = collections.Counter(), [], []
    for at in range(0, len(postings), CHUNK):
        some = [(Posting(blocks), blocks) for blocks in postings[at:at + CHUNK]]
        some = sorted((pair for pair in some if pair[0].rows), key=lambda pair: -len(pair[0].rows))
        batch = Batch([posting for posting, _ in some], ids, before)
        shares.append(batch.run(batch.own(w, p), p["change"])[1].astype(np.float32))
        for _, blocks in some:
            own = [block for block in blocks if block["kind"] != "heading"]
            order += own
            for block in own:
                counts.update(spoken(block))
    parts_of = lambda ids: sparse.vstack([matrix([spoken(b) for b in order[at:at + 50000]], ids)
                                          for at in range(0, len(order), 50000)]).tocsr()
    return hints(counts, np.concatenate(shares), parts_of)


def completed(postings, ids, w, p, before):
    """The same with what the field is sure of in partly labelled postings: that others of their sentences are hard says
    nothing against their headings."""
    partly = sorted((posting for posting in postings if posting.partly), key=lambda posting: -len(posting.rows))
    out = [posting for posting in postings if not posting.partly]
    for at in range(0, len(partly), CHUNK):
        some = partly[at:at + CHUNK]
        batch = Batch(some, ids, before)
        shares = batch.run(batch.own(w, p), p["change"])[1]
        for posting, start in zip(some, batch.first):
            own = shares[start:start + len(posting.rows)]
            fills = [gold < 0 and share.max() >= SURE for gold, share in zip(posting.gold, own)]
            whole = copy.copy(posting)
            whole.gold = [int(s.argmax()) if fill else gold for fill, gold, s in zip(fills, posting.gold, own)]
            whole.binding = [BINDING_SURE if fill else cost for fill, cost in zip(fills, posting.binding)]
            out.append(whole)
    return out


def learn(dev, fields, unlabelled, first):
    """Names of words, their weights with what was learned without labels, and the chain."""
    counts = collections.Counter(name for posting in dev for row in posting.features for name in row)
    ids = {name: n for n, name in enumerate(sorted(n for n, count in counts.items() if count >= RARE))}
    w, p = fit(Batch(dev + fields, ids, first), len(ids))
    second = from_field(unlabelled, ids, w, p, first)
    w, p = fit(Batch(completed(dev, ids, w, p, first) + fields, ids, second), len(ids))
    union = {name: n for n, name in enumerate(sorted({*ids, *second[0]}))}
    whole = np.zeros((len(union), CLASSES))
    whole[[union[name] for name in ids]] += w
    whole[[union[name] for name in second[0]]] += second[1] @ p["hints"]
    own = np.zeros(len(union), bool)
    own[[union[name] for name in ids]] = True
    return union, whole, p, own


def table(w, own, faint):
    """Weights as the program reads them; a row of the unlabelled alone has to say more."""
    whole = np.clip(np.round((w - w.mean(1, keepdims=True)) * SCALE), -127, 127).astype(int)
    whole[np.abs(whole).max(1) < np.where(own, min(FAINT, faint), faint)] = 0
    return whole


NO_HINTS = ({}, np.zeros((0, CLASSES), np.float32))


def measure(name, postings, ids, w, p, own):
    p = {**p, "hints": np.zeros((CLASSES, CLASSES))}
    for faint in (HINT_FAINT,):
        batch = Batch(postings, ids, NO_HINTS)
        whole = table(w, own, faint)
        known = batch.gold >= 0
        found = batch.best(whole / SCALE, p)
        right = (found == batch.gold)[known]
        print(f"{name}: {right.mean():.4f} of {known.sum()} sentences of {len(postings)} postings;",
              f"{whole.any(1).sum()} rows (faint {faint})", flush=True)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("data")
    args.add_argument("--rungs", default="target/release/rungs")
    args.add_argument("--labels", default="tests/data/labels/sections.tsv")
    args.add_argument("--out", default="data/text")
    args.add_argument("--folds", type=int, default=0)
    args = args.parse_args()
    labels, split = read_labels(args.labels)
    known, employers, unlabelled = read(args.data, args.rungs, split)
    labelled = [(id, Posting(known[id], labels[id], split[id] == "hard")) for id in sorted(known)]
    labelled = [(id, posting) for id, posting in labelled if posting.rows]
    dev = [(id, posting) for id, posting in labelled if split[id] != "held"]
    fields = read_fields(args.data, args.rungs) * TIMES
    first = from_headings(unlabelled)
    print(len(dev), "postings,", len(fields) // TIMES, "of fields,", len(unlabelled), "without labels", flush=True)
    fold_of = lambda id: zlib.crc32(employers[id].encode()) % args.folds
    for fold in range(args.folds):
        rest = [posting for id, posting in dev if fold_of(id) != fold]
        measure(f"fold {fold + 1}", [posting for id, posting in dev if fold_of(id) == fold and split[id] == "dev"],
                *learn(rest, fields, unlabelled, first))
    ids, w, p, own = learn([posting for _, posting in dev], fields, unlabelled, first)
    measure("held", [posting for id, posting in labelled if split[id] == "held"], ids, w, p, own)
    head = "# Learned by data/text/build/sections.py; do not edit. Columns: name, then " + " ".join(SECTIONS) + ".\n"
    with open(os.path.join(args.out, "sections.tsv"), "w") as out:
        out.write(head)
        for name, row in zip(sorted(ids), table(w, own, HINT_FAINT)):
            if row.any() and not set(name) & set("\t\n\r"):
                out.write(name + "".join(f"\t{weight}" for weight in row) + "\n")
    del p["hints"]  # added to the words
    with open(os.path.join(args.out, "structure.tsv"), "w") as out:
        out.write(head)
        for name, part in p.items():
            for n, row in enumerate(part.reshape(-1, CLASSES)):
                out.write(f"{name} {n}" + "".join(f"\t{weight:.3f}" for weight in row) + "\n")


if __name__ == "__main__":
    main()
