//! Focus areas, conversations and milestones written out.

use super::actions::{self, ActionWords};
use super::focus::{Focus, Subject};
use super::id::Ids;
use super::make::{MILESTONES, Material, after};
use super::words::{self, Class};
use super::{Action, ActionKind, AreaKind, Demand, FocusArea, Interview, Milestone, PlanSkill, Status};
use crate::extract::ExperienceKind;
use crate::level::family;
use crate::profile::ProfileSkill;
use crate::query::gap::{ExperienceGap, GapKind, Kindred, SkillGap, Target, are_one, experience_name};
use crate::query::stats::Share;
use crate::taxonomy::Kind;

/// Behind a number of employers that are of kindred families.
const OF_KIN: &str = " of kindred families";
/// The order of one area's actions.
const ORDER: [ActionKind; 4] = [ActionKind::People, ActionKind::Learn, ActionKind::Do, ActionKind::Prove];

/// Writes out the parts of one plan.
pub(super) struct Maker<'a> {
    pub(super) material: &'a Material<'a>,
    pub(super) target: &'a Target,
    pub(super) ids: Ids,
}

impl Maker<'_> {
    /// The area of `focus`, the `turn`-th of its plan.
    pub(super) fn area(&mut self, focus: &Focus<'_>, turn: usize) -> FocusArea {
        match &focus.subject {
            Subject::Skills(skills) => self.skill_area(skills, turn),
            Subject::Experience(gap, kindred) => {
                let name = experience_name(gap.kind);
                let key = format!("{:?}", gap.kind);
                let asked = demand(&gap.asked);
                let own_level = demand(&gap.own);
                let typical = gap.figure.map(|figure| {
                    let (median, with, of) = (figure.median, figure.employers_with, figure.employers);
                    format!("Where employers give a figure, the middle one is {median} ({with} of {of} employers).")
                });
                let of_kin = if kindred.is_some() { OF_KIN } else { "" };
                let parts = [Some(self.why(name, &asked, &own_level, of_kin)), kindred.map(whose), typical];
                FocusArea {
                    id: self.ids.of(&format!("area:{key}")),
                    name: sentence_case(name),
                    kind: AreaKind::Experience,
                    kindred: kindred.map_or_else(Vec::new, |kindred| kindred.families.clone()),
                    skills: Vec::new(),
                    why: parts.into_iter().flatten().collect(),
                    demand: asked,
                    own_level,
                    quotes: Vec::new(),
                    good: vec![actions::experience_good(gap.kind).to_owned()],
                    standing: vec![self.shown_so_far(gap.kind)],
                    after: None,
                    actions: ORDER
                        .iter()
                        .map(|kind| {
                            self.action(*kind, &key, actions::experience_action(*kind, gap.kind, turn), &[])
                        })
                        .collect(),
                }
            }
        }
    }

    fn skill_area(&mut self, skills: &[&SkillGap], turn: usize) -> FocusArea {
        let lead = skills[0];
        let class = Class::of(lead.kind);
        let id = self.ids.of(&format!("area:{}", lead.id));
        let actions = ORDER
            .iter()
            .map(|kind| {
                let text = actions::skill_action(*kind, class, lead.gap, lead.need, &lead.label, turn);
                let links = self.material.links.get(&lead.id).filter(|_| *kind == ActionKind::Learn);
                self.action(*kind, &lead.id, text, links.map_or(&[], Vec::as_slice))
            })
            .collect();
        let good = good(skills);
        let asked = demand(&lead.asked);
        let own_level = demand(&lead.own);
        FocusArea {
            id,
            name: sentence_case(&lead.label),
            kind: AreaKind::Skills,
            kindred: Vec::new(),
            skills: skills.iter().map(|s| plan_skill(s)).collect(),
            why: skills
                .iter()
                .enumerate()
                .map(|(at, s)| {
                    let name = if at == 0 { s.label.clone() } else { format!("also {}", s.label) };
                    self.why(&name, &demand(&s.asked), &demand(&s.own), "")
                })
                .collect(),
            demand: asked,
            own_level,
            quotes: self.material.quotes.get(&lead.id).cloned().unwrap_or_default(),
            good,
            standing: skills.iter().map(|s| self.standing(s)).collect(),
            after: None,
            actions,
        }
    }

    fn why(&self, name: &str, asked: &Demand, own: &Demand, whose: &str) -> String {
        let own = match own.share {
            Some(p) => format!("; at your level {:.0} % of postings", p * 100.0),
            None if own.employers > 0 => {
                format!("; at your level {} of {} employers", own.employers_with, own.employers)
            }
            None => String::new(),
        };
        format!("{}: asked for by {}{own}.", sentence_case(name), in_words(asked, whose))
    }

    /// What the profile says of an experience that no words of its history show: at most a skill of the
    /// same meaning.
    fn shown_so_far(&self, kind: ExperienceKind) -> String {
        let same = |skill: &&ProfileSkill| skill.id.as_deref().is_some_and(|id| are_one(kind, id));
        let listed = self.material.profile.skills.iter().find(same);
        let Some((skill, depth)) = listed.and_then(|skill| Some((skill, skill.depth?))) else {
            return String::from("Nothing in your profile shows it yet.");
        };
        let evidence = skill.evidence.first().map(|words| format!("; evidence: {words}")).unwrap_or_default();
        format!("Your profile has {} at {} depth{evidence}.", skill.name, words::depth_name(depth))
    }

    /// Where the person stands with a skill, with the evidence there is.
    fn standing(&self, skill: &SkillGap) -> String {
        let (need, have) = (words::depth_name(skill.need), words::depth_name(skill.have));
        let mut text = match skill.gap {
            GapKind::Missing => format!("{}: not in your profile; {need} depth is asked for", skill.label),
            GapKind::TooShallow => format!(
                "{}: {have} depth by your profile ({}); {need} is asked for",
                skill.label, skill.have_basis
            ),
            GapKind::Unproven => format!("{}: {have} depth by your word, but nothing shows it", skill.label),
            GapKind::Answered => {
                format!("{}: most who ask for it take a skill instead that you hold", skill.label)
            }
            GapKind::Met => format!("{}: held at {have} depth", skill.label),
        };
        if let Some(via) = &skill.via {
            text.push_str(&format!("; a bridge: {via}"));
        }
        let evidence = self.material.profile.skill(&skill.id).map_or(&[][..], |s| &s.evidence[..]);
        if let Some(words) = evidence.first() {
            text.push_str(&format!("; evidence: {words}"));
        }
        text.push('.');
        sentence_case(&text)
    }

    fn action(&mut self, kind: ActionKind, key: &str, text: ActionWords, links: &[String]) -> Action {
        Action {
            id: self.ids.of(&format!("{kind:?}:{key}")),
            kind,
            text: text.text,
            first_step: text.first_step,
            trigger: text.trigger,
            done_when: text.done_when,
            links: links.to_vec(),
            window: None,
            due: None,
            status: Status::Open,
            done_on: None,
        }
    }

    pub(super) fn interviews(&mut self, areas: &[FocusArea]) -> Vec<Interview> {
        let who = [
            "Talk with somebody who does this role today, outside your team.",
            "Talk with somebody who was at your level a few years ago and has moved into this role.",
        ];
        let questions = self.questions(areas);
        who.into_iter()
            .zip(questions)
            .enumerate()
            .map(|(turn, (who, questions))| {
                let words = ActionWords {
                    text: who.to_owned(),
                    first_step: "Ask your manager, or a former colleague, who loves to talk about that work."
                        .to_owned(),
                    trigger: "When you have a name, then ask for half an hour the same day.".to_owned(),
                    done_when: "you wrote down their answers the same day, and whether you want the role more or less"
                        .to_owned(),
                };
                let action = self.action(ActionKind::People, &format!("interview {turn}"), words, &[]);
                Interview { action, questions }
            })
            .collect()
    }

    /// Eight questions for each of two conversations, from what the role really does.
    fn questions(&self, areas: &[FocusArea]) -> [Vec<String>; 2] {
        let mut about = self.role_does();
        let second = about.split_off(about.len().div_ceil(2).min(3));
        let lead = |at: usize| areas.get(at).or(areas.first()).map(|area| area.name.clone());
        let evidence = |name: Option<String>| {
            name.map(|name| {
                format!("What would you look for as evidence that somebody is good at this level at: {name}?")
            })
        };
        let mut first = vec![String::from("What does an ordinary week look like, and a bad one?")];
        first.extend(about);
        first.extend(evidence(lead(0)));
        first.extend([
            String::from("What did you have to stop doing when you took the role?"),
            String::from("What do postings for this role not tell?"),
            String::from("Whom else should I talk to?"),
        ]);
        let mut other = vec![
            String::from("Which step of yours towards this role mattered most, and which was a detour?"),
            String::from("What did you believe about the role that turned out wrong?"),
        ];
        other.extend(second.into_iter().take(3));
        other.extend(evidence(lead(1)));
        other.extend([
            String::from("When did you last think of giving it up, and why did you not?"),
            String::from("If you were me, what would you begin with on Monday?"),
        ]);
        [first, other]
    }

    /// Questions about the role's own activities; where no text is at hand, about what its postings
    /// ask for most: experience, then skills.
    fn role_does(&self) -> Vec<String> {
        let ask_of = |what: &str, with: u32, of: u32, whose: &str| {
            format!(
                "{with} of {of} employers{whose} name this: {what}. How much of your week is it, and does it give or take energy?"
            )
        };
        let ask = |what: &str, with: u32, of: u32| ask_of(what, with, of, "");
        let mut list: Vec<String> = self
            .material
            .activities
            .iter()
            .take(6)
            .map(|a| ask(&a.phrase, a.employers_with, a.employers))
            .collect();
        // About what one holds there is nothing to find out.
        let kindred: Vec<&ExperienceGap> = self
            .target
            .focus
            .iter()
            .filter_map(|area| area.kindred.as_ref())
            .map(|kindred| &kindred.figures)
            .collect();
        let open = self.target.experience.iter().filter(|gap| gap.shown_by.is_none());
        let gaps = open
            .filter(|gap| !actions::experience_good(gap.kind).is_empty())
            .filter(|gap| kindred.iter().all(|other| other.kind != gap.kind));
        let about = |gap: &ExperienceGap, whose: &str| {
            ask_of(experience_name(gap.kind), gap.asked.employers_with, gap.asked.employers, whose)
        };
        list.extend(kindred.iter().map(|gap| about(gap, OF_KIN)));
        list.extend(gaps.take(3).map(|gap| about(gap, "")));
        let held =
            |skill: &SkillGap| matches!(skill.gap, GapKind::Met | GapKind::Unproven | GapKind::Answered);
        let mut asked: Vec<&SkillGap> =
            self.target.skills.iter().filter(|skill| skill.kind != Kind::Attitude && !held(skill)).collect();
        asked.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.id.cmp(&b.id)));
        let skills = asked.iter().take(4);
        list.extend(skills.map(|s| ask(&s.label, s.asked.employers_with, s.asked.employers)));
        list.truncate(6);
        list
    }

    pub(super) fn milestones(&mut self, interviews: &[Interview], areas: &[FocusArea]) -> Vec<Milestone> {
        let all = || {
            let talks = interviews.iter().map(|i| ("people to talk to", &i.action));
            talks.chain(areas.iter().flat_map(|a| a.actions.iter().map(|action| (a.name.as_str(), action))))
        };
        MILESTONES
            .iter()
            .map(|&day| {
                let mut goals: Vec<String> = Vec::new();
                for (name, action) in all().filter(|(_, action)| action.window == Some(day)) {
                    goals.push(format!("{name}: {} ({})", short(&action.done_when), kind_word(action.kind)));
                }
                if goals.is_empty() {
                    goals.push(String::from("Look back: what of the plan still fits?"));
                }
                let id = self.ids.of(&format!("milestone:{day}"));
                let date = after(self.material.today, day);
                Milestone { id, day, date, goals, status: Status::Open, done_on: None }
            })
            .collect()
    }
}

