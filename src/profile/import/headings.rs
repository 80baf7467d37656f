//! Headings that begin the parts of a CV, in English, German, French, Spanish, Dutch and Swedish.

/// Longest heading, in words.
const LONGEST: usize = 6;

/// Parts of a CV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Top,
    Summary,
    Work,
    Education,
    Skills,
    Languages,
    Certificates,
    /// Work that is no job: projects, volunteering, publications. Read for the skills it shows.
    Beside,
    Other,
}

/// Names of each part, in lower case, `and` for every word and sign that means it.
const NAMES: &[(Part, &str)] = &[
    (
        Part::Summary,
        "summary|profile|personal profile|about|about me|professional summary|executive summary|objective|overview|personal statement|\
profil|kurzprofil|über mich|zusammenfassung|à propos|résumé|resumen|perfil|sobre mí|samenvatting|over mij|profiel|\
sammanfattning|om mig",
    ),
    (
        Part::Work,
        "experience|work experience|professional experience|employment|employment history|work history|career history|\
career|relevant experience|work|positions|clinical experience|industry experience|\
berufserfahrung|beruflicher werdegang|werdegang|berufspraxis|praxiserfahrung|erfahrung|berufliche stationen|\
expérience|expériences|expérience professionnelle|expériences professionnelles|parcours professionnel|\
experiencia|experiencia laboral|experiencia profesional|trayectoria profesional|\
werkervaring|ervaring|loopbaan|arbetslivserfarenhet|erfarenhet|yrkeserfarenhet|anställningar",
    ),
    (
        Part::Education,
        "education|training|academic background|qualifications|academic qualifications|degrees|studies|\
ausbildung|bildung|bildungsweg|studium|schulbildung|berufsausbildung|akademischer werdegang|\
formation|formations|études|diplômes|educación|formación|formación académica|estudios|\
opleiding|opleidingen|onderwijs|studie|utbildning|utbildningar|studier",
    ),
    (
        Part::Skills,
        "skills|technical skills|key skills|core skills|professional skills|clinical skills|other skills|core competencies|competencies|\
key competencies|technologies|technical expertise|expertise|top skills|tools|areas of expertise|technical proficiencies|it skills|\
kenntnisse|fähigkeiten|fertigkeiten|kompetenzen|it-kenntnisse|edv-kenntnisse|fachkenntnisse|technische kenntnisse|\
kernkompetenzen|compétences|compétences techniques|savoir-faire|habilidades|competencias|conocimientos|aptitudes|\
vaardigheden|competenties|kennis|kompetenser|färdigheter|kunskaper|tekniska kunskaper",
    ),
    (
        Part::Languages,
        "languages|language skills|spoken languages|sprachen|sprachkenntnisse|langues|idiomas|lenguas|talen|talenkennis|\
språk|språkkunskaper",
    ),
    (
        Part::Certificates,
        "certifications|certification|certificates|licences|licenses|licensure|registrations|registration|professional registrations|\
professional registration|professional certifications|professional licences|accreditations|credentials|\
zertifikate|zertifizierungen|lizenzen|weiterbildungen|weiterbildung|certificats|habilitations|agréments|\
certificaciones|certificados|licencias|certificaten|certificeringen|certifikat|certifieringar|legitimation|behörigheter",
    ),
    (
        Part::Beside,
        "projects|personal projects|selected projects|side projects|open source|publications|volunteering|volunteer work|\
volunteer experience|voluntary work|projekte|publikationen|veröffentlichungen|ehrenamt|projets|bénévolat|proyectos|\
voluntariado|publicaciones|projecten|vrijwilligerswerk|publicaties|projekt|publikationer|ideellt arbete",
    ),
    (
        Part::Other,
        "interests|hobbies|references|awards|honors|honours|contact|courses|memberships|affiliations|personal details|\
interessen|hobbys|referenzen|auszeichnungen|kontakt|persönliche daten|loisirs|centres d'intérêt|références|\
contact details|intereses|aficiones|referencias|premios|contacto|interesses|hobby's|referenties|persoonlijke gegevens|\
intressen|fritidsintressen|referenser|kontaktuppgifter",
    ),
];

/// The part that a line begins, when it is a heading: one of the names, or several of them joined.
pub(super) fn part(line: &str) -> Option<Part> {
    let line = line.trim_end_matches(':').to_lowercase();
    let words: Vec<&str> = line.split_whitespace().collect();
    if words.is_empty() || words.len() > LONGEST {
        return None;
    }
    let joins =
        |word: &str| matches!(word, "and" | "&" | "+" | "/" | "und" | "et" | "y" | "e" | "en" | "och");
    let mut names = words.split(|word| joins(word)).map(|name| name.join(" "));
    let first = named(&names.next()?)?;
    names.all(|name| named(name.trim_end_matches(',')).is_some()).then_some(first)
}

fn named(name: &str) -> Option<Part> {
    let name = name.trim_end_matches(',');
    NAMES.iter().find(|(_, names)| names.split('|').any(|known| known == name)).map(|(part, _)| *part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_six_languages_alone_and_joined() {
        for (line, expected) in [
            ("Experience", Some(Part::Work)),
            ("WORK EXPERIENCE:", Some(Part::Work)),
            ("Berufserfahrung", Some(Part::Work)),
            ("Kenntnisse und Fähigkeiten", Some(Part::Skills)),
            ("Ausbildung", Some(Part::Education)),
            ("Expérience professionnelle", Some(Part::Work)),
            ("Experiencia laboral", Some(Part::Work)),
            ("Werkervaring", Some(Part::Work)),
            ("Arbetslivserfarenhet", Some(Part::Work)),
            ("Licences and certificates", Some(Part::Certificates)),
            ("Licenses & Certifications", Some(Part::Certificates)),
            ("Registrations", Some(Part::Certificates)),
            ("Education and training", Some(Part::Education)),
            ("Skills & Tools", Some(Part::Skills)),
            ("Skills and patience", None),
            ("Experience with Kubernetes", None),
            ("", None),
        ] {
            assert_eq!(part(line), expected, "{line}");
        }
    }
}
