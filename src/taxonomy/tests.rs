use super::*;
use crate::text::tokens::tokenize;
use tables::{merge, pack, read};

const TABLE: &str = "id\tlabel\tkind\tforms\tarea\trelations
python\tPython\ttechnology\t\tprogramming-language\t
java\tJava\ttechnology\tJava 17\tprogramming-language\t
c\tC\ttechnology\t~=C\tprogramming-language\t
cpp\tC++\ttechnology\t\tprogramming-language\t
c-sharp\tC#\ttechnology\t\tprogramming-language\t
dotnet\t.NET\ttechnology\t.NET Core\tprogramming-language\t
node-js\tNode.js\ttechnology\tNodeJS|Node JS\tframework\t
aws\tAWS\ttechnology\tAmazon Web Services\tcloud\t
ci-cd\tCI/CD\tmethod\tCI & CD\tdevops\t
go\tGo\ttechnology\t!Go|~=Go|Golang\tprogramming-language\t
team-management\tteam management\tskill\tmanage teams\tmanagement\t
e-commerce\te-commerce\tdomain\t\tretail\t
";

fn small() -> Taxonomy {
    let concepts = read::concepts(TABLE).into_iter().map(|r| r.unwrap().1).collect();
    let tables = merge::Tables { concepts, blocked: vec!["=Series C"], ..Default::default() };
    Taxonomy::new(pack::pack(&merge::merge(tables)))
}

fn found(taxonomy: &Taxonomy, text: &str) -> Vec<String> {
    let (mut tokens, mut matches) = (Vec::new(), Vec::new());
    tokenize(text, &mut tokens);
    taxonomy.find(text, &tokens, &mut matches);
    matches
        .iter()
        .map(|m| {
            let surface = &text[tokens[m.first].start as usize..tokens[m.last].end as usize];
            format!("{}:{surface}", taxonomy.skill(m.skill).id)
        })
        .collect()
}

#[test]
fn finds_what_people_write() {
    let taxonomy = small();
    for (text, expected) in [
        (
            "Python 3.x, Java 17+ and C++/C#",
            &["python:Python 3.x", "java:Java 17+", "cpp:C++", "c-sharp:C#"][..],
        ),
        ("5 years of Java, or Java 5+ years", &["java:Java", "java:Java"]),
        ("python3 or python3.x", &["python:python3", "python:python3.x"]),
        ("AWS/GCP, CI/CD, CI / CD", &["aws:AWS", "ci-cd:CI/CD", "ci-cd:CI / CD"]),
        ("our activities. Net sales rose", &[]),
        ("(.NET) . NET and .NET Core 6", &["dotnet:.NET", "dotnet:. NET", "dotnet:.NET Core 6"]),
        ("site.net is down", &[]),
        ("Node.js, NodeJS, node js", &["node-js:Node.js", "node-js:NodeJS", "node-js:node js"]),
        ("write C # or C code", &["c-sharp:C #", "c:C"]),
        ("a Series C company", &[]),
        ("c code, go live, Go", &["go:Go"]),
        ("team\nmanagement", &[]),
        (
            "TEAM MANAGEMENT; team-management",
            &["team-management:TEAM MANAGEMENT", "team-management:team-management"],
        ),
        ("manage teams, manage team", &["team-management:manage teams", "team-management:manage team"]),
        ("ecommerce & eCommerce", &["e-commerce:ecommerce", "e-commerce:eCommerce"]),
        ("open page.aws, site.python and https://python.net", &[]),
        ("see www.python.org or jobs@aws.com", &[]),
        ("", &[]),
    ] {
        assert_eq!(found(&taxonomy, text), expected, "{text:?}");
    }
}

#[test]
fn names_resolve_whatever_their_case() {
    let taxonomy = small();
    for (name, expected) in [
        ("GO", Some("go")),
        ("golang", Some("go")),
        ("amazon web services", Some("aws")),
        ("Python (programming language)", Some("python")),
        ("Pythonista", None),
        ("Series C", None),
        ("", None),
        (")", None),
    ] {
        let id = taxonomy.resolve(name).map(|s| taxonomy.skill(s).id.as_str());
        assert_eq!(id, expected, "{name:?}");
    }
}

#[test]
fn every_concept_is_reached_by_its_id() {
    let taxonomy = Taxonomy::builtin();
    assert!(taxonomy.len() > 10_000);
    for (skill, concept) in taxonomy.iter() {
        assert_eq!(taxonomy.by_id(&concept.id), Some(skill), "{}", concept.id);
    }
}

#[test]
fn kinds_have_names() {
    for (i, kind) in Kind::ALL.into_iter().enumerate() {
        assert_eq!(kind as usize, i);
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
    }
}

#[test]
fn several_names_written_as_one_are_told_apart() {
    let taxonomy = Taxonomy::builtin();
    for (name, expected) in [
        ("AWS/GCP", &["aws", "gcp"][..]),
        ("HTML & CSS", &["html", "css"]),
        ("CI/CD", &["ci-cd"]),
        ("Java 17+", &["java"]),
        ("Python 3.x", &["python"]),
        ("MBA degree", &["mba"]),
        ("Kubernetes experience", &["kubernetes"]),
        ("AWS/qqqqzzzz", &[]),
        ("/", &[]),
    ] {
        let ids: Vec<&str> =
            taxonomy.resolve_all(name).into_iter().map(|s| taxonomy.skill(s).id.as_str()).collect();
        assert_eq!(ids, expected, "{name}");
    }
}
