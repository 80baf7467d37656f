"""Lists what requirement sections ask for and no name matches: `python3 mine.py SHARED RUNGS > candidates.tsv`.

SHARED is the folder with `postings/`, RUNGS the program. Columns: employers, postings, phrase.

1. The postings of bench10k and of the English corpora, without doubles (same first 400 letters and digits of the body).
2. `rungs extract` reads them. The lines (of at most LINE bytes) from the first to the last skill it reads as required or
   preferred are taken as the requirement section; the words of every mention are struck out.
3. What is left is cut at punctuation, at what was struck out and at function words; runs of one to four words that
   neither begin nor end with a word of COMMON are counted by employer, in the section and outside it.
4. Left out are runs of fewer than FEWEST employers, those that stand in a longer one most of the time (SHARE), those
   that are commoner outside the section (OUTSIDE), those that are blocked, and those that are names already
   (`rungs skill --resolve`).

The list is read by hand; what is a skill goes into the hand-made tables, with its kind and relations.
Python 3.9 or newer, standard library only; needs the `zstd` command.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

BLOCKED = Path(__file__).resolve().parent.parent / "blocklist.tsv"
FEWEST = 5
SHARE = 0.7
OUTSIDE = 0.5
LINE = 500
LONGEST = 4
CORPORA = """ashby linkedin_plain glassdoor indeed_mixed adzuna_uk nyc_gov newgrad_ats
google_jobskills zapply_ats uber hn_whoishiring""".split()
STOP = set(
    """a an the and or of in on at to for with by from as is are be been being was were will would can could should may might must
    shall do does did done has have had having not no nor but if then than that this these those it its you your yours we our us they
    their them he she his her i my me who whom whose which what when where why how all any each every both either neither some such
    more most much many few less least other another same own so too very just only also even still yet ever never again once here
    there up down out off over under into onto upon about above below between among through during before after while until since
    because per via etc e.g i.e eg ie within without across toward towards against along around behind beside besides beyond despite
    except like near unlike whether however therefore thus plus including include includes included""".split()
)
COMMON = STOP | set(
    """experience experienced experiences year years month months skill skills skilled ability abilities able knowledge understanding
    strong excellent good great solid proven demonstrated demonstrable exceptional outstanding effective effectively successful
    successfully high highly highest deep extensive significant relevant related similar equivalent appropriate various multiple
    several different new best better well work working works worked job role roles position positions team teams company companies
    environment environments required require requires requirement requirements preferred prefer preference desired desirable
    minimum qualifications qualification qualified candidate candidates ideal must-have nice bonus plus one two three four five six
    seven eight ten first second third least using use used uses utilize utilizing ensure ensuring provide providing provides provided
    support supporting make making makes take taking takes get getting come coming go going give given need needed needs want wanted
    looking seek seeking help helping develop developing build building create creating maintain maintaining perform performing
    lead leading manage managing understand drive driving deliver delivering implement implementing identify identifying ensure
    part time full key core day days week weeks hour hours basis level levels area areas field fields industry set range variety type
    types way ways number based following applicable passion passionate comfortable familiar familiarity proficient proficiency
    expertise expert background track record hands-on background general specific complex additional current future existing
    people person individual individuals others someone something things thing anything everything opportunity opportunities
    location remote office site travel us uk usa united states degree bachelor's master's bachelor master diploma school high-school
    ged completed currently preferably ideally typically generally strongly willing willingness eager interest interested desire
    demonstrate possess possesses show shown prior previous past professional personal real large small big global local
    international national internal external fast-paced today please apply join grow growing learn learning""".split()
)
WORD = re.compile(r"[^\W_][\w'’+#-]*(?:[./&][\w+#-]+)*", re.UNICODE)


def lines_of(path):
    data = subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout
    return (json.loads(line) for line in data.splitlines() if line.strip())


def postings(shared):
    seen = set()
    paths = [shared / "postings/bench10k.jsonl.zst"] + [shared / f"postings/corpus/{c}.jsonl.zst" for c in CORPORA]
    for path in paths:
        for row in lines_of(path):
            body = row.get("description") or ""
            mark = re.sub(r"\W+", "", body)[:400].lower()
            if len(mark) < 200 or mark in seen:
                continue
            seen.add(mark)
            yield dict(id=str(len(seen)), title=row.get("title") or "", company=row.get("company") or "", description=body, html=bool(row.get("html")))


def blank(body, html):
    """The body without tags and entities, every byte at its place."""
    def tag(found):
        line = re.match(rb"</?(p|br|li|div|ul|ol|h\d|tr)\b", found[0], re.I)
        return (b"\n" if line else b" ") + b" " * (len(found[0]) - 1)
    return re.sub(rb"&#?\w{2,6};", lambda m: b" " * len(m[0]), re.sub(rb"<[^<>]{1,400}>", tag, body)) if html else body


def divided(row, found):
    """The lines of the requirement section and all others, known skills replaced by a separator."""
    spans, asked = [], []
    for skill in found.get("skills", []):
        for mention in [skill, *skill.get("more", [])]:
            span = (mention["start"], mention["end"])
            spans.append(span)
            if mention["section"] in ("required", "preferred"):
                asked.append(span)
    if not asked:
        return "", ""
    body = bytearray(blank(row["description"].encode(), row["html"]))
    for start, end in spans:
        body[start:end] = b"|" * (end - start)
    start, end = body.rfind(b"\n", 0, min(asked)[0]) + 1, body.find(b"\n", max(asked)[1])
    end = end if end > 0 else len(body)
    inside = [line for line in body[start:end].split(b"\n") if len(line) <= LINE]
    return b"\n".join(inside).decode("utf-8", "replace"), (body[:start] + b"\n" + body[end:]).decode("utf-8", "replace")


def runs(text):
    """Runs of words without punctuation or function words between them."""
    run, last = [], 0
    for word in WORD.finditer(text):
        if run and text[last:word.start()].strip(" \t"):
            yield run
            run = []
        last = word.end()
        if word[0].lower() in STOP:
            yield run
            run = []
        else:
            run.append(word[0])
    yield run


def phrases(text):
    """The runs of a text that could be names, each with one of its spellings."""
    found = {}
    for run in runs(text):
        low = [w.lower() for w in run]
        for start in range(len(run)):
            for end in range(start + 1, min(start + LONGEST, len(run)) + 1):
                if not (low[start] in COMMON or low[end - 1] in COMMON or low[start][0].isdigit()):
                    found[" ".join(low[start:end])] = " ".join(run[start:end])
    return found


def main(shared, program):
    with tempfile.NamedTemporaryFile("w+", suffix=".jsonl") as file:
        rows = list(postings(shared))
        file.writelines(json.dumps(r) + "\n" for r in rows)
        file.flush()
        out = subprocess.run([program, "extract", "-q", file.name], capture_output=True, text=True).stdout.splitlines()
    employers, count, spelled, outside = defaultdict(set), defaultdict(int), defaultdict(lambda: defaultdict(int)), defaultdict(int)
    for row, line in zip(rows, out):
        asked, told = (phrases(text) for text in divided(row, json.loads(line)))
        for phrase, spelling in asked.items():
            employers[phrase].add(row["company"].lower() or row["id"])
            count[phrase] += 1
            spelled[phrase][spelling] += 1
        for phrase in told:
            outside[phrase] += 1
    kept = {p for p, who in employers.items() if len(who) >= FEWEST and len(p) > 1}
    inside = defaultdict(int)
    for phrase in kept:
        words = phrase.split(" ")
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                if end - start < len(words):
                    part = " ".join(words[start:end])
                    inside[part] = max(inside[part], count[phrase])
    kept = [p for p in kept if inside[p] < SHARE * count[p] and outside[p] <= count[p] * OUTSIDE / (1 - OUTSIDE)]
    kept.sort(key=lambda p: (-len(employers[p]), p))
    names = subprocess.run([program, "skill", "-q", "--resolve"], input="\n".join(kept), capture_output=True, text=True).stdout
    known = {line.split("\t")[0] for line in names.splitlines() if line.split("\t")[1]}
    known |= {line.split("\t")[0].lstrip("=").lower() for line in BLOCKED.read_text(encoding="utf-8").splitlines()}
    kept = [p for p in kept if p not in known]
    print(f"{len(rows)} postings, {len(kept)} phrases", file=sys.stderr)
    for phrase in kept:
        print(len(employers[phrase]), count[phrase], max(spelled[phrase], key=spelled[phrase].get), sep="\t")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2])
