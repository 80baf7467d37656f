//! What to do about an area: the words of its four actions. Ours, general, and free of figures.
//!
//! Two areas of one plan may be of one class, so everything is there in two wordings and areas take turns.

use super::ActionKind;
use super::words::{Class, depth_name};
use crate::extract::ExperienceKind;
use crate::query::gap::{GapKind, experience_name};

/// The words of one action.
pub(super) struct ActionWords {
    pub(super) text: String,
    pub(super) first_step: String,
    pub(super) trigger: String,
    pub(super) done_when: String,
}

/// An action before it is known what it is about: `{it}` stands for that, `{depth}` for the depth asked for.
struct Pattern {
    text: &'static str,
    first_step: &'static str,
    trigger: &'static str,
    done_when: &'static str,
}

impl Pattern {
    fn about(&self, it: &str, need: u8) -> ActionWords {
        let fill = |text: &str| text.replace("{depth}", depth_name(need)).replace("{it}", it);
        ActionWords {
            text: fill(self.text),
            first_step: fill(self.first_step),
            trigger: fill(self.trigger),
            done_when: fill(self.done_when),
        }
    }
}

/// The action of `kind` for a skill with this gap and depth needed, in the wording of this `turn`.
pub(super) fn skill_action(
    kind: ActionKind,
    class: Class,
    gap: GapKind,
    need: u8,
    label: &str,
    turn: usize,
) -> ActionWords {
    let patterns = match kind {
        ActionKind::People => &PEOPLE,
        ActionKind::Learn if gap == GapKind::Unproven => &LEARN_EDGE,
        ActionKind::Learn => match class {
            Class::Tool => &LEARN_TOOL,
            Class::Knowledge => &LEARN_KNOWLEDGE,
            Class::Practice => &LEARN_PRACTICE,
        },
        ActionKind::Do if gap == GapKind::Unproven => &DO_SHOW,
        ActionKind::Do => match (class, need) {
            (Class::Tool, 4) => &DO_TOOL_EXPERT,
            (Class::Tool, _) => &DO_TOOL,
            (Class::Knowledge, _) => &DO_KNOWLEDGE,
            (Class::Practice, _) => &DO_PRACTICE,
        },
        ActionKind::Prove => match class {
            Class::Tool => &PROVE_TOOL,
            Class::Knowledge => &PROVE_KNOWLEDGE,
            Class::Practice => &PROVE_PRACTICE,
        },
    };
    patterns[turn % 2].about(label, need)
}

/// The action of `kind` for a kind of experience, in the wording of this `turn`.
pub(super) fn experience_action(kind: ActionKind, experience: ExperienceKind, turn: usize) -> ActionWords {
    let name = experience_name(experience);
    let facet = facet(experience);
    let pattern = match kind {
        ActionKind::People => &PEOPLE_EXPERIENCE[turn % 2],
        ActionKind::Learn => &LEARN_EXPERIENCE[turn % 2],
        ActionKind::Do => &Pattern { text: facet.act, ..DO_EXPERIENCE[turn % 2] },
        ActionKind::Prove => {
            &Pattern { text: facet.prove, done_when: facet.accepted, ..PROVE_EXPERIENCE[turn % 2] }
        }
    };
    pattern.about(name, 0)
}

pub(super) fn experience_good(kind: ExperienceKind) -> &'static str {
    facet(kind).good
}

const PEOPLE: [Pattern; 2] = [
    Pattern {
        text: "Find the person around you whom others ask about {it}. Ask to watch them work on it once, and to tell you which mistake taught them most.",
        first_step: "Write down two names. If you have none, ask your manager for a name.",
        trigger: "When your next one-to-one begins, then ask for the introduction.",
        done_when: "you watched once, and wrote down three things that you would not have read anywhere",
    },
    Pattern {
        text: "Show somebody who is good at {it} a piece of your own work that touches it, and ask what they would have done otherwise.",
        first_step: "Pick the piece, and write one sentence on what you are unsure of.",
        trigger: "When you send it, then propose two times for a talk of twenty minutes.",
        done_when: "you changed one thing because of what they said, and told them so",
    },
];

const LEARN_EDGE: [Pattern; 2] = [
    Pattern {
        text: "Find the edge of what you know of {it}: answer, without notes, what a newcomer would ask.",
        first_step: "Write down five questions a newcomer would ask, and answer one aloud.",
        trigger: "When you cannot answer one, then look it up and come back to it a week later.",
        done_when: "you answered all of them to a colleague without notes",
    },
    Pattern {
        text: "Write the page on {it} that you would have liked to have on your first day with it.",
        first_step: "List the headings from memory, and mark those you are unsure of.",
        trigger: "When a heading is marked, then look it up before you write it.",
        done_when: "a colleague who is new to it got one thing done with the page alone",
    },
];

