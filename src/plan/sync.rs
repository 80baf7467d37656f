//! Ticks from `plan.md` into the plan, and what of an old plan lives on in a new one.

use super::log::Event;
use super::markdown::Document;
use super::{Action, OwnItem, Plan, Status};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Carries ticks, removals and the owner's own items from `document` into `plan`; gives what
/// changed. Doing it twice changes nothing the second time.
pub fn sync(plan: &mut Plan, document: &Document, today: Date) -> Vec<Event> {
    let ticks = document.ticks();
    let mut events = Vec::new();
    for action in plan.actions_mut() {
        let seen = seen(&ticks, &action.id);
        if let Some(event) = change(action.status, seen, &action.id, &action.text) {
            action.done_on = (seen == Status::Done).then_some(today);
            action.status = seen;
            events.push(event);
        }
    }
    for milestone in &mut plan.milestones {
        let seen = seen(&ticks, &milestone.id);
        let name = format!("day {}", milestone.day);
        if let Some(event) = change(milestone.status, seen, &milestone.id, &name) {
            milestone.done_on = (seen == Status::Done).then_some(today);
            milestone.status = seen;
            events.push(event);
        }
    }
    let own: Vec<OwnItem> =
        document.own_items().into_iter().map(|(text, done)| OwnItem { text, done }).collect();
    if !events.is_empty() || own != plan.own {
        plan.own = own;
        plan.revision += 1;
        plan.updated = today;
    }
    events
}

fn seen(ticks: &BTreeMap<&str, bool>, id: &str) -> Status {
    match ticks.get(id) {
        Some(true) => Status::Done,
        Some(false) => Status::Open,
        None => Status::Dropped,
    }
}

fn change(was: Status, is: Status, id: &str, text: &str) -> Option<Event> {
    let (id, text) = (id.to_owned(), text.to_owned());
    match (was, is) {
        (was, is) if was == is => None,
        (_, Status::Done) => Some(Event::Done { id, text }),
        (_, Status::Open) => Some(Event::Reopened { id, text }),
        (_, Status::Dropped) => Some(Event::Dropped { id, text }),
    }
}

/// Lets a newly made plan go on where `old` was: ticks of everything that is in both; and, when it
/// aims at the same roles, its name, its first day and what progress is measured from.
pub fn carry(new: &mut Plan, old: &Plan) {
    let ticks: BTreeMap<&str, &Action> = old.actions().map(|action| (action.id.as_str(), action)).collect();
    for action in new.actions_mut() {
        if let Some(before) = ticks.get(action.id.as_str()) {
            action.status = before.status;
            action.done_on = before.done_on;
        }
    }
    new.own.clone_from(&old.own);
    if !same_target(new, old) {
        return;
    }
    for milestone in &mut new.milestones {
        if let Some(before) = old.milestones.iter().find(|before| before.id == milestone.id) {
            milestone.status = before.status;
            milestone.done_on = before.done_on;
        }
    }
    new.id.clone_from(&old.id);
    new.revision = old.revision + 1;
    new.created = old.created;
    new.coverage = old.coverage;
    new.basis.clone_from(&old.basis);
}

/// Whether both aim at the same roles; how many postings there are of them does not matter.
#[must_use]
pub fn same_target(a: &Plan, b: &Plan) -> bool {
    let key = |plan: &Plan| {
        let t = &plan.target;
        (t.family.clone(), t.from_level, t.to_level, t.track, t.region.clone(), t.remote)
    };
    key(a) == key(b)
}

/// Ids of what the owner removed from `plan.md`: in the plan, not in the document.
#[must_use]
pub fn removed(plan: &Plan, document: &Document) -> BTreeSet<String> {
    let there: BTreeSet<&str> = document.segments.iter().map(|s| s.id.as_str()).collect();
    let written = super::markdown::blocks(plan).into_iter().map(|block| block.id);
    written.filter(|id| !there.contains(id.as_str())).collect()
}
