"""The teacher: a network that reads the words of every block in order, and the blocks in order. Too slow for the program.

A sentence is its words' vectors through a gated recurrent unit, pooled; a posting is its sentences through a long
short-term memory, both ways; weights of pairs of words speak beside them."""

import collections
import math
import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import rnn

from postings import CLASSES

VECTOR, WORD, MARKS, BLOCK, CONTEXT = 100, 64, 48, 96, 96  # sizes of layers
LONGEST = 40  # words of a sentence that are read: the first 28 and the last 12
EPOCHS, BATCH, RATE, SMOOTHING = 4, 12, 2e-3, 0.05
RARE = 3  # words and pairs of fewer labelled blocks have no weight beside


def word_vectors(postings):
    """Vectors of words, learned from what stands beside them, and their numbers (0 is nothing, 1 unknown)."""
    from gensim.models import Word2Vec
    sentences = sorted({tuple(block.words) for posting in postings for block in posting if len(block.words) > 2})
    random.Random(1).shuffle(sentences)
    model = Word2Vec([list(words) for words in sentences], vector_size=VECTOR, window=4, min_count=5, sg=0, negative=8,
                     epochs=6, workers=1, sample=1e-4, seed=1)
    vectors = model.wv.vectors / (np.linalg.norm(model.wv.vectors, axis=1, keepdims=True) + 1e-6)
    table = np.concatenate([np.zeros((2, VECTOR), np.float32), vectors])
    return table.astype(np.float32), {word: n + 2 for n, word in enumerate(model.wv.index_to_key)}