const LEARN_TOOL: [Pattern; 2] = [
    Pattern {
        text: "Work through the makers' own introduction to {it}, then rebuild one small thing of your daily work with it.",
        first_step: "Write down five questions about it that you cannot answer today.",
        trigger: "When you sit down to learn, then begin with what you could not recall last time.",
        done_when: "you can answer your five questions without notes, one week after you last looked at them",
    },
    Pattern {
        text: "Take one thing that your team made with {it}, change it, and find out why it was made that way.",
        first_step: "Find one such thing, and write down what you expect it to do.",
        trigger: "When it does something else, then write down why before you go on.",
        done_when: "you can explain every part of it, and say what you would do otherwise",
    },
];

const LEARN_KNOWLEDGE: [Pattern; 2] = [
    Pattern {
        text: "Read one standard introduction to {it}, and one real case from where you work; write down where they disagree.",
        first_step: "Ask one person who knows it which introduction they would choose.",
        trigger: "When you stop reading, then write three sentences from memory.",
        done_when: "you can explain the disagreement to a colleague in five minutes, without notes",
    },
    Pattern {
        text: "Collect the ten words of {it} that you hear at work and could not define, and learn what each means where you work.",
        first_step: "Write down the first three that come to mind.",
        trigger: "When you hear another one, then add it the same day.",
        done_when: "you can use each of them in a sentence about your own work, one week after you last looked",
    },
];

const LEARN_PRACTICE: [Pattern; 2] = [
    Pattern {
        text: "Study good {it} where you work: two examples, and what they have in common.",
        first_step: "Ask one colleague for the best example they remember.",
        trigger: "When you have read one, then write down the three moves that made it work.",
        done_when: "you can name those moves without notes, one week later, and used one of them",
    },
    Pattern {
        text: "Compare one time when {it} went well around you with one time when it did not; find what made the difference.",
        first_step: "Write down one of each, in two lines.",
        trigger: "When you think you know the difference, then ask somebody who was there.",
        done_when: "you wrote down the difference in one sentence that somebody who was there agrees with",
    },
];

const DO_SHOW: [Pattern; 2] = [
    Pattern {
        text: "Take up a piece of present work that needs {it}, and ask to be the one who explains it to the others afterwards.",
        first_step: "Write two sentences to your manager: what you would like to take on, and why.",
        trigger: "When your team next plans its work, then ask for it by name.",
        done_when: "you explained it, and somebody asked you about it later",
    },
    Pattern {
        text: "Offer to look over what others do with {it} for a month, and to answer their questions.",
        first_step: "Say so where your team talks to each other.",
        trigger: "When a question comes, then answer it the same day, or say who knows.",
        done_when: "five answers of yours were used",
    },
];

const DO_TOOL_EXPERT: [Pattern; 2] = [
    Pattern {
        text: "Offer to look after how your team uses {it}: its rules, its reviews, its next step.",
        first_step: "Write down the one thing about its use that costs your team most today.",
        trigger: "When your team next plans its work, then propose to mend that first.",
        done_when: "the thing is mended, and others follow the rule without being reminded",
    },
    Pattern {
        text: "Propose the next step for {it} beyond your own team, and carry it through with one other team.",
        first_step: "Ask that team what hurts most today.",
        trigger: "When you have their answer, then write half a page with two options.",
        done_when: "the other team works in the new way without you",
    },
];

const DO_TOOL: [Pattern; 2] = [
    Pattern {
        text: "Raise your hand for the next piece of work in your present team that needs {it}; where there is none, ask to pair with whoever works on it.",
        first_step: "Write two sentences to your manager: what you would like to take on, and why.",
        trigger: "When your team next plans its work, then ask for it by name.",
        done_when: "one piece is finished and reviewed",
    },
    Pattern {
        text: "Do one task that you do anyway with {it} instead, beside the usual way, and compare the two.",
        first_step: "Pick a task that comes back every week.",
        trigger: "When it comes back, then do it both ways and note what each cost.",
        done_when: "your team knows the comparison and decided which way to go on",
    },
];

const DO_KNOWLEDGE: [Pattern; 2] = [
    Pattern {
        text: "Bring {it} to the next decision of your team: half a page beforehand, on what it means for the choice.",
        first_step: "Find out which decision comes next, and who makes it.",
        trigger: "When the decision is on an agenda, then send your half page two days before.",
        done_when: "the page was used when it was decided",
    },
    Pattern {
        text: "Ask to take the part of a present piece of work where {it} matters most, with somebody who checks it.",
        first_step: "Write down which part that is, and who could check it.",
        trigger: "When your team next plans its work, then ask for that part by name.",
        done_when: "it was checked, and you know what was wrong with it",
    },
];

const DO_PRACTICE: [Pattern; 2] = [
    Pattern {
        text: "Ask for one piece of real work in which you answer for {it}, and for one named person who tells you afterwards what to change.",
        first_step: "Write two sentences to your manager: what you would like to take on, and why.",
        trigger: "When your team next plans its work, then ask for it by name.",
        done_when: "the piece is finished, and you have been told what to change",
    },
    Pattern {
        text: "Take over {it} in one piece of running work, first beside the person who answers for it now, then with them watching.",
        first_step: "Ask that person which part they would hand over first.",
        trigger: "When it comes up the next time, then do it while they watch.",
        done_when: "you did it twice, the second time without help",
    },
];

