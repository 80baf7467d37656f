"""Dev check: a plan's calendar in a real calendar library (pip install icalendar jsonschema).

usage: check_plan.py FOLDER    the folder of a plan: plan.ics and plan.json
"""

import json
import pathlib
import sys

import icalendar
import jsonschema

folder = pathlib.Path(sys.argv[1])
schema = pathlib.Path(__file__).parents[2] / "data/plan/plan.schema.json"
plan = json.loads((folder / "plan.json").read_text())
jsonschema.Draft202012Validator(json.loads(schema.read_text())).validate(plan)

raw = (folder / "plan.ics").read_bytes()
assert all(len(line) <= 75 for line in raw.split(b"\r\n")), "a line is longer than 75 octets"
calendar = icalendar.Calendar.from_ical(raw)
problems = [error for part in calendar.walk() for error in part.errors]
assert not problems, problems
events, todos = calendar.walk("VEVENT"), calendar.walk("VTODO")
uids = [str(part["UID"]) for part in events + todos]
assert len(uids) == len(set(uids)), "a UID is there twice"
actions = [a for area in plan["focus"] for a in area["actions"]] + plan["interviews"]
assert len(todos) == sum(a["status"] != "dropped" for a in actions)
texts = {str(todo["SUMMARY"]) for todo in todos}
for action in actions:
    assert action["status"] == "dropped" or any(t.endswith(action["text"]) for t in texts), action["text"]
for part in events + todos:
    assert part.walk("VALARM") or part.get("STATUS") == "COMPLETED" or "DUE" not in part
print(f"{len(events)} events, {len(todos)} to-dos, {len(calendar.walk('VALARM'))} alarms: valid")
