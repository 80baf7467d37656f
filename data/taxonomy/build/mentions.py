"""Labelled mentions for `rungs train ambiguity`, from the shared data: `python3 mentions.py ../shared/data > mentions.jsonl`.

- tests/data/labels/ambiguous.tsv: verdict 1 is yes, 0 and 2 are no, 3 is the right thing, but not asked for; 4, on which
  careful readers differ, is left out; split held is marked.
- labelled/skillspan/train.jsonl: every word is a mention of whatever concept is found there: yes where an expert's span
  overlaps it. Nothing of it is kept but the weights. A tenth of the sentences is marked held.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

LABELS = Path(__file__).resolve().parents[3] / "tests/data/labels/ambiguous.tsv"


def blank(text):
    """Tags and common entities become spaces; byte offsets stay."""
    def tag(m):
        size = len(m[0].encode())
        return ("\n" if re.match(r"</?(p|br|li|div|ul|ol|h\d|tr)\b", m[0], re.I) else " ") + " " * (size - 1)

    def entity(m):
        known = {"&amp;": "&", "&nbsp;": " ", "&#x27;": "'", "&#x2F;": "/", "&quot;": '"', "&#39;": "'", "&#43;": "+"}
        return known[m[0]] + " " * (len(m[0]) - 1) if m[0] in known else m[0]

    return re.sub(r"&#?\w{2,6};", entity, re.sub(r"<[^<>]{1,400}>", tag, text))


def postings(shared):
    wanted = defaultdict(lambda: defaultdict(list))
    for line in LABELS.read_text(encoding="utf-8").splitlines()[1:]:
        form, skill, corpus, identity, start, end, verdict, split = line.split("\t")
        if verdict == "4":
            continue
        mention = dict(start=int(start), end=int(end), concept=skill, yes=verdict in "13", asked=verdict != "3",
                       held=split == "held")
        wanted[corpus][identity].append(mention)
    for corpus, ids in wanted.items():
        path = shared / "postings/corpus" / f"{corpus}.jsonl.zst"
        for line in subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout.split(b"\n"):
            if line and (mentions := ids.pop(str((row := json.loads(line)).get("id")), None)):
                print(json.dumps(dict(text=blank(row["description"]), mentions=mentions)))


def skillspan(shared):
    for number, line in enumerate((shared / "labelled/skillspan/train.jsonl").open(encoding="utf-8")):
        row = json.loads(line)
        text, mentions = row["text"], []
        for word in re.finditer(r"\w+", text):
            yes = any(word.start() < s["end"] and s["start"] < word.end() for s in row["spans"])
            start, end = (len(text[:at].encode()) for at in (word.start(), word.end()))
            mentions.append(dict(start=start, end=end, concept=None, yes=yes, held=number % 10 == 0))
        print(json.dumps(dict(text=text, mentions=mentions)))


if __name__ == "__main__":
    shared = Path(sys.argv[1])
    postings(shared)
    skillspan(shared)
