//! Other spellings of a form, generated where they are safe: number of the last word, British
//! and American spelling, `&` and "and", joined and divided compounds, possessives.

use super::{Concept, Form, kind};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

/// Forms longer than this get no other spellings (characters).
const LONGEST: usize = 60;

/// Most other spellings of one form.
const MOST: usize = 12;

/// Adds to each concept the other spellings of its forms.
pub(crate) fn extend(concepts: &mut [Concept]) {
    let mut speller = Speller::default();
    for concept in concepts {
        let mut known: HashSet<String> = concept.forms.iter().map(|f| f.text.to_lowercase()).collect();
        let number = plural_is_natural(concept);
        let mut more = Vec::new();
        for form in concept.forms.iter().filter(|f| f.running && !f.exact && f.text.len() <= LONGEST) {
            for text in speller.spellings(&form.text, number) {
                if known.insert(text.to_lowercase()) {
                    more.push(Form { text, rank: form.rank.variant(), ..form.clone() });
                }
            }
        }
        concept.forms.append(&mut more);
    }
}

/// Products and languages have no plural; ways of being rarely have one.
fn plural_is_natural(concept: &Concept) -> bool {
    ["knowledge", "method", "skill", "certificate", "degree"].iter().any(|k| kind(k) == Some(concept.kind))
        || concept.forms.iter().any(|f| f.text.contains(' '))
}

/// Spells words, each only once.
#[derive(Default)]
struct Speller {
    /// American and British spelling of words seen, where they differ.
    words: HashMap<String, [Option<String>; 2]>,
}

impl Speller {
    fn spellings(&mut self, form: &str, number: bool) -> Vec<String> {
        let mut found = vec![form.to_owned()];
        for step in [and, joined, possessive] {
            let more: Vec<String> = found.iter().flat_map(|f| step(f)).collect();
            found.extend(more);
        }
        found.truncate(MOST);
        for i in 0..found.len() {
            let more = self.regional(&found[i]);
            found.extend(more);
        }
        found.truncate(MOST);
        if number && (form.contains([' ', '-']) || form.chars().all(|c| !c.is_uppercase())) {
            let more: Vec<String> = found.iter().filter_map(|f| other_number(f)).collect();
            found.extend(more);
        }
        found.truncate(MOST);
        found.remove(0);
        found
    }

    /// British and American spelling, word by word; all words change together.
    fn regional(&mut self, form: &str) -> Vec<String> {
        let mut found = Vec::new();
        for american in [true, false] {
            let other = map_words(form, |word| {
                if !self.words.contains_key(word) {
                    self.words.insert(word.to_owned(), [respell(word, true), respell(word, false)]);
                }
                self.words[word][usize::from(!american)].clone()
            });
            if other != form {
                found.push(other);
            }
        }
        found
    }
}

/// `A & B` and `A and B`.
fn and(form: &str) -> Vec<String> {
    if form.contains(" & ") {
        vec![form.replace(" & ", " and ")]
    } else if form.contains(" and ") {
        vec![form.replace(" and ", " & ")]
    } else {
        Vec::new()
    }
}

/// Compounds that people write both as one word and as two.
const COMPOUNDS: [(&str, &str); 64] = [
    ("e mail", "email"),
    ("e commerce", "ecommerce"),
    ("e learning", "elearning"),
    ("front end", "frontend"),
    ("back end", "backend"),
    ("full stack", "fullstack"),
    ("start up", "startup"),
    ("cyber security", "cybersecurity"),
    ("health care", "healthcare"),
    ("pre sales", "presales"),
    ("real time", "realtime"),
    ("micro services", "microservices"),
    ("micro service", "microservice"),
    ("web site", "website"),
    ("life cycle", "lifecycle"),
    ("work flow", "workflow"),
    ("book keeping", "bookkeeping"),
    ("multi tasking", "multitasking"),
    ("multi task", "multitask"),
    ("co ordination", "coordination"),
    ("co ordinate", "coordinate"),
    ("co operation", "cooperation"),
    ("inter personal", "interpersonal"),
    ("up sell", "upsell"),
    ("up selling", "upselling"),
    ("cross selling", "crossselling"),
    ("road map", "roadmap"),
    ("road maps", "roadmaps"),
    ("data warehouse", "datawarehouse"),
    ("wire frame", "wireframe"),
    ("wire framing", "wireframing"),
    ("chat bot", "chatbot"),
    ("check list", "checklist"),
    ("pay roll", "payroll"),
    ("team work", "teamwork"),
    ("trouble shooting", "troubleshooting"),
    ("trouble shoot", "troubleshoot"),
    ("stake holder", "stakeholder"),
    ("story telling", "storytelling"),
    ("dev ops", "devops"),
    ("fin tech", "fintech"),
    ("data base", "database"),
    ("data bases", "databases"),
    ("data set", "dataset"),
    ("spread sheet", "spreadsheet"),
    ("block chain", "blockchain"),
    ("web hook", "webhook"),
    ("time line", "timeline"),
    ("on boarding", "onboarding"),
    ("bench marking", "benchmarking"),
    ("copy writing", "copywriting"),
    ("copy editing", "copyediting"),
    ("proof reading", "proofreading"),
    ("fund raising", "fundraising"),
    ("house keeping", "housekeeping"),
    ("ware house", "warehouse"),
    ("fork lift", "forklift"),
    ("type script", "typescript"),
    ("java script", "javascript"),
    ("power point", "powerpoint"),
    ("life guard", "lifeguard"),
    ("child care", "childcare"),
    ("help desk", "helpdesk"),
    ("service desk", "servicedesk"),
];