const PROVE_TOOL: [Pattern; 2] = [
    Pattern {
        text: "Make one small working thing with {it} that others can start, with a page that says how.",
        first_step: "Open an empty page; write the title and, below it, how it will be accepted.",
        trigger: "When the work above has its first result, then write down that day what it shows.",
        done_when: "someone who did not build it starts it from the page alone and sees the use of {it} at {depth} depth",
    },
    Pattern {
        text: "Write the account of one problem that you solved with {it}: what it was, what you tried, what it costs to keep.",
        first_step: "Choose the problem, and write down who would know whether the account is right.",
        trigger: "When you have a draft, then ask that person what is missing.",
        done_when: "that person finds nothing missing, and sees the use of {it} at {depth} depth",
    },
];

const PROVE_KNOWLEDGE: [Pattern; 2] = [
    Pattern {
        text: "Write two pages on one real question of {it}: the choice, the reasons, what you would watch.",
        first_step: "Write the question in one sentence, and who would have to agree with the answer.",
        trigger: "When the work above has its first result, then write down that day what it shows.",
        done_when: "someone who does this for a living finds no error in it and would act on it",
    },
    Pattern {
        text: "Explain {it} to your team in twenty minutes, on a case of your own work.",
        first_step: "Choose the case, and write down the one thing people should remember.",
        trigger: "When you have a date, then rehearse once before one person.",
        done_when: "a week later two listeners can say that one thing, and someone who knows the field corrected nothing",
    },
];

const PROVE_PRACTICE: [Pattern; 2] = [
    Pattern {
        text: "Write one page on a time you answered for {it}: the situation, what you did, what changed, what you would do differently.",
        first_step: "Open an empty page; write the title and, below it, how it will be accepted.",
        trigger: "When the work above has its first result, then write down that day what it shows.",
        done_when: "someone who was there reads it and agrees with every line",
    },
    Pattern {
        text: "Turn what you learned about {it} on one piece of work into something that others can use again: a checklist, a template, a short guide.",
        first_step: "Write down who would use it next, and for what.",
        trigger: "When the work above is done, then write the first version the same week.",
        done_when: "somebody else used it without asking you, and you mended what they stumbled over",
    },
];

const PEOPLE_EXPERIENCE: [Pattern; 2] = [
    Pattern {
        text: "Talk with somebody who took this on within the last year: what about {it} was not as they thought?",
        first_step: "Write down two names. If you have none, ask your manager for a name.",
        trigger: "When your next one-to-one begins, then ask for the introduction.",
        done_when: "you wrote down what surprised them, and whether you would still want it",
    },
    Pattern {
        text: "Ask two people who see you work what they would need to see before they trusted you with {it}.",
        first_step: "Choose one above you and one beside you.",
        trigger: "When you have their answers, then compare them the same day.",
        done_when: "you wrote down what both named, and asked for one occasion to show it",
    },
];

const LEARN_EXPERIENCE: [Pattern; 2] = [
    Pattern {
        text: "Find out what your employer expects of those who answer for {it}: the written rules, and what people really do.",
        first_step: "Look for the page or the person that says so.",
        trigger: "When you read a rule, then ask somebody for the last case in which it mattered.",
        done_when: "you can tell a colleague the expectations, with one real case each",
    },
    Pattern {
        text: "Watch {it} done twice by two different people, and note what each does that the other does not.",
        first_step: "Ask whether you may sit in, and say that you will only listen.",
        trigger: "When it is over, then write down three moments and ask about one of them.",
        done_when: "you can say which way fits you, and why",
    },
];

/// The words for the action itself are the facet's.
const DO_EXPERIENCE: [Pattern; 2] = [
    Pattern {
        text: "",
        first_step: "Write two sentences to your manager: what you would like to take on, and why.",
        trigger: "When your team next plans its work, then ask for it by name.",
        done_when: "one piece is finished and reviewed",
    },
    Pattern {
        text: "",
        first_step: "Write down one occasion in the coming weeks where it would be useful to others, too.",
        trigger: "When that occasion is two weeks away, then offer to take it on.",
        done_when: "it is done, and you asked two people what to do otherwise next time",
    },
];

/// The words for the artefact and its test are the facet's.
const PROVE_EXPERIENCE: [Pattern; 2] = [
    Pattern {
        text: "",
        first_step: "Open an empty page; write the title and, below it, how it will be accepted.",
        trigger: "When the work above has its first result, then write down that day what it shows.",
        done_when: "",
    },
    Pattern {
        text: "",
        first_step: "Ask the person who would have to agree what they would look for.",
        trigger: "When the work above begins, then keep five lines a week, and write from them.",
        done_when: "",
    },
];

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
