//! Every format of profile there and back, and files made to do harm.

use rungs::profile::{Imported, Profile, ProfileError, import};
use rungs::taxonomy::Taxonomy;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const SKILLS: [&str; 12] = [
    "Kubernetes",
    "PostgreSQL",
    "Python",
    "Terraform",
    "Docker",
    "Kafka",
    "Redis",
    "Linux",
    "Git",
    "Rust",
    "Jenkins",
    "MongoDB",
];

fn read(name: &str, bytes: &[u8]) -> Result<Imported, ProfileError> {
    import(Taxonomy::builtin(), name, bytes, jiff::civil::date(2026, 1, 15))
}

/// Share of [`SKILLS`] that the profile holds with an id of the vocabulary.
fn recall(profile: &Profile) -> f64 {
    let held = |name: &&&str| {
        let id = Taxonomy::builtin().resolve(name).map(|at| Taxonomy::builtin().skill(at).id.clone());
        profile.skills.iter().any(|s| s.id.is_some() && s.id == id)
    };
    SKILLS.iter().filter(held).count() as f64 / SKILLS.len() as f64
}

fn packed(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn check(name: &str, bytes: &[u8], format: &str) -> Imported {
    let read = read(name, bytes).unwrap_or_else(|e| panic!("{format}: {e}"));
    assert_eq!(read.format, format);
    assert!(recall(&read.profile) >= 0.97, "{format}: {}", recall(&read.profile));
    assert_eq!(read.profile.work.len(), 1, "{format}");
    assert!(read.profile.work[0].title.contains("Backend engineer"), "{format}");
    assert_eq!(read.profile.work[0].start.map(|m| m.to_string()).as_deref(), Some("2019-03"), "{format}");
    assert_eq!(read.profile.work[0].end, None, "{format}");
    // What was read can be written, and read again as the same.
    let text = read.profile.to_toml().unwrap();
    assert_eq!(Profile::from_toml(&text).unwrap(), read.profile, "{format}");
    read
}

#[test]
fn json_resume() {
    let skills: Vec<String> = SKILLS.iter().map(|s| format!("{{\"name\":\"{s}\"}}")).collect();
    let text = format!(
        r#"{{"basics":{{"name":"Kim Example"}},"work":[{{"name":"Example Ltd","position":"Backend engineer","startDate":"2019-03"}}],"skills":[{}]}}"#,
        skills.join(",")
    );
    check("resume.json", text.as_bytes(), "JSON Resume");
}

#[test]
fn linkedin() {
    let skills = format!("Name\n{}\n", SKILLS.join("\n"));
    let bytes = packed(&[
        ("Basic/Profile.csv", "First Name,Last Name,Headline,Summary\nKim,Example,Engineer,\"Two\nlines\"\n"),
        (
            "Basic/Positions.csv",
            "\u{feff}Company Name,Title,Description,Location,Started On,Finished On\nExample Ltd,Backend engineer,\"Built, ran\nand mended things\",Berlin,Mar 2019,\n",
        ),
        ("Basic/Skills.csv", &skills),
        ("Basic/Languages.csv", "Name,Proficiency\nGerman,Native or bilingual proficiency\n"),
        ("Basic/messages.csv", "not,to,be,read\n"),
    ]);
    let read = check("Basic_LinkedInDataExport.zip", &bytes, "LinkedIn export");
    assert_eq!(read.profile.name.as_deref(), Some("Kim Example"));
    assert_eq!(read.profile.languages[0].level.as_deref(), Some("native"));
}

#[test]
fn linkedin_keeps_a_job_whose_date_is_odd() {
    let bytes = packed(&[(
        "Positions.csv",
        "Company Name,Title,Started On,Finished On\nExample Ltd,Cook,Spring 2019,Mar 2021\nOther Ltd,Chef,Apr 2021,\n",
    )]);
    let read = read("export.zip", &bytes).unwrap();
    let titles: Vec<&str> = read.profile.work.iter().map(|job| job.title.as_str()).collect();
    assert_eq!(titles, ["Cook", "Chef"]);
    assert_eq!(read.not_understood, ["Positions.csv row 2: Started On `Spring 2019` is no date"]);
}

#[test]
fn europass_old_xml_and_json() {
    let xml = format!(
        r#"<?xml version="1.0"?><SkillsPassport xmlns="http://europass.cedefop.europa.eu/Europass"><LearnerInfo>
        <Identification><PersonName><FirstName>Kim</FirstName><Surname>Example</Surname></PersonName></Identification>
        <WorkExperienceList><WorkExperience><Period><From year="2019" month="--03"/><Current>true</Current></Period>
        <Position><Label>Backend engineer</Label></Position><Activities>&lt;p&gt;Built &amp;amp; ran things&lt;/p&gt;</Activities>
        <Employer><Name>Example Ltd</Name></Employer></WorkExperience></WorkExperienceList>
        <Skills><Linguistic><MotherTongueList><MotherTongue><Description><Label>German</Label></Description></MotherTongue></MotherTongueList></Linguistic>
        <Computer><Description>{}</Description></Computer></Skills></LearnerInfo></SkillsPassport>"#,
        SKILLS.join(", ")
    );
    let read = check("cv.xml", xml.as_bytes(), "Europass");
    assert_eq!(read.profile.work[0].summary.as_deref(), Some("Built & ran things"));
    assert_eq!(read.profile.languages[0].name, "German");
    let json = format!(
        r#"{{"SkillsPassport":{{"LearnerInfo":{{"WorkExperience":[{{"Period":{{"From":{{"Year":2019,"Month":3}},"Current":true}},
        "Position":{{"Label":"Backend engineer"}},"Employer":{{"Name":"Example Ltd"}}}}],
        "Skills":{{"Computer":{{"Description":"{}"}}}}}}}}}}"#,
        SKILLS.join(", ")
    );
    check("cv.json", json.as_bytes(), "Europass");
}

