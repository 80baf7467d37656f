//! A plan as a calendar (RFC 5545): milestones, actions as to-dos, a weekly quarter of an hour.
//!
//! UIDs are stable and `SEQUENCE` grows, so that importing again updates instead of doubling.

use crate::plan::{Action, Milestone, Plan, Status};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use std::fmt::Write as _;

/// Longest line, in octets without its end (RFC 5545 §3.1).
const LINE_OCTETS: usize = 75;
/// Weeks of reflection: a quarter of a year.
const WEEKS: u8 = 13;
/// Time of the weekly reflection, local to whoever opens the calendar.
const WEEKLY_AT: &str = "T160000";

/// The calendar of `plan`, complete with line ends.
#[must_use]
pub fn calendar(plan: &Plan) -> String {
    let mut out = Lines::default();
    out.push("BEGIN", "VCALENDAR");
    out.push("VERSION", "2.0");
    out.push("PRODID", "-//rungs//plan//EN");
    out.push("CALSCALE", "GREGORIAN");
    out.push("METHOD", "PUBLISH");
    out.text("X-WR-CALNAME", &format!("rungs: {}", plan.target.family));
    for milestone in &plan.milestones {
        event(&mut out, plan, milestone);
    }
    let talks = plan.interviews.iter().map(|i| (i.questions.as_slice(), "People to talk to", &i.action));
    let areas = plan
        .focus
        .iter()
        .flat_map(|area| area.actions.iter().map(|action| (&[] as &[String], area.name.as_str(), action)));
    for (questions, area, action) in talks.chain(areas).filter(|(.., a)| a.status != Status::Dropped) {
        todo(&mut out, plan, action, area, questions);
    }
    weekly(&mut out, plan);
    out.push("END", "VCALENDAR");
    out.0
}

fn begin(out: &mut Lines, plan: &Plan, kind: &str, id: &str) {
    out.push("BEGIN", kind);
    out.push("UID", &format!("{}-{id}@plan.rungs.invalid", plan.id));
    out.push("DTSTAMP", &format!("{}T000000Z", compact(plan.updated)));
    out.push("SEQUENCE", &plan.revision.to_string());
}

fn event(out: &mut Lines, plan: &Plan, milestone: &Milestone) {
    begin(out, plan, "VEVENT", &milestone.id);
    out.push("DTSTART;VALUE=DATE", &compact(milestone.date));
    out.push("DTEND;VALUE=DATE", &compact(next_day(milestone.date)));
    let summary = format!("Day {}: look back and ahead", milestone.day);
    out.text("SUMMARY", &summary);
    out.text("DESCRIPTION", &milestone.goals.join("\n"));
    out.push("TRANSP", "TRANSPARENT");
    // Nine in the morning of the day before.
    alarm(out, "TRIGGER", "-PT15H", &summary);
    out.push("END", "VEVENT");
}

fn todo(out: &mut Lines, plan: &Plan, action: &Action, area: &str, questions: &[String]) {
    begin(out, plan, "VTODO", &action.id);
    let summary = format!("{area}: {}", action.text);
    out.text("SUMMARY", &summary);
    let mut description =
        format!("First step: {}\n{}\nDone when {}.", action.first_step, action.trigger, action.done_when);
    for line in action.links.iter().chain(questions) {
        let _ = write!(description, "\n{line}");
    }
    out.text("DESCRIPTION", &description);
    out.text("CATEGORIES", area);
    if let Some(due) = action.due {
        out.push("DUE;VALUE=DATE", &compact(due));
    }
    match (action.status, action.done_on) {
        (Status::Done, day) => {
            out.push("STATUS", "COMPLETED");
            out.push("PERCENT-COMPLETE", "100");
            out.push("COMPLETED", &format!("{}T000000Z", compact(day.unwrap_or(plan.updated))));
        }
        _ => {
            out.push("STATUS", "NEEDS-ACTION");
            if action.due.is_some() {
                alarm(out, "TRIGGER;RELATED=END", "-P3D", &summary);
            }
        }
    }
    out.push("END", "VTODO");
}

fn weekly(out: &mut Lines, plan: &Plan) {
    begin(out, plan, "VEVENT", "weekly");
    let friday = plan.created.nth_weekday(1, Weekday::Friday).unwrap_or(plan.created);
    out.push("DTSTART", &format!("{}{WEEKLY_AT}", compact(friday)));
    out.push("DURATION", "PT15M");
    out.push("RRULE", &format!("FREQ=WEEKLY;COUNT={WEEKS}"));
    let summary = "A quarter of an hour: how is the plan going?";
    out.text("SUMMARY", summary);
    out.text("DESCRIPTION", &plan.reflection.join("\n"));
    alarm(out, "TRIGGER", "-PT10M", summary);
    out.push("END", "VEVENT");
}

fn alarm(out: &mut Lines, trigger: &str, when: &str, text: &str) {
    out.push("BEGIN", "VALARM");
    out.push("ACTION", "DISPLAY");
    out.text("DESCRIPTION", text);
    out.push(trigger, when);
    out.push("END", "VALARM");
}

fn compact(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn next_day(day: Date) -> Date {
    day.checked_add(1.day()).unwrap_or(day)
}

/// Content lines, folded and ended as the standard wants.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A line whose value needs no escaping.
    fn push(&mut self, name: &str, value: &str) {
        self.fold(&format!("{name}:{value}"));
    }

    /// A line whose value is text of any kind (§3.3.11).
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for c in value.chars() {
            match c {
                '\n' => escaped.push_str("\\n"),
                '\\' | ';' | ',' => escaped.extend(['\\', c]),
                c if c.is_control() => {}
                c => escaped.push(c),
            }
        }
        self.fold(&format!("{name}:{escaped}"));
    }

    /// Breaks a long line into lines of at most 75 octets, never within a character.
    fn fold(&mut self, line: &str) {
        let mut used = 0;
        for c in line.chars() {
            if used + c.len_utf8() > LINE_OCTETS {
                self.0.push_str("\r\n ");
                used = 1;
            }
            self.0.push(c);
            used += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_at_75_octets_between_characters() {
        let mut lines = Lines::default();
        lines.text("SUMMARY", &"ü".repeat(100));
        for line in lines.0.split("\r\n") {
            assert!(line.len() <= LINE_OCTETS, "{line}");
        }
        assert_eq!(lines.0.replace("\r\n ", ""), format!("SUMMARY:{}\r\n", "ü".repeat(100)));
    }

    #[test]
    fn text_is_escaped() {
        let mut lines = Lines::default();
        lines.text("X", "a;b,c\\d\ne\r\u{7}f");
        assert_eq!(lines.0, "X:a\\;b\\,c\\\\d\\nef\r\n");
    }
}
