//! The sentences of a plan. Ours, general, and free of figures: what is specific comes from data.

use crate::level::Track;
use crate::taxonomy::Kind;

/// How a concept is talked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// One works with it: technologies and tools.
    Tool,
    /// One knows it.
    Knowledge,
    /// One does it: methods, skills, ways of being.
    Practice,
}

impl Class {
    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Technology | Kind::Tool => Self::Tool,
            Kind::Knowledge | Kind::Domain | Kind::Language | Kind::Certificate | Kind::Degree => {
                Self::Knowledge
            }
            Kind::Method | Kind::Skill | Kind::Attitude => Self::Practice,
        }
    }
}

/// Name of a depth 1–4.
#[must_use]
pub fn depth_name(depth: u8) -> &'static str {
    match depth {
        0 => "none",
        1 => "awareness",
        2 => "working",
        3 => "practitioner",
        _ => "expert",
    }
}

/// What good looks like for `label` at `depth`.
pub(super) fn good(class: Class, depth: u8, label: &str) -> String {
    match (class, depth) {
        (Class::Tool, 0 | 1) => {
            format!("You can say what {label} is for, and follow when others talk about it.")
        }
        (Class::Tool, 2) => {
            format!("You get everyday work done with {label}, and ask where it becomes unusual.")
        }
        (Class::Tool, 3) => {
            format!("You work with {label} on your own, choose between ways and say why; others ask you.")
        }
        (Class::Tool, _) => {
            format!("You set how {label} is used beyond your team, teach it, and know where it ends.")
        }
        (Class::Knowledge, 0 | 1) => {
            format!("You can explain the main ideas of {label} to someone new to it.")
        }
        (Class::Knowledge, 2) => {
            format!("You use {label} in everyday decisions, and know when to ask someone who knows more.")
        }
        (Class::Knowledge, 3) => {
            format!(
                "You decide questions of {label} on your own and can defend the decision; others ask you."
            )
        }
        (Class::Knowledge, _) => {
            format!("Your judgement in {label} is what others beyond your team build on, and you pass it on.")
        }
        (Class::Practice, 0 | 1) => {
            format!("You have watched {label} done well, and can say what made it good.")
        }
        (Class::Practice, 2) => format!("You do {label} when it comes up, with somebody to ask."),
        (Class::Practice, 3) => {
            format!("You take on {label} unasked, adapt how to the case, and get it done.")
        }
        (Class::Practice, _) => {
            format!("You shape how {label} is done beyond your team, and others learn it from you.")
        }
    }
}

/// What a level is held responsible for.
#[must_use]
pub fn level_means(level: u8, track: Option<Track>) -> &'static str {
    match (level, track) {
        (0 | 1, _) => "learning the trade under guidance",
        (2, _) => "clear tasks, with help at hand",
        (3, _) => "whole tasks, from question to result",
        (4, _) => "whole problems, and better work of those around you",
        (5, Some(Track::Management)) => "the results and the growth of a team",
        (5, _) => "problems that take a whole team, and its direction in the craft",
        (6, Some(Track::Management)) => "several teams or their managers",
        (6, _) => "problems across teams, and how they are approached",
        (7, Some(Track::Management)) => "a department: its strategy, its budget, its people",
        (7, _) => "how a whole organisation practises the craft",
        (_, Some(Track::Management)) => "a large part of the company, and where it goes",
        (_, _) => "what the field itself will do next",
    }
}

/// Weekly questions.
pub(super) const REFLECTION: [&str; 5] = [
    "What challenged me this week? If nothing did: why not?",
    "What gave me energy, and what drained me?",
    "Where was I complacent?",
    "Do I still want this role? What would change my mind?",
    "What is the one next step, and when do I take it?",
];

/// What a manager should ask.
pub(super) const MANAGER_ASKS: [&str; 6] = [
    "What would you like to spend your days on that you do not do now?",
    "Which of these areas matters most to you, and what would you let go for it?",
    "What did you do last month that already shows it?",
    "What do you need from me: work, introductions, feedback, or cover for your time?",
    "How will we both see that it is done?",
    "What if you find that this role is not for you? Which other one would you look at?",
];
