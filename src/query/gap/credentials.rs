//! The names of degrees and licences in profiles, and their ranks.
//!
//! Names are compared by whole words, the longest phrase first: "High school diploma" is no
//! diploma of a university, and "sales promotion" no doctorate.

/// Years of full-time study that lead to each of [`DEGREES`], after compulsory school: the usual
/// length in the higher-education areas of Europe and North America.
const STUDY_YEARS: [f64; 6] = [0.0, 2.0, 2.0, 4.0, 6.0, 9.0];

/// Degrees in ascending order: the value that extraction gives, and the words of profiles.
const DEGREES: [(&str, &[&str]); 6] = [
    (
        "school",
        &[
            "high school",
            "high school diploma",
            "high school degree",
            "secondary school",
            "secondary school diploma",
            "school diploma",
            "school leaving certificate",
            "ged",
            "gcse",
            "gcses",
            "a level",
            "a levels",
            "abitur",
            "fachabitur",
            "matura",
            "mittlere reife",
            "realschulabschluss",
            "baccalaureate",
        ],
    ),
    (
        "vocational",
        &[
            "apprentice",
            "apprenticeship",
            "vocational",
            "vocational school",
            "vocational degree",
            "trade school",
            "trade certificate",
            "ausbildung",
            "berufsausbildung",
            "lehre",
            "gesellenbrief",
            "geselle",
            "meister",
            "meisterbrief",
            "techniker",
            "mbo",
            "nvq",
            "btec",
            "city and guilds",
            "diploma",
        ],
    ),
    (
        "associate",
        &[
            "associate",
            "associates",
            "associate degree",
            "associate s degree",
            "foundation degree",
            "hnd",
            "hnc",
            "aas",
        ],
    ),
    (
        "bachelor",
        &[
            "bachelor",
            "bachelors",
            "bsc",
            "b sc",
            "bs",
            "b s",
            "ba",
            "b a",
            "beng",
            "b eng",
            "btech",
            "b tech",
            "bba",
            "bcom",
            "b com",
            "bed",
            "bsn",
            "llb",
            "be",
            "b e",
            "licence",
            "licenciatura",
            "grado",
            "degree",
            "undergraduate",
            "undergraduate degree",
            "hbo",
        ],
    ),
    (
        "master",
        &[
            "master",
            "masters",
            "msc",
            "m sc",
            "ms",
            "m s",
            "ma",
            "m a",
            "mba",
            "meng",
            "m eng",
            "mtech",
            "msn",
            "mphil",
            "llm",
            "diplom",
            "dipl ing",
            "magister",
            "staatsexamen",
            "postgraduate degree",
            "graduate degree",
        ],
    ),
    (
        "doctor",
        &[
            "phd",
            "ph d",
            "dphil",
            "doctor",
            "doctorate",
            "doctoral",
            "doctoral degree",
            "dr",
            "promoviert",
            "md",
            "jd",
            "pharmd",
        ],
    ),
];

/// Phrases that hold a degree's word and are none.
const NO_DEGREES: [&str; 6] = [
    "scrum master",
    "associate certification",
    "associate certificate",
    "master class",
    "degree apprenticeship",
    "doctor s assistant",
];

/// Licences: the value that extraction gives, and the words that show one.
const LICENCES: [(&str, &[&str]); 9] = [
    (
        "nursing",
        &[
            "registered nurse",
            "registered general nurse",
            "registered mental health nurse",
            "rn",
            "rgn",
            "rmn",
            "lpn",
            "lvn",
            "licensed practical nurse",
            "licensed vocational nurse",
            "nmc",
            "nurse licence",
            "nurse license",
            "nursing licence",
            "nursing license",
            "nursing registration",
            "legitimerad sjuksköterska",
            "sjuksköterskelegitimation",
            "pflegefachfrau",
            "pflegefachmann",
        ],
    ),
    (
        "medical",
        &[
            "medical license",
            "medical licence",
            "gmc",
            "board certified",
            "approbation",
            "legitimerad läkare",
        ],
    ),
    (
        "law",
        &[
            "bar admission",
            "admitted to the bar",
            "state bar",
            "bar exam",
            "volljurist",
            "licensed attorney",
            "solicitor",
        ],
    ),
    (
        "engineering",
        &[
            "professional engineer",
            "pe license",
            "pe licence",
            "chartered engineer",
            "ceng",
            "eit",
            "engineer in training",
        ],
    ),
    (
        "accounting",
        &["cpa", "certified public accountant", "chartered accountant", "acca", "aca", "wirtschaftsprüfer"],
    ),
    (
        "teaching",
        &[
            "teaching license",
            "teaching licence",
            "teaching certificate",
            "teaching credential",
            "teacher certification",
            "qts",
            "qualified teacher status",
            "pgce",
            "lärarlegitimation",
        ],
    ),
    ("real-estate", &["real estate license", "real estate licence", "licensed realtor"]),
    (
        "insurance",
        &[
            "insurance license",
            "insurance licence",
            "series 7",
            "series 63",
            "series 65",
            "series 66",
            "finra",
        ],
    ),
    (
        "trade",
        &[
            "electrical license",
            "electrical licence",
            "licensed electrician",
            "journeyman",
            "master electrician",
            "gold card",
            "elektrofachkraft",
            "hvac license",
            "hvac certification",
            "epa certification",
            "epa 608",
            "gas safe",
            "forklift license",
            "forklift licence",
            "forklift certification",
            "staplerschein",
            "truckkort",
        ],
    ),
];

