#!/usr/bin/env python3
"""Learns what part of a posting a sentence belongs to: data/text/sections.tsv and structure.tsv.

    cargo build --release
    python3 data/text/build/sections.py ../shared/data        # needs numpy and scipy

1. Postings of every corpus, 300 to 900 of each, and the labelled ones, are cut into blocks by
   `rungs train blocks`.
2. Words: multinomial logistic regression over words and pairs of neighbours, taught by labels of split `dev`
   (tests/data/labels/sections.tsv) and, for less, by sentences close below a heading that tells.
3. Chain: a linear-chain CRF over the sentences of the labelled postings, on the words' scores of a model that has not
   seen the posting (four folds), and of postings put together from employers' own fields under headings (every fifth
   record of labelled/required_preferred/dev, at most 120).
4. Once more 2 and 3, with every sentence of the unlabelled postings as the chain reads it, weighed by how sure it is.

Deterministic. Rows of split `held` are only measured.
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
# Most postings taken of a corpus; the others give 300. Of Vietnamese there are no labels.
MOST = {"ashby": 900, "agnikulu_ats": 700, "techlist_linkedin": 700, "linkedin_plain": 900, "glassdoor": 600,
        "indeed_mixed": 700, "arbeitnow": 500, "hn_whoishiring": 400, "topcv_vi": 0}
RARE = 14  # a feature of fewer sentences is left out
LABEL, WEAK = 3.0, 0.3  # weights of a labelled and of a taught sentence
SHRINK, SHRINK_CHAIN = 10.0, 2.0
LOUDEST, SCALE, FAINT = 8.0, 40.0, 3  # the first two as in src/text/sections.rs
FOLDS = 4
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
    """Blocks by posting: labelled ones by id, and the others."""
    random.seed(5)
    known, others = {}, []
    for path in sorted(glob.glob(os.path.join(root, "postings/corpus/*.jsonl.zst"))):
        corpus = os.path.basename(path).removesuffix(".jsonl.zst")
        lines = subprocess.run(["zstd", "-dqc", path], capture_output=True, check=True).stdout.split(b"\n")
        random.shuffle(lines)
        taken, seen = [], set()
        for line in filter(None, lines):
            posting = json.loads(line)
            body = posting.get("description") or ""
            if posting["id"] in labelled:
                known[posting["id"]] = posting
            elif len(taken) < MOST.get(corpus, 300) and 300 < len(body) < 12000 and body[:80] not in seen:
                seen.add(body[:80])
                taken.append(posting)
        others += taken
    return dict(cut(rungs, known.values())), [blocks for _, blocks in cut(rungs, others)]


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


def fit_words(x, y, weight, rounds=40):
    back = x.T.tocsr()

    def loss(flat):
        w = flat.reshape(-1, CLASSES)
        z = x @ w
        z -= z.max(1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(1, keepdims=True)
        value = -(weight[:, None] * y * np.log(p + 1e-12)).sum() + SHRINK / 2 * (w * w).sum()
        return value, (back @ ((p - y) * weight[:, None]) + SHRINK * w).ravel().astype(float)

    start = np.zeros(x.shape[1] * CLASSES)
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x.reshape(-1, CLASSES)


def spoken(x, w):
    """What words say, as the program reads them."""
    whole = np.clip(np.round((w - w.mean(1, keepdims=True)) * SCALE), -127, 127)
    whole[np.abs(whole).max(1) < FAINT] = 0
    e = np.asarray(x @ whole) / SCALE
    return np.clip(e - e.mean(1, keepdims=True), -LOUDEST, LOUDEST)


SHAPES = {"words": (1,), "kind": (4,), "telling": (CLASSES + 1, 3), "place": (CLASSES + 1, 4), "change": (4, CLASSES),
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


def unary(p, i, e, u):
    out = e * p["words"][0] + u * p["unread"][0] + i[:, 5:6] * p["welcome"][0]
    out += p["kind"][i[:, 4]] + p["telling"][i[:, 0], i[:, 1]] + p["place"][i[:, 0], i[:, 2]]
    out[0] += p["start"][0]
    return out


def forward_backward(own, change):
    n = len(own)
    a, b = np.zeros((n, CLASSES)), np.zeros((n, CLASSES))
    a[0] = own[0]
    for t in range(1, n):
        a[t] = own[t] + lse(a[t - 1][:, None] + change[t], 0)
    for t in range(n - 2, -1, -1):
        b[t] = lse(change[t + 1] + (own[t + 1] + b[t + 1])[None, :], 1)
    z = lse(a[-1], 0)
    pairs = [np.exp(a[t - 1][:, None] + change[t] + (own[t] + b[t])[None, :] - z) for t in range(1, n)]
    return z, np.exp(a + b - z), pairs


def fit_chain(data, rounds=60):
    def loss(flat):
        p, value = parts(flat), SHRINK_CHAIN / 2 * (flat * flat).sum()
        g = {name: np.zeros_like(x) for name, x in p.items()}
        for posting, e, u in data:
            i = posting.index
            own, change = unary(p, i, e, u), p["change"][i[:, 3]]
            told = np.zeros_like(own)
            for t, section in enumerate(posting.gold):
                if section >= 0:
                    told[t] = -1e9
                    told[t, section] = 0
            z, m, pairs = forward_backward(own, change)
            zc, mc, pairs_c = forward_backward(own + told, change)
            value += z - zc
            d = m - mc
            g["words"][0] += (d * e).sum(0)
            g["unread"][0] += (d * u).sum(0)
            g["welcome"][0] += (d * i[:, 5:6]).sum(0)
            g["start"][0] += d[0]
            np.add.at(g["kind"], i[:, 4], d)
            np.add.at(g["telling"], (i[:, 0], i[:, 1]), d)
            np.add.at(g["place"], (i[:, 0], i[:, 2]), d)
            for t in range(1, len(i)):
                g["change"][i[t, 3]] += pairs[t - 1] - pairs_c[t - 1]
        return value, np.concatenate([g[name].ravel() for name in SHAPES]) + SHRINK_CHAIN * flat

    size = sum(int(np.prod(shape)) * CLASSES for shape in SHAPES.values())
    return minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x


def best_path(p, i, e, u):
    own, best, back = unary(p, i, e, u), None, []
    best = own[0]
    for t in range(1, len(i)):
        score = best[:, None] + p["change"][i[t, 3]]
        back.append(score.argmax(0))
        best = score.max(0) + own[t]
    path = [int(best.argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return path[::-1]


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("data")
    args.add_argument("--rungs", default="target/release/rungs")
    args.add_argument("--labels", default="tests/data/labels/sections.tsv")
    args.add_argument("--out", default="data/text")
    args = args.parse_args()
    labels, split = read_labels(args.labels)
    known, others = read(args.data, args.rungs, split)
    labelled = [(id, Posting(known[id], labels[id])) for id in sorted(known)]
    labelled = [(id, posting) for id, posting in labelled if posting.rows]
    taught = [posting for posting in map(Posting, others) if posting.rows]
    fields = read_fields(args.data, args.rungs)
    print(len(labelled), "labelled,", len(fields), "of fields,", len(taught), "other postings")
    counts = collections.Counter()
    for posting in [*taught, *(p for id, p in labelled if split[id] != "held")]:
        for row in posting.features:
            counts.update(row)
    ids = {name: n for n, name in enumerate(sorted(n for n, count in counts.items() if count >= RARE))}
    print(len(ids), "features")
    rows = [matrix(p.features, ids) for _, p in labelled]
    heads = [matrix(p.unread, ids) for _, p in labelled]
    other_rows, other_heads = [matrix(p.features, ids) for p in taught], [matrix(p.unread, ids) for p in taught]
    field_rows, field_heads = [matrix(p.features, ids) for p in fields], [matrix(p.unread, ids) for p in fields]
    eye = np.eye(CLASSES)

    def teach(x, y, weight, fold):
        """The words, from everything but the labelled postings of `fold`."""
        use = [k for k, (id, _) in enumerate(labelled) if split[id] != "held" and k % FOLDS != fold]
        xs, ys, ws = [x], [y], [weight]
        for k in use:
            gold = np.array(labelled[k][1].gold)
            xs.append(rows[k][gold >= 0])
            ys.append(eye[gold[gold >= 0]])
            ws.append(np.full((gold >= 0).sum(), LABEL))
        return fit_words(sparse.vstack(xs).tocsr(), np.vstack(ys), np.concatenate(ws))

    near = [(x, p) for x, p in zip(other_rows, taught)]
    close = [(p.index[:, 0] < NOTHING) & (p.index[:, 1] <= 1) & (p.index[:, 2] == 0) for _, p in near]
    x = sparse.vstack([x[mask] for (x, _), mask in zip(near, close)]).tocsr()
    y = np.vstack([eye[p.index[mask, 0]] for (_, p), mask in zip(near, close)])
    weight = np.full(len(y), WEAK)
    for round in range(2):
        whole = teach(x, y, weight, None)
        scores = [None] * len(labelled)
        for fold in range(FOLDS):
            w = teach(x, y, weight, fold)
            for k in range(fold, len(labelled), FOLDS):
                w_k = whole if split[labelled[k][0]] == "held" else w
                scores[k] = (spoken(rows[k], w_k), spoken(heads[k], w_k))
        data = [(p, *scores[k]) for k, (id, p) in enumerate(labelled) if split[id] != "held"]
        data += [(p, spoken(x_k, whole), spoken(h_k, whole)) for p, x_k, h_k in zip(fields, field_rows, field_heads)]
        chain = fit_chain(data)
        for part in ("dev", "held"):
            all = right = 0
            for k, (id, posting) in enumerate(labelled):
                if split[id] == part:
                    path = best_path(parts(chain), posting.index, *scores[k])
                    told = [(a, b) for a, b in zip(path, posting.gold) if b >= 0]
                    all, right = all + len(told), right + sum(a == b for a, b in told)
            print(f"round {round + 1}: {part} {right / max(all, 1):.3f} of {all} sentences", flush=True)
        if round == 0:
            p = parts(chain)
            marginals = []
            for posting, x_k, h_k in zip(taught, other_rows, other_heads):
                own = unary(p, posting.index, spoken(x_k, whole), spoken(h_k, whole))
                marginals.append(forward_backward(own, p["change"][posting.index[:, 3]])[1])
            x, y = sparse.vstack(other_rows).tocsr(), np.vstack(marginals)
            weight = WEAK * np.clip((y.max(1) - 0.5) * 2, 0, 1)
    head = "# Learned by data/text/build/sections.py; do not edit. Columns: name, then " + " ".join(SECTIONS) + ".\n"
    table = np.clip(np.round((whole - whole.mean(1, keepdims=True)) * SCALE), -127, 127).astype(int)
    with open(os.path.join(args.out, "sections.tsv"), "w") as out:
        out.write(head)
        for name, n in sorted(ids.items()):
            if np.abs(table[n]).max() >= FAINT and not set(name) & set("\t\n\r"):
                out.write(name + "".join(f"\t{w}" for w in table[n]) + "\n")
    with open(os.path.join(args.out, "structure.tsv"), "w") as out:
        out.write(head)
        for name, part in parts(chain).items():
            for n, row in enumerate(part.reshape(-1, CLASSES)):
                out.write(f"{name} {n}" + "".join(f"\t{w:.3f}" for w in row) + "\n")


if __name__ == "__main__":
    main()