fn joined(form: &str) -> Vec<String> {
    let plain = form.to_lowercase().replace('-', " ");
    let words: Vec<&str> = plain.split(' ').collect();
    let mut found = Vec::new();
    for i in 0..words.len() {
        let mut swap = |count: usize, other: &str| {
            let mut spelled = words.clone();
            spelled.splice(i..i + count, [other]);
            found.push(spelled.join(" "));
        };
        if let Some((apart, _)) = COMPOUNDS.iter().find(|(_, together)| *together == words[i]) {
            swap(1, apart);
        }
        let next = words.get(i + 1).copied().unwrap_or_default();
        let pair = |apart: &str| apart.strip_prefix(words[i]).and_then(|a| a.strip_prefix(' ')) == Some(next);
        if let Some((_, together)) = COMPOUNDS.iter().find(|(apart, _)| pair(apart)) {
            swap(2, together);
        }
    }
    found
}

/// `driver's licence`, `driver’s licence`, `drivers licence`, `driver licence`.
fn possessive(form: &str) -> Vec<String> {
    let form = form.replace('\u{2019}', "'");
    let mut found = Vec::new();
    if form.contains("'s ") {
        found.push(form.replace("'s ", "\u{2019}s "));
        found.push(form.replace("'s ", "s "));
        found.push(form.replace("'s ", " "));
    } else if form.contains("s' ") {
        found.push(form.replace("s' ", "s\u{2019} "));
        found.push(form.replace("s' ", "s "));
    }
    found
}