/// Whose figures an area of kindred families has.
fn whose(kindred: &Kindred) -> String {
    let families: Vec<&str> = kindred.families.iter().map(|id| family::label(id)).collect();
    format!(
        "Kindred families, your own among them: {}; {}; bundled market. Your own alone has too few to say: {} of {} employers.",
        families.join("; "),
        kindred.cohort.in_words(),
        kindred.alone.employers_with,
        kindred.alone.employers
    )
}

/// A share as stored.
fn demand(share: &Share) -> Demand {
    let stored = |value: Option<f64>| value.map(|value| (value * 10_000.0).round() / 10_000.0);
    Demand {
        share: stored(share.share),
        low: stored(share.low),
        high: stored(share.high),
        employers_with: share.employers_with,
        employers: share.employers,
    }
}

/// `k of n employers (42 %, 90 % interval 30–55)`, without percentages below eight employers.
fn in_words(demand: &Demand, whose: &str) -> String {
    let count = format!("{} of {} employers{whose}", demand.employers_with, demand.employers);
    match (demand.share, demand.low, demand.high) {
        (Some(p), Some(low), Some(high)) => format!(
            "{count} ({:.0} % of postings, 90 % interval {:.0}–{:.0})",
            p * 100.0,
            low * 100.0,
            high * 100.0
        ),
        _ => count,
    }
}