#[test]
fn europass_new_xml() {
    let skills: Vec<String> = SKILLS
        .iter()
        .map(|s| format!("<PersonCompetency><hr:CompetencyName>{s}</hr:CompetencyName></PersonCompetency>"))
        .collect();
    let xml = format!(
        r#"<Candidate xmlns="http://www.europass.eu/1.0" xmlns:hr="http://www.hr-xml.org/3"><CandidateProfile><EmploymentHistory><EmployerHistory>
        <hr:OrganizationName>Example Ltd</hr:OrganizationName><PositionHistory><PositionTitle>Backend engineer</PositionTitle>
        <EmploymentPeriod><hr:StartDate><hr:FormattedDateTime>2019-03-01</hr:FormattedDateTime></hr:StartDate></EmploymentPeriod></PositionHistory></EmployerHistory></EmploymentHistory>
        <PersonQualifications>{}</PersonQualifications></CandidateProfile></Candidate>"#,
        skills.concat()
    );
    check("cv.xml", xml.as_bytes(), "Europass");
}

#[test]
fn rendercv() {
    let yaml = format!(
        "cv:\n  name: Kim Example\n  sections:\n    experience:\n      - company: Example Ltd\n        position: Backend engineer\n        start_date: 2019-03\n        end_date: present\n        highlights:\n          - Built things\n    skills:\n      - label: Tools\n        details: {}\n",
        SKILLS.join(", ")
    );
    check("cv.yaml", yaml.as_bytes(), "RenderCV");
}

#[test]
fn markdown_and_word() {
    let markdown = format!(
        "# Kim Example\n\n## Experience\n\n### Backend engineer, Example Ltd\nMar 2019 – Present\n- Built things\n\n## Skills\n{}\n",
        SKILLS.join(", ")
    );
    check("cv.md", markdown.as_bytes(), "Markdown");
    let paragraphs: String = markdown
        .lines()
        .map(|line| {
            let (list, text) = match line.strip_prefix("- ") {
                Some(rest) => ("<w:pPr><w:numPr><w:ilvl w:val=\"0\"/></w:numPr></w:pPr>", rest),
                None => ("", line.trim_start_matches(['#', ' '])),
            };
            format!("<w:p>{list}<w:r><w:t>{text}</w:t></w:r></w:p>")
        })
        .collect();
    let xml = format!("<w:document xmlns:w=\"w\"><w:body>{paragraphs}</w:body></w:document>");
    let bytes = packed(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &xml)]);
    check("cv.docx", &bytes, "Word document");
}