fn map_words(form: &str, mut change: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(form.len() + 2);
    let mut rest = form;
    while let Some(start) = rest.find(char::is_alphabetic) {
        let end = rest[start..].find(|c: char| !c.is_alphabetic()).map_or(rest.len(), |n| start + n);
        out.push_str(&rest[..start]);
        let word = &rest[start..end];
        match change(word) {
            Some(other) => out.push_str(&other),
            None => out.push_str(word),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Pieces of words that differ, British first.
const PIECES: [(&str, &str); 44] = [
    ("behaviour", "behavior"),
    ("colour", "color"),
    ("labour", "labor"),
    ("favour", "favor"),
    ("harbour", "harbor"),
    ("honour", "honor"),
    ("humour", "humor"),
    ("neighbour", "neighbor"),
    ("vapour", "vapor"),
    ("flavour", "flavor"),
    ("endeavour", "endeavor"),
    ("rigour", "rigor"),
    ("armour", "armor"),
    ("tumour", "tumor"),
    ("centre", "center"),
    ("theatre", "theater"),
    ("fibre", "fiber"),
    ("litre", "liter"),
    ("licence", "license"),
    ("defence", "defense"),
    ("offence", "offense"),
    ("catalogue", "catalog"),
    ("analogue", "analog"),
    ("modelling", "modeling"),
    ("labelling", "labeling"),
    ("travelling", "traveling"),
    ("counselling", "counseling"),
    ("counsellor", "counselor"),
    ("signalling", "signaling"),
    ("channelling", "channeling"),
    ("levelling", "leveling"),
    ("aluminium", "aluminum"),
    ("paediatric", "pediatric"),
    ("anaesth", "anesth"),
    ("gynaec", "gynec"),
    ("orthopaedic", "orthopedic"),
    ("haemat", "hemat"),
    ("judgement", "judgment"),
    ("fulfilment", "fulfillment"),
    ("mould", "mold"),
    ("ageing", "aging"),
    ("jewellery", "jewelry"),
    ("sulph", "sulf"),
    ("oestro", "estro"),
];

/// Words whose `-is-` is no British spelling of `-iz-`.
const NEVER_IZE: [&str; 38] = [
    "advis",
    "exercis",
    "enterpris",
    "expertis",
    "supervis",
    "revis",
    "promis",
    "franchis",
    "merchandis",
    "compris",
    "precis",
    "surpris",
    "compromis",
    "disguis",
    "improvis",
    "televis",
    "advertis",
    "aris",
    "otherwis",
    "likewis",
    "concis",
    "premis",
    "practis",
    "rais",
    "bruis",
    "cruis",
    "prais",
    "excis",
    "demis",
    "devis",
    "treatis",
    "turquois",
    "wis",
    "ris",
    "nois",
    "pois",
    "apprais",
    "incis",
];

fn respell(word: &str, to_american: bool) -> Option<String> {
    let lower = word.to_lowercase();
    if lower != word && word.chars().skip(1).any(char::is_uppercase) {
        return None;
    }
    match (lower.as_str(), to_american) {
        ("programme", true) => return Some("program".to_owned()),
        ("programmes", true) => return Some("programs".to_owned()),
        ("cheque", true) => return Some("check".to_owned()),
        ("practise", true) => return Some("practice".to_owned()),
        ("grey", true) => return Some("gray".to_owned()),
        _ => {}
    }
    for (british, american) in PIECES {
        let (from, to) = if to_american { (british, american) } else { (american, british) };
        if let Some(at) = lower.find(from)
            && (to_american || !lower.contains(british))
        {
            return Some(format!("{}{to}{}", &lower[..at], &lower[at + from.len()..]));
        }
    }
    let (from, to) = if to_american { ('s', 'z') } else { ('z', 's') };
    for ending in [
        "ise", "ises", "ised", "ising", "iser", "isers", "isation", "isations", "yse", "ysed", "ysing",
        "yser", "ysers",
    ] {
        let ending = ending.replacen('s', &from.to_string(), 1);
        let Some(stem) = lower.strip_suffix(&ending) else { continue };
        if stem.len() < 3
            || NEVER_IZE.iter().any(|n| format!("{stem}is").ends_with(n) && n.len() + 1 >= stem.len())
        {
            return None;
        }
        return Some(format!("{stem}{}", ending.replacen(from, &to.to_string(), 1)));
    }
    None
}

/// Endings whose words have no useful other number.
const NO_NUMBER: [&str; 14] = [
    "ing",
    "ness",
    "ics",
    "ism",
    "ware",
    "ly",
    "ed",
    "al",
    "ship",
    "ics",
    "ity",
    "management",
    "ous",
    "able",
];

fn other_number(form: &str) -> Option<String> {
    let start = form
        .rfind(|c: char| !c.is_alphabetic())
        .map_or(0, |i| i + form[i..].chars().next().map_or(1, char::len_utf8));
    let (head, last) = form.split_at(start);
    if last.len() < 4 || !last.is_ascii() || last.chars().skip(1).any(char::is_uppercase) {
        return None;
    }
    let low = last.to_lowercase();
    if NO_NUMBER.iter().any(|e| low.ends_with(e)) {
        return None;
    }
    let other = if let Some(stem) = low.strip_suffix("ies") {
        format!("{stem}y")
    } else if let Some(stem) = low.strip_suffix("es")
        && ["ss", "sh", "ch", "x"].iter().any(|e| stem.ends_with(e))
    {
        stem.to_owned()
    } else if low.ends_with("ysis") {
        format!("{}es", &low[..low.len() - 2])
    } else if low.ends_with("ss") || low.ends_with("us") || low.ends_with("is") {
        if low.ends_with("ss") { format!("{low}es") } else { return None }
    } else if let Some(stem) = low.strip_suffix('s') {
        stem.to_owned()
    } else if ["sh", "ch", "x"].iter().any(|e| low.ends_with(e)) {
        format!("{low}es")
    } else if let Some(stem) = low.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'o', 'u'])
    {
        format!("{stem}ies")
    } else {
        format!("{low}s")
    };
    Some(format!("{head}{other}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_as_people_do() {
        for (form, expected) in [
            ("behaviour analysis", &["behavior analysis", "behaviour analyses"][..]),
            ("organise events", &["organize events", "organise event"]),
            ("data visualization", &["data visualisation", "data visualizations"]),
            ("supervise staff", &[]),
            ("advertising policies", &["advertising policy"]),
            (
                "driver's licence",
                &["driver's license", "drivers licence", "driver licence", "driver\u{2019}s license"],
            ),
            ("research and development", &["research & development"]),
            ("e-commerce", &["ecommerce"]),
            ("analyse data", &["analyze data"]),
            ("business analysis", &["business analyses"]),
        ] {
            let found = Speller::default().spellings(form, true);
            for one in expected {
                assert!(found.iter().any(|f| f == one), "{form}: {one} not in {found:?}");
            }
            if expected.is_empty() {
                assert!(!found.iter().any(|f| f.contains('z')), "{form}: {found:?}");
            }
        }
    }
}