/// Words of which one makes a certificate's name that of a licence or certificate of any kind; a
/// course is none.
const ANY_LICENCE: [&str; 13] = [
    "licence",
    "license",
    "licensed",
    "licensure",
    "registered",
    "registration",
    "chartered",
    "certificate",
    "certified",
    "certification",
    "accredited",
    "approbation",
    "legitimerad",
];

const DRIVING: [&str; 14] = [
    "driving licence",
    "driving license",
    "driver licence",
    "driver license",
    "driver s licence",
    "driver s license",
    "drivers licence",
    "drivers license",
    "cdl",
    "führerschein",
    "fahrerlaubnis",
    "rijbewijs",
    "körkort",
    "permis b",
];

/// Years of full-time study that a degree of this rank takes.
pub(super) fn study_years(rank: usize) -> f64 {
    STUDY_YEARS.get(rank).copied().unwrap_or_default()
}

/// Whether a degree of this rank is a doctorate: training for research, or the way into a profession.
pub(super) fn is_doctorate(rank: usize) -> bool {
    rank + 1 == DEGREES.len()
}

/// Whether a certificate's name is that of a driving licence.
pub(super) fn is_driving(name: &str) -> bool {
    has_any(&words(name), &DRIVING)
}

/// Whether a certificate's name is that of a licence or certificate of any kind.
pub(super) fn is_any_licence(name: &str) -> bool {
    has_any(&words(name), &ANY_LICENCE)
}

/// Whether a certificate's name shows a licence, by the value that extraction gives.
pub(super) fn shows_licence(name: &str, value: &str) -> bool {
    let name = words(name);
    if has_any(&name, &DRIVING) {
        return false;
    }
    match LICENCES.iter().find(|(licence, _)| *licence == value) {
        Some((_, phrases)) => has_any(&name, phrases),
        None => {
            value == "any"
                && (LICENCES.iter().any(|(_, phrases)| has_any(&name, phrases))
                    || has_any(&name, &ANY_LICENCE))
        }
    }
}

/// Rank of a degree by the value that extraction gives.
pub(super) fn rank_of(value: &str) -> Option<usize> {
    DEGREES.iter().position(|(name, _)| *name == value)
}

/// Rank of a degree by its name: the highest of its longest phrases.
pub(super) fn degree_rank(name: &str) -> Option<usize> {
    let name = words(name);
    let mut best = None;
    let mut at = 0;
    while at < name.len() {
        let here = |phrase: &&str| starts_with(&name[at..], &words(phrase));
        let length = |phrase: &str| phrase.split(' ').count();
        let none = NO_DEGREES.iter().filter(|p| here(p)).map(|p| (length(p), None)).max();
        let ranked = DEGREES.iter().enumerate().flat_map(|(rank, (_, phrases))| {
            phrases.iter().filter(|p| here(p)).map(move |p| (length(p), Some(rank)))
        });
        match ranked.max().max(none) {
            Some((length, rank)) => {
                best = best.max(rank);
                at += length;
            }
            None => at += 1,
        }
    }
    best
}

/// Lower-case words of letters and digits.
pub(super) fn words(text: &str) -> Vec<String> {
    let lowered = text.to_lowercase();
    lowered.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn has_any(name: &[String], phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| has_phrase(name, &words(phrase)))
}

pub(super) fn has_phrase(name: &[String], phrase: &[String]) -> bool {
    !phrase.is_empty() && (0..name.len()).any(|at| starts_with(&name[at..], phrase))
}

fn starts_with(name: &[String], phrase: &[String]) -> bool {
    name.len() >= phrase.len() && name.iter().zip(phrase).all(|(a, b)| a == b)
}