class Teacher(nn.Module):
    def __init__(self, vectors, marks, beside):
        super().__init__()
        self.vectors = nn.Embedding.from_pretrained(torch.from_numpy(vectors), freeze=False, padding_idx=0)
        self.words = nn.GRU(VECTOR, WORD, batch_first=True, bidirectional=True)
        self.attention = nn.Linear(2 * WORD, 1)
        self.marks = nn.EmbeddingBag(marks + 1, MARKS, mode="sum")
        self.block = nn.Linear(4 * WORD + MARKS, BLOCK)
        self.context = nn.LSTM(BLOCK, CONTEXT, batch_first=True, bidirectional=True)
        self.out = nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * CONTEXT + BLOCK, 64), nn.ReLU(), nn.Linear(64, CLASSES))
        self.beside = nn.EmbeddingBag(beside + 1, CLASSES, mode="sum")
        nn.init.zeros_(self.beside.weight)
        self.drop = nn.Dropout(0.3)

    def forward(self, batch):
        words, known = batch["words"], batch["words"] > 0
        vectors = self.vectors(words)
        if self.training:
            vectors = vectors * (torch.rand(words.shape) > 0.1).float().unsqueeze(-1)
        packed = rnn.pack_padded_sequence(self.drop(vectors), known.sum(1), batch_first=True, enforce_sorted=False)
        states, _ = rnn.pad_packed_sequence(self.words(packed)[0], batch_first=True)
        share = self.attention(torch.tanh(states)).squeeze(-1).masked_fill(~known, -1e9).softmax(1)
        most = states.masked_fill(~known.unsqueeze(-1), -1e9).max(1)[0]
        pooled = [(states * share.unsqueeze(-1)).sum(1), most, self.marks(*batch["marks"])]
        block = functional.relu(self.block(self.drop(torch.cat(pooled, 1))))
        postings, longest = batch["shape"]
        rows = torch.zeros(postings * longest, BLOCK).index_copy(0, batch["place"], block).view(postings, longest, -1)
        lengths = torch.bincount(batch["place"] // longest, minlength=postings)
        packed = rnn.pack_padded_sequence(self.drop(rows), lengths, batch_first=True, enforce_sorted=False)
        context, _ = rnn.pad_packed_sequence(self.context(packed)[0], batch_first=True, total_length=longest)
        context = context.reshape(postings * longest, -1)[batch["place"]]
        return self.out(torch.cat([context, block], 1)) + self.beside(*batch["beside"])


def rate(step, steps, highest, least):
    """How far a step of learning goes: up to `highest` over 200 steps, then down by a cosine to a part of `least`."""
    return highest * min(1, (step + 1) / 200) * (0.5 * (1 + math.cos(math.pi * step / steps)) + least)


def bag(rows):
    """Numbers of all rows one after the other, and where each begins."""
    starts = np.cumsum([0, *map(len, rows)])[:-1]
    return torch.tensor([n for row in rows for n in row], dtype=torch.long), torch.tensor(starts)


class Reader:
    """Turns postings into batches."""

    def __init__(self, postings, vectors):
        self.vectors, self.words = vectors
        self.marks = {m: n for n, m in enumerate(sorted({m for p in postings for block in p for m in block.marks}))}
        seen = collections.Counter(n for p in postings for b in p if b.gold >= 0 for n in self.spoken(b))
        self.beside = {name: n for n, name in enumerate(sorted(name for name, times in seen.items() if times >= RARE))}

    @staticmethod
    def spoken(block):
        return set(block.features) - set(block.marks)

    def encode(self, posting):
        """Words, marks, words and pairs beside, section and how much it counts, of every block."""
        rows = []
        for block in posting:
            words = block.words if len(block.words) <= LONGEST else block.words[:LONGEST - 12] + block.words[-12:]
            rows.append(([self.words.get(word, 1) for word in words] or [1],
                         [self.marks[mark] for mark in block.marks if mark in self.marks],
                         sorted(self.beside[name] for name in self.spoken(block) if name in self.beside),
                         block.gold, block.counts))
        return rows

    def batch(self, postings):
        rows = [row for posting in postings for row in posting]
        words = np.zeros((len(rows), max(len(row[0]) for row in rows)), np.int64)
        for at, row in enumerate(rows):
            words[at, :len(row[0])] = row[0]
        longest = max(map(len, postings))
        place = [n * longest + t for n, posting in enumerate(postings) for t in range(len(posting))]
        return {"words": torch.from_numpy(words), "marks": bag([row[1] for row in rows]),
                "beside": bag([row[2] for row in rows]), "gold": torch.tensor([row[3] for row in rows]),
                "counts": torch.tensor([row[4] for row in rows]), "place": torch.tensor(place),
                "shape": (len(postings), longest)}


def learn(seed, dev, vectors):
    """A teacher of the labelled postings `dev`, and its reader."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    shuffled = random.Random(seed)
    reader = Reader(dev, vectors)
    net = Teacher(reader.vectors, len(reader.marks), len(reader.beside))
    own = [p for name, p in net.named_parameters() if not name.startswith("beside")]
    groups = [{"params": own, "weight_decay": 1e-4}, {"params": net.beside.parameters(), "weight_decay": 1e-2}]
    optimizer = torch.optim.AdamW(groups, RATE)
    rows = [reader.encode(posting) for posting in dev]
    steps, step = EPOCHS * (len(rows) // BATCH), 0
    for epoch in range(EPOCHS):
        shuffled.shuffle(rows)
        net.train()
        for at in range(0, len(rows) - BATCH + 1, BATCH):
            for group in optimizer.param_groups:
                group["lr"] = rate(step, steps, RATE, 0.02)
            batch = reader.batch(rows[at:at + BATCH])
            told, counts = batch["gold"] >= 0, batch["counts"]
            loss = functional.cross_entropy(net(batch)[told], batch["gold"][told], reduction="none",
                                            label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            ((loss * counts[told]).sum() / counts[told].sum()).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            step += 1
        print(f"teacher {seed}: epoch {epoch + 1} of {EPOCHS}", flush=True)
    return net.eval(), reader


def says(net, reader, postings):
    """Logarithms of the shares it gives the sections of every block."""
    out = []
    with torch.no_grad():
        for at in range(0, len(postings), 48):
            rows = [reader.encode(posting) for posting in postings[at:at + 48]]
            shares, start = net(reader.batch(rows)).log_softmax(1).numpy(), 0
            for row in rows:
                out.append(shares[start:start + len(row)])
                start += len(row)
    return out
