"""Brings the hand-made tables into order: `python3 tidy.py` (or `--report` to only tell what is wrong).

- a concept that stands in two tables is joined into the first of ORDER; so are two concepts with the same label
  and kindred kinds (the id of the first is kept, relations follow),
- relations to concepts that are not there are dropped, as are relations of a concept to itself,
- an ambiguous name of three letters or more is looked for in any case (`~=Spring` becomes `~Spring`): how it is
  written is for the judge to weigh; but not the words of COMMON, which are always looked for as written,
- forms that occur twice in a concept are dropped, rows are sorted by id.

`--report` also lists forms claimed by two concepts, for mending by hand.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
HEADER = "id\tlabel\tkind\tforms\tarea\trelations"
ORDER = ["tech_software", "tech_products", "business", "soft", "languages", "credentials", "sectors", "mined"]
# Names whose lower-case form stands in 40 or more of 10,000 postings, and means something else there.
COMMON = set(
    "access adjust amplify articulate assembly backbone basic bill box cadence can clay crystal docs drive dynamics edge "
    "exchange express fabric forms foundry fusion gong greenhouse harness less lever lightning linear make matrix meet metal "
    "mode next notion numbers office outreach pages plaid principle processing project publisher ramp relay remix rest safe "
    "scheme segment sigma solid square stripe swift teammate teams temporal workspace".split()
)
PRODUCT_KINDS = {"technology", "tool"}


def key(form):
    return re.sub(r"[\s\-]+", " ", form.lstrip("~=!").strip()).lower()


def marks(form):
    return form[: len(form) - len(form.lstrip("~=!"))]


def read():
    rows = []
    for name in ORDER:
        path = HERE / f"{name}.tsv"
        if not path.exists():
            continue
        lines = path.read_text(encoding="utf-8").split("\n")
        if lines[0] != HEADER:
            sys.exit(f"{path}: the header is not that of a table of concepts")
        for number, line in enumerate(lines[1:], 2):
            if not line.strip():
                continue
            cells = [re.sub(r"\s+", " ", c).strip() for c in line.split("\t")]
            if len(cells) != 6:
                sys.exit(f"{path}:{number}: {len(cells)} columns where 6 are expected")
            identity, label, kind, forms, area, relations = cells
            related = defaultdict(list)
            for relation in filter(None, (r.strip() for r in relations.split(";"))):
                kind_of, _, ids = relation.partition(":")
                related[kind_of.strip()] += [i.strip() for i in ids.split(",") if i.strip()]
            rows.append(dict(file=name, id=identity, label=label, kind=kind, area=area, relations=related,
                             forms=[f.strip() for f in forms.split("|") if f.strip().lstrip("~=!")]))
    return rows


def same(a, b):
    return a["kind"] == b["kind"] or {a["kind"], b["kind"]} <= PRODUCT_KINDS or (
        {a["kind"], b["kind"]} <= {"knowledge", "method", "skill", "domain"})


def join(rows):
    by_id, by_label, moved, out = {}, {}, {}, []
    for row in rows:
        old = by_id.get(row["id"])
        if old is None:
            candidate = by_label.get(key(row["label"]))
            old = candidate if candidate and same(candidate, row) else None
        if old is None:
            by_id[row["id"]] = row
            by_label.setdefault(key(row["label"]), row)
            out.append(row)
            continue
        if old["id"] != row["id"]:
            moved[row["id"]] = old["id"]
        known = {key(f) for f in old["forms"]} | {key(old["label"])}
        for form in ([row["label"]] if key(row["label"]) not in {key(f) for f in row["forms"]} else []) + row["forms"]:
            if key(form) not in known and "!" not in marks(form):
                known.add(key(form))
                old["forms"].append(form)
        for name, ids in row["relations"].items():
            old["relations"][name] += ids
    ids = {r["id"] for r in out}
    for row in out:
        for name in list(row["relations"]):
            wanted = [moved.get(i, i) for i in row["relations"][name]]
            wanted = [i for i in dict.fromkeys(wanted) if i in ids and i != row["id"]]
            row["relations"][name] = wanted
    return out


def tidy_forms(row):
    """The first of two equal forms stays; an exact form beside the same one in any case is dropped."""
    seen, forms = set(), []
    for form in row["forms"]:
        if marks(form) in ("~=", "=~") and len(re.sub(r"\W", "", form)) >= 3:
            form = "~" + form.lstrip("~=")
        if marks(form) == "~" and form != form.lower() and form[1:].lower() in COMMON:
            form = "~=" + form[1:]
        # Two exact forms may differ by case alone.
        identity = (form.lstrip("~=!"), True) if "=" in marks(form) else (key(form), False)
        if identity in seen or form == row["label"]:
            continue
        seen.add(identity)
        forms.append(form)
    row["forms"] = forms


def write(rows):
    for name in ORDER:
        mine = sorted((r for r in rows if r["file"] == name), key=lambda r: r["id"])
        if not mine:
            continue
        with (HERE / f"{name}.tsv").open("w", encoding="utf-8", newline="\n") as out:
            out.write(HEADER + "\n")
            for r in mine:
                relations = ";".join(f"{n}:{','.join(ids)}" for n, ids in sorted(r["relations"].items()) if ids)
                out.write("\t".join([r["id"], r["label"], r["kind"], "|".join(r["forms"]), r["area"], relations]) + "\n")


def report(rows):
    owners = defaultdict(set)
    for r in rows:
        listed = {key(f) for f in r["forms"]}
        for form in r["forms"] + ([] if key(r["label"]) in listed else [r["label"]]):
            if "!" not in marks(form):
                owners[key(form)].add((r["id"], marks(form)))
    for form, who in sorted(owners.items()):
        if len({i for i, _ in who}) > 1:
            print(form, "\t".join(f"{m}{i}" for i, m in sorted(who)), sep="\t")


if __name__ == "__main__":
    rows = join(read())
    for row in rows:
        tidy_forms(row)
    if "--report" in sys.argv:
        report(rows)
    else:
        write(rows)
        print(f"{len(rows)} concepts, {sum(len(r['forms']) + 1 for r in rows)} forms")
