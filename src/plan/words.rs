//! The sentences of a plan. Ours, general, and free of figures: what is specific comes from data.

use super::ActionKind;
use crate::extract::ExperienceKind;
use crate::level::Track;
use crate::query::gap::GapKind;
use crate::query::gap::experience_name;
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

/// The words of one action.
pub(super) struct ActionWords {
    pub(super) text: String,
    pub(super) first_step: String,
    pub(super) trigger: String,
    pub(super) done_when: String,
}

fn words(text: String, first_step: &str, trigger: &str, done_when: impl Into<String>) -> ActionWords {
    ActionWords {
        text,
        first_step: first_step.to_owned(),
        trigger: trigger.to_owned(),
        done_when: done_when.into(),
    }
}

/// The action of `kind` for a skill with this gap and depth needed.
pub(super) fn skill_action(
    kind: ActionKind,
    class: Class,
    gap: GapKind,
    need: u8,
    label: &str,
) -> ActionWords {
    match kind {
        ActionKind::People => people(label),
        ActionKind::Learn => learn(class, gap, label),
        ActionKind::Do => act(class, gap, need, label),
        ActionKind::Prove => prove(class, need, label),
    }
}

fn people(label: &str) -> ActionWords {
    words(
        format!(
            "Find the person around you whom others ask about {label}. Ask to watch them work on it once, \
and to tell you which mistake taught them most."
        ),
        "Write down two names. If you have none, ask your manager for a name.",
        "When your next one-to-one begins, then ask for the introduction.",
        "you watched once, and wrote down three things that you would not have read anywhere",
    )
}

fn learn(class: Class, gap: GapKind, label: &str) -> ActionWords {
    if gap == GapKind::Unproven {
        return words(
            format!(
                "Find the edge of what you know of {label}: answer, without notes, what a newcomer would ask."
            ),
            "Write down five questions a newcomer would ask, and answer one aloud.",
            "When you cannot answer one, then look it up and come back to it a week later.",
            "you answered all of them to a colleague without notes",
        );
    }
    let text = match class {
        Class::Tool => format!(
            "Work through the makers' own introduction to {label}, then rebuild one small thing of your \
daily work with it."
        ),
        Class::Knowledge => format!(
            "Read one standard introduction to {label}, and one real case from where you work; write \
down where they disagree."
        ),
        Class::Practice => format!(
            "Study how {label} is done well where you work: two good examples, and what they have in common."
        ),
    };
    words(
        text,
        "Write down five questions that you cannot answer today.",
        "When you sit down to learn, then begin with what you could not recall last time.",
        "you can answer your five questions without notes, one week after you last looked at them",
    )
}

fn act(class: Class, gap: GapKind, need: u8, label: &str) -> ActionWords {
    let text = match (class, gap, need) {
        (_, GapKind::Unproven, _) => format!(
            "Take up a piece of present work that needs {label}, and ask to be the one who explains it \
to the others afterwards."
        ),
        (Class::Tool, _, 4) => {
            format!("Offer to look after how your team uses {label}: its rules, its reviews, its next step.")
        }
        (Class::Tool, ..) => format!(
            "Raise your hand for the next piece of work in your present team that needs {label}; where \
there is none, ask to pair with whoever works on it."
        ),
        (Class::Knowledge, ..) => format!(
            "Bring {label} to the next decision of your team: half a page beforehand, on what it means \
for the choice."
        ),
        (Class::Practice, ..) => format!(
            "Ask for one piece of real work in which you do {label}, and for one named person who tells \
you afterwards what to change."
        ),
    };
    words(
        text,
        "Write two sentences to your manager: what you would like to take on, and why.",
        "When your team next plans its work, then ask for it by name.",
        "one piece is finished and reviewed",
    )
}

fn prove(class: Class, need: u8, label: &str) -> ActionWords {
    let (text, done_when) = match class {
        Class::Tool => (
            format!(
                "Make one small working thing with {label} that others can start, with a page that says how."
            ),
            format!(
                "someone who did not build it starts it from the page alone and sees the use of {label} at {} depth",
                depth_name(need)
            ),
        ),
        Class::Knowledge => (
            format!(
                "Write two pages on one real question of {label}: the choice, the reasons, what you would watch."
            ),
            "someone who does this for a living finds no error in it and would act on it".to_owned(),
        ),
        Class::Practice => (
            format!(
                "Write one page on a time you did {label}: the situation, what you did, what changed, what \
you would do differently."
            ),
            "someone who was there reads it and agrees with every line".to_owned(),
        ),
    };
    words(
        text,
        "Open an empty page; write the title and, below it, how it will be accepted.",
        "When the work above has its first result, then write down that day what it shows.",
        done_when,
    )
}

/// The words for a kind of experience: what good looks like, what to do, what to make.
struct Facet {
    good: &'static str,
    act: &'static str,
    prove: &'static str,
    accepted: &'static str,
}