/// What good looks like, a sentence for skills of one class and depth.
fn good(skills: &[&SkillGap]) -> Vec<String> {
    let mut groups: Vec<(Class, u8, Vec<String>)> = Vec::new();
    for skill in skills {
        let (class, depth) = (Class::of(skill.kind), skill.need);
        match groups.iter_mut().find(|(c, d, _)| (*c, *d) == (class, depth)) {
            Some((.., labels)) => labels.push(skill.label.clone()),
            None => groups.push((class, depth, vec![skill.label.clone()])),
        }
    }
    groups.iter().map(|(class, depth, labels)| words::good(*class, *depth, &joined(labels))).collect()
}

/// `a, b and c`.
fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

pub(super) fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn short(text: &str) -> &str {
    text.split(['.', ';']).next().unwrap_or(text)
}

/// What an action of this kind is called.
pub(super) fn kind_word(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::People => "people",
        ActionKind::Learn => "learn",
        ActionKind::Do => "do",
        ActionKind::Prove => "prove",
    }
}

fn plan_skill(skill: &SkillGap) -> PlanSkill {
    let gap = match skill.gap {
        GapKind::Missing => "missing",
        GapKind::TooShallow => "too-shallow",
        GapKind::Unproven => "unproven",
        GapKind::Answered => "answered",
        GapKind::Met => "met",
    };
    PlanSkill {
        id: skill.id.clone(),
        label: skill.label.clone(),
        need: skill.need,
        have: skill.have,
        gap: gap.to_owned(),
        demand: demand(&skill.asked),
        interest: skill.interest,
    }
}
