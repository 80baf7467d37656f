//! Words that say what stands beside them, in the languages that postings come in.

use crate::text::tokens::fold_hash;

/// The lists that a word is in, one bit each.
pub(super) type Lists = u32;

/// Words that make "English" a language, not a nationality or a school subject.
pub(super) const SPOKEN: Lists = 1 << 0;
/// "the", "our", "a".
pub(super) const DETERMINERS: Lists = 1 << 1;
/// What a tool stands behind: "with", "in", "using".
pub(super) const PREPOSITIONS: Lists = 1 << 2;
/// Who does something, and how a verb begins.
pub(super) const PRONOUNS: Lists = 1 << 3;
/// What a technology stands before.
pub(super) const TECH_NOUNS: Lists = 1 << 4;
/// What follows a verb.
pub(super) const FUNCTION_WORDS: Lists = 1 << 5;
/// What a skill stands before.
pub(super) const SKILL_NOUNS: Lists = 1 << 6;
/// How well something is known.
pub(super) const DEGREES: Lists = 1 << 7;
/// What says that something is known.
pub(super) const EXPERIENCE: Lists = 1 << 8;
/// What makes a name that of a role or an organisation.
pub(super) const ROLES: Lists = 1 << 9;
/// A line that speaks of what is asked for.
pub(super) const ASKS: Lists = 1 << 10;
/// A line that speaks of the employer.
pub(super) const TELLS: Lists = 1 << 11;
/// A line that speaks to the reader.
pub(super) const READER: Lists = 1 << 12;
/// What begins a list of examples.
pub(super) const EXAMPLES: Lists = 1 << 13;

/// Who is worked with, after the names of departments.
pub(super) const PEOPLE: Lists = 1 << 14;
/// How one works with others.
pub(super) const JOINT: Lists = 1 << 15;
/// How one leads them: their craft is then one's own.
pub(super) const LEADS: Lists = 1 << 16;

const WORDS: [(Lists, &str); 17] = [
    (
        SPOKEN,
        "fluent fluently fluency speak speaker speakers speaking spoken write written read language \
         languages native bilingual proficiency proficient verbal verbally oral orally communicate \
         conversational command mother tongue level niveau c1 c2 b1 b2 fließend verhandlungssicher muttersprache \
         sprache vloeiend courant",
    ),
    (
        DETERMINERS,
        "the a an our your their his her its my this that these those each every any all no some der \
         die das den dem ein eine unser unsere le la les de het een en",
    ),
    (
        PREPOSITIONS,
        "in with using of via on into like as know use mit avec met med i und write writing learn \
         including",
    ),
    (
        PRONOUNS,
        "we you they i it who will would can could must should may not don never always wir sie us \
         let please also then",
    ),
    (
        TECH_NOUNS,
        "developer developers engineer engineers engineering programmer code codebase framework \
         frameworks programming script scripts scripting language languages library libraries \
         database databases queries query cluster clusters server servers stack api apis sdk \
         certified certification administrator administration admin development entwickler \
         entwicklung kenntnisse functions app apps application applications platform pipelines \
         pipeline dashboards spreadsheets environment software tests testing modules components \
         services architect consultant",
    ),
    (
        FUNCTION_WORDS,
        "to the a an for with of in on at by from as that this your our you we us it them their is \
         are was will has have can up out into over through about across zu der die",
    ),
    (
        SKILL_NOUNS,
        "skills skill experience knowledge ability abilities expertise proficiency mindset attitude \
         background competence competencies fundamentals principles techniques",
    ),
    (
        DEGREES,
        "strong excellent good great proven solid highly very be being are outstanding exceptional \
         advanced basic deep demonstrated sound superior effective high extremely and or clear more \
         most well some expert proficient fluent effectively strongly",
    ),
    (
        EXPERIENCE,
        "experience experienced proficient proficiency knowledge expertise familiar familiarity \
         skills skilled expert fluent fluency competent working understanding background technologies \
         tools stack languages kenntnisse erfahrung ervaring expérience",
    ),
    (
        ROLES,
        "engineer engineers developer developers manager managers designer designers analyst analysts \
         architect architects specialist specialists consultant consultants lead leads director \
         officer team teams company companies industry startup startups agency agencies department \
         student students position positions role roles professionals expert experts firm scientist \
         scientists group sector",
    ),
    (
        ASKS,
        "experience experienced knowledge skills skill ability able proficient proficiency familiar \
         familiarity understanding degree background expertise required preferred must strong \
         excellent proven qualifications qualification fluent competent record demonstrated desirable \
         essential plus bonus ideally good solid deep practical interest passion passionate \
         kenntnisse erfahrung ervaring erfarenhet expérience qualified certified",
    ),
    (
        TELLS,
        "we our us company companies clients founded world leading offer offers benefits opportunity \
         join mission employees offices culture startup industry its customers global largest salary \
         bonus pension apply wir unser unsere onze vi nous notre hiring located headquartered group \
         brand",
    ),
    (READER, "you your candidate applicant du sie dig jij vous"),
    (
        PEOPLE,
        "team teams department departments function functions stakeholder stakeholders colleague colleagues \
         counterpart counterparts partner partners leader leaders leadership group groups organization \
         organizations organisation organisations unit units peers staff division divisions disciplines \
         personnel folks business",
    ),
    (
        JOINT,
        "collaborate collaborates collaborating collaboration collaboratively partner partners partnering \
         partnership liaise liaises liaising liaison work works working interface interfaces interfacing \
         coordinate coordinates coordinating coordination align aligns aligning alignment engage engages \
         engaging interact interacts interacting communicate communicates communicating relationships \
         relationship consult consults bridge connect hand-in-hand team",
    ),
    (
        LEADS,
        "lead leads leading led manage manages managing managed build building coach coaching mentor \
         mentoring supervise supervising direct run hire oversee",
    ),
    (EXAMPLES, "such including eg like include includes"),
];

/// Every word with a list that it is in.
pub(super) fn all() -> impl Iterator<Item = (u64, Lists)> {
    WORDS
        .into_iter()
        .flat_map(|(list, words)| words.split_whitespace().map(move |word| (fold_hash(word), list)))
}