#[test]
fn skills_of_the_history_come_with_their_words() {
    let text = "Kim Example\n\nExperience\nBackend engineer, Example Ltd, Mar 2019 – Present\n- Moved six services to Kubernetes\n";
    let read = read("cv.txt", text.as_bytes()).unwrap();
    let skill = read.profile.skill("kubernetes").expect("named by the history");
    assert_eq!(skill.evidence, ["Moved six services to Kubernetes"]);
    assert!(skill.years.is_some_and(|y| (6.0..8.0).contains(&y)), "{:?}", skill.years);
    assert!(read.from_history.iter().any(|label| label == "Kubernetes"));
}

#[test]
fn hostile_files_are_refused_or_read_without_harm() {
    let deep_xml = format!("<Candidate>{}", "<a>".repeat(100_000));
    let deep_json = format!("{{\"SkillsPassport\":{}", "[".repeat(100_000));
    let bomb = packed(&[("word/document.xml", &" ".repeat(64 << 20))]);
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Candidate>&b;&b;</Candidate>";
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("a.xml", deep_xml.into_bytes()),
        ("a.json", deep_json.into_bytes()),
        ("a.docx", bomb),
        ("a.xml", entities.into()),
        ("a.zip", b"PK\x03\x04 cut short".to_vec()),
        ("a.zip", packed(&[("other.txt", "x")])),
        ("a.bin", vec![0xff; 4096]),
        ("a.txt", Vec::new()),
        ("a.txt", b"Dear diary, today I did nothing at all.".to_vec()),
        ("a.rtf", b"{\\rtf1 Experience}".to_vec()),
        ("a.pdf", b"%PDF-1.7\ngarbage".to_vec()),
        ("a.pdf", hostile_pdf()),
        ("a.json", b"{\"basics\": {\"name\": \"Kim\"}}".to_vec()),
        ("a.toml", b"[[skills]]\nname = 3".to_vec()),
        ("a.toml", b"[[skills]]\nname = \"Rust\"\ndepth = 9".to_vec()),
        ("a.toml", b"naem = \"typo\"".to_vec()),
    ];
    for (name, bytes) in cases {
        let error = read(name, &bytes).map(|r| r.profile).expect_err(name).to_string();
        assert!(!error.is_empty());
    }
    let long_line = format!("Experience\n{}", "word ".repeat(2_000_000));
    assert!(matches!(read("a.txt", long_line.as_bytes()), Err(ProfileError::Empty { .. })));
    assert!(matches!(read("a.txt", &vec![b'a'; (32 << 20) + 1]), Err(ProfileError::TooLarge)));
}

#[test]
fn the_bundled_profiles_are_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/profiles");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let read = read(&name, &std::fs::read(&path).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(read.unknown_skills, Vec::<String>::new(), "{name}");
        count += 1;
    }
    assert_eq!(count, 6);
}

/// A page whose packed content is a bomb.
fn hostile_pdf() -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&vec![b'q'; 64 << 20]).unwrap();
    pdf(&packed.finish().unwrap(), "/Filter /FlateDecode ")
}