fn facet(kind: ExperienceKind) -> Facet {
    use ExperienceKind as K;
    let (good, act, prove, accepted) = match kind {
        K::PeopleLed => (
            "People do better work because you lead them, and say so.",
            "Ask to lead one piece of work with two or three people: you plan, share out, follow up and answer for the result.",
            "One page on that work: its goal, who did what, what you decided, what came of it.",
            "two of the people agree with the page",
        ),
        K::ManagersLed => (
            "Teams whose managers report to you reach their goals without you in the room.",
            "Ask to coordinate the leads of several teams on one shared goal.",
            "One page on that goal: how the leads decided, what you left to them, what came of it.",
            "two of the leads agree with the page",
        ),
        K::Mentoring => (
            "Somebody can do on their own what they could not do before you helped them.",
            "Offer to mentor one colleague on one thing they want to learn, and agree how both will see that it worked.",
            "A note that you and your colleague write together: what they can do now, and what helped.",
            "your colleague signs it, and does the thing without you",
        ),
        K::Hiring => (
            "Your judgement of candidates is asked for, and holds up a year later.",
            "Ask to sit in on interviews, then to lead one part of them with agreed criteria.",
            "The criteria and questions for one part of an interview, with what a good answer shows.",
            "the hiring manager uses them",
        ),
        K::Budget => (
            "You can say what your area costs, what it brings, and what you would cut first.",
            "Ask to keep track of one line of cost of your team, and to propose how to spend it better.",
            "One page: where the money of that line goes, and one proposal with its effect and its risk.",
            "whoever answers for the budget finds the figures right",
        ),
        K::Scale => (
            "You know what breaks first when the load grows, and have seen it.",
            "Ask for the part of your work that carries the largest load, or for the test that shows where it ends.",
            "A measured account of one limit: the load, what gave way, what you changed, the figures before and after.",
            "a colleague repeats the measurement and gets the same",
        ),
        K::OnCall => (
            "You bring things back to order in a calm way, and they do not break twice.",
            "Ask to join the rota, first beside somebody experienced.",
            "A review of one incident: what happened, why, what keeps it from coming back. Nobody is blamed.",
            "the change it proposes is made",
        ),
        K::Stakeholders => (
            "People with different aims decide with you, and keep to it.",
            "Ask to present your team's work to the people who decide about it, and to bring back their decision.",
            "The decision paper for one such talk: the options, who wants what, your proposal.",
            "the decision is made on that paper",
        ),
        K::Geography => (
            "Work moves between places without waiting for you.",
            "Ask for a piece of work with a colleague in another country.",
            "A page on how the two places work together: hand-overs, language, law, what went wrong once.",
            "your colleague there agrees with it",
        ),
        K::Regulated => (
            "You know which rules apply to your work and can show that they are kept.",
            "Ask whoever answers for compliance which rule touches your work most, and take on one check of it.",
            "One page: the rule, what it asks of your work, how that is shown today, what is missing.",
            "whoever answers for compliance finds nothing wrong in it",
        ),
        K::Strategy => (
            "Others choose their work by a direction that you wrote down.",
            "Ask to draft where your team's area should be a year from now, and what it should stop doing.",
            "Two pages: where things stand, three options, the one you propose, what would change your mind.",
            "your team plans by it, or says in writing why not",
        ),
        K::Years => ("", "", "", ""),
        K::Travel => ("", "", "", ""),
        K::Stage => ("", "", "", ""),
        K::Guided => ("", "", "", ""),
        K::ReportsTo => ("", "", "", ""),
    };
    Facet { good, act, prove, accepted }
}

pub(super) fn experience_good(kind: ExperienceKind) -> &'static str {
    facet(kind).good
}

/// The action of `kind` for a kind of experience.
pub(super) fn experience_action(kind: ActionKind, experience: ExperienceKind) -> ActionWords {
    let facet = facet(experience);
    let name = experience_name(experience);
    match kind {
        ActionKind::People => words(
            format!(
                "Talk with somebody who took this on within the last year: what about {name} was not as they thought?"
            ),
            "Write down two names. If you have none, ask your manager for a name.",
            "When your next one-to-one begins, then ask for the introduction.",
            "you wrote down what surprised them, and whether you would still want it",
        ),
        ActionKind::Learn => words(
            format!(
                "Find out what your employer expects of those who answer for {name}: the written rules, and what people really do."
            ),
            "Look for the page or the person that says so.",
            "When you read a rule, then ask somebody for the last case in which it mattered.",
            "you can tell a colleague the expectations, with one real case each",
        ),
        ActionKind::Do => words(
            facet.act.to_owned(),
            "Write two sentences to your manager: what you would like to take on, and why.",
            "When your team next plans its work, then ask for it by name.",
            "one piece is finished and reviewed",
        ),
        ActionKind::Prove => words(
            facet.prove.to_owned(),
            "Open an empty page; write the title and, below it, how it will be accepted.",
            "When the work above has its first result, then write down that day what it shows.",
            facet.accepted,
        ),
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