/// A document of one page with this content.
fn pdf(content: &[u8], filter: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let head = format!("<< {filter}/Length {} >>\nstream\n", content.len());
    let stream = [head.as_bytes(), content, b"\nendstream"].concat();
    let objects: [&[u8]; 5] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        &stream,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ];
    for (i, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", i + 1).as_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    out.extend_from_slice(b"xref\n0 6\n0000000000 65535 f \n");
    for place in places {
        out.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let trailer = format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    out.extend_from_slice(trailer.as_bytes());
    out
}

#[test]
#[cfg(feature = "pdf")]
fn pdf_text_is_read_as_a_cv() {
    let lines = [
        "Kim Example",
        "Experience",
        "Backend engineer",
        "Example Ltd, Leeds",
        "March 2019 to present",
        "Mentored four engineers",
        "Skills",
        &SKILLS.join(", "),
    ];
    let mut content = String::from("BT /F1 12 Tf 50 800 Td 14 TL\n");
    for line in lines {
        content.push_str(&format!("({line}) Tj T*\n"));
    }
    content.push_str("ET\n");
    let read = check("cv.pdf", &pdf(content.as_bytes(), ""), "PDF");
    assert_eq!(read.profile.work[0].company.as_deref(), Some("Example Ltd, Leeds"));
    let mentoring = read.profile.skills.iter().find(|s| s.name.eq_ignore_ascii_case("mentoring"));
    assert_eq!(mentoring.map(|s| s.evidence.clone()), Some(vec!["Mentored four engineers".to_owned()]));
}

#[test]
#[cfg(feature = "pdf")]
fn a_new_height_is_a_new_line_of_a_pdf() {
    // Td with a height, Td without one, a matrix, and a second one at the same height.
    let content = "BT /F1 12 Tf 50 800 Td (Kim Example) Tj 0 -14 Td (Experience) Tj 0 -14 Td (Backend ) Tj 40 0 Td \
(engineer) Tj 1 0 0 1 50 740 Tm (March 2019 to ) Tj 1 0 0 1 90 740 Tm (present) Tj 0 -14 Td (Skills) Tj \
0 -14 Td (Python, distributed) Tj 0 -14 Td (systems, Docker) Tj ET\n";
    let read = read("cv.pdf", &pdf(content.as_bytes(), "")).unwrap();
    let job = &read.profile.work[0];
    assert_eq!((job.title.as_str(), job.start.is_some(), job.end), ("Backend engineer", true, None));
    let names: Vec<&str> = read.profile.skills.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names.get(..3), Some(&["Python", "distributed systems", "Docker"][..]));
}

#[test]
fn text_in_other_charsets_is_decoded() {
    let text = "Jo Köhler\n\nBerufserfahrung\n\nPflegefachkraft, Klinik Überall, seit März 2019\n- Wundversorgung\n\nKenntnisse\nPython, Docker\n";
    let wide = |to: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(to).collect()
    };
    for bytes in [
        text.as_bytes().to_vec(),
        text.chars().map(|c| c as u8).collect(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ] {
        let read = read("cv.txt", &bytes).unwrap();
        assert_eq!(read.profile.name.as_deref(), Some("Jo Köhler"));
        assert_eq!(read.profile.work[0].company.as_deref(), Some("Klinik Überall"));
        assert_eq!(read.profile.work[0].start.map(|m| m.to_string()).as_deref(), Some("2019-03"));
        assert!(read.profile.skills.iter().any(|s| s.name == "Docker"));
    }
}

#[test]
fn certificates_keep_their_names_and_show_skills() {
    let text = "Kim\n\nExperience\n\nCloud engineer, Example Ltd, 2019 – present\n\n## Licences and certificates\n\
AWS Certified Solutions Architect - Associate, 2021\nCertified Kubernetes Administrator\n";
    let read = read("cv.md", text.as_bytes()).unwrap();
    let names: Vec<&str> = read.profile.certificates.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(
        names,
        ["AWS Certified Solutions Architect - Associate", "Certified Kubernetes Administrator"]
    );
    assert!(read.profile.degrees.is_empty());
    // Two certificates, and every skill found has one of them or the title as its evidence.
    let shown = |quote: &str| read.profile.skills.iter().any(|s| s.evidence.iter().any(|e| e == quote));
    assert!(shown("Certified Kubernetes Administrator"), "{:?}", read.profile.skills);
}

#[test]
fn interest_outside_its_range_is_refused() {
    for text in ["[interests]\nkubernetes = 3", "[activities]\n\"run reviews\" = -9"] {
        assert!(read("profile.toml", text.as_bytes()).is_err(), "{text}");
    }
}
