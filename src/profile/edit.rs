//! Changing single values of `profile.toml`: comments, order and layout of everything else stay as
//! the person wrote them.

use super::{Profile, ProfileError};
use crate::level::Track;
use crate::taxonomy::{Skill, Taxonomy};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// What is to change about a skill held; `None` and an empty list leave things as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SkillChange {
    /// Depth 1–4, 0 for not held.
    pub depth: Option<u8>,
    /// Years of use.
    pub years: Option<f32>,
    /// Interest −2 to 2.
    pub interest: Option<i8>,
    /// Evidence to add.
    pub evidence: Vec<String>,
}

/// A `profile.toml` that is being changed.
#[derive(Clone, Debug)]
pub struct Edit {
    document: DocumentMut,
}

impl Edit {
    /// Begins with the text of a `profile.toml`, which may be empty.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(text: &str) -> Result<Self, ProfileError> {
        Profile::from_toml(text)?;
        let document = text.parse().map_err(|e: toml_edit::TomlError| problem(e.to_string()))?;
        Ok(Self { document })
    }

    /// Sets the level, 1–8.
    pub fn level(&mut self, level: u8) {
        set(self.document.as_table_mut(), "level", i64::from(level).into());
    }

    /// Sets the role family, an id of `rungs families`.
    pub fn family(&mut self, family: &str) {
        set(self.document.as_table_mut(), "family", family.into());
    }

    /// Sets the track.
    pub fn track(&mut self, track: Track) {
        let word = match track {
            Track::Ic => "ic",
            Track::Management => "management",
        };
        set(self.document.as_table_mut(), "track", word.into());
    }

    /// Changes a skill held; adds it when it is not there.
    pub fn skill(&mut self, taxonomy: &Taxonomy, concept: &Skill, change: &SkillChange) {
        match self.position(taxonomy, concept) {
            Some(at) => {
                if let Some(skill) = self.skill_at(at) {
                    apply(skill, change);
                }
            }
            None => self.add_skill(concept, change),
        }
    }

    /// Notes that a skill is not held, whatever the history seems to say: a line taken out would come back
    /// from the history.
    pub fn without(&mut self, taxonomy: &Taxonomy, concept: &Skill) {
        self.skill(taxonomy, concept, &SkillChange { depth: Some(0), ..SkillChange::default() });
    }

    /// Notes interest in a skill. Wanting is not having: for a skill that is not held, only the
    /// interest is kept.
    pub fn rate_skill(&mut self, taxonomy: &Taxonomy, concept: &Skill, interest: i8) {
        match self.position(taxonomy, concept) {
            Some(_) => {
                let change = SkillChange { interest: Some(interest), ..SkillChange::default() };
                self.skill(taxonomy, concept, &change);
            }
            None => self.rate("interests", &concept.id, interest),
        }
    }

    /// Notes interest in an activity.
    pub fn rate_activity(&mut self, activity: &str, interest: i8) {
        self.rate("activities", activity, interest);
    }

    /// The changed text.
    ///
    /// # Errors
    /// When a value that was set is out of its range.
    pub fn finish(self) -> Result<String, ProfileError> {
        let text = self.document.to_string();
        Profile::from_toml(&text)?;
        Ok(text)
    }

    fn rate(&mut self, table: &str, key: &str, interest: i8) {
        let item = self.document.entry(table).or_insert_with(|| Item::Table(Table::new()));
        if let Some(table) = item.as_table_like_mut() {
            set(table, key, i64::from(interest).into());
        }
    }

    /// Where the skill stands among the skills of the document.
    fn position(&self, taxonomy: &Taxonomy, concept: &Skill) -> Option<usize> {
        let mut profile = Profile::from_toml(&self.document.to_string()).ok()?;
        profile.resolve(taxonomy);
        profile.skills.iter().position(|skill| skill.id.as_deref() == Some(&concept.id))
    }

    fn skill_at(&mut self, at: usize) -> Option<&mut dyn TableLike> {
        match self.document.get_mut("skills")? {
            Item::ArrayOfTables(tables) => tables.get_mut(at).map(|table| table as &mut dyn TableLike),
            Item::Value(Value::Array(list)) => {
                list.get_mut(at)?.as_inline_table_mut().map(|table| table as &mut dyn TableLike)
            }
            _ => None,
        }
    }

    fn add_skill(&mut self, concept: &Skill, change: &SkillChange) {
        let named = |table: &mut dyn TableLike| {
            set(table, "name", concept.label.as_str().into());
            set(table, "id", concept.id.as_str().into());
            apply(table, change);
        };
        let skills =
            self.document.entry("skills").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        match skills {
            Item::ArrayOfTables(tables) => {
                let mut table = Table::new();
                named(&mut table);
                tables.push(table);
            }
            Item::Value(Value::Array(list)) => {
                let mut table = InlineTable::new();
                named(&mut table);
                list.push(table);
            }
            _ => {}
        }
    }
}

fn problem(problem: String) -> ProfileError {
    ProfileError::Format { format: "profile.toml", problem }
}

fn apply(skill: &mut dyn TableLike, change: &SkillChange) {
    if let Some(depth) = change.depth {
        set(skill, "depth", i64::from(depth).into());
    }
    if let Some(years) = change.years {
        // Through text: 3.3 as f64 is 3.3, not 3.299999952316284.
        set(skill, "years", years.to_string().parse::<f64>().unwrap_or(f64::from(years)).into());
    }
    if let Some(interest) = change.interest {
        set(skill, "interest", i64::from(interest).into());
    }
    if change.evidence.is_empty() {
        return;
    }
    if skill.get("evidence").is_none() {
        skill.insert("evidence", Item::Value(Array::new().into()));
    }
    if let Some(list) = skill.get_mut("evidence").and_then(Item::as_array_mut) {
        list.extend(change.evidence.iter().map(String::as_str));
    }
}

/// Sets a value; comments before and behind it stay.
fn set(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key) {
        Some(old) => {
            if let Some(old) = old.as_value() {
                *value.decor_mut() = old.decor().clone();
            }
            *old = Item::Value(value);
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Mine, do not touch.\nlevel = 3  # told by my manager\n\n# The good years\n\
[[work]]\ntitle = \"Nurse\" # title on the badge\n\n# from the course\n[[skills]]\nname = \"k8s\"\n\
depth = 1 # honestly\n";

    fn concept(name: &str) -> &'static Skill {
        let taxonomy = Taxonomy::builtin();
        taxonomy.skill(taxonomy.resolve(name).unwrap())
    }

    #[test]
    fn only_the_keys_named_change() {
        let taxonomy = Taxonomy::builtin();
        let mut edit = Edit::new(TEXT).unwrap();
        edit.level(4);
        let change =
            SkillChange { depth: Some(2), evidence: vec!["ran it".into()], ..SkillChange::default() };
        edit.skill(taxonomy, concept("Kubernetes"), &change);
        let text = edit.finish().unwrap();
        let expected = TEXT.replace("level = 3", "level = 4").replace("depth = 1", "depth = 2");
        assert_eq!(text, format!("{expected}evidence = [\"ran it\"]\n"));
    }

    #[test]
    fn what_is_new_is_added_and_ratings_of_things_not_held_stand_apart() {
        let taxonomy = Taxonomy::builtin();
        for start in ["", TEXT, "skills = [{ name = \"k8s\" }]\n"] {
            let mut edit = Edit::new(start).unwrap();
            edit.skill(
                taxonomy,
                concept("Python"),
                &SkillChange { years: Some(3.3), ..SkillChange::default() },
            );
            edit.rate_skill(taxonomy, concept("Python"), -1);
            edit.rate_skill(taxonomy, concept("Terraform"), 2);
            edit.rate_activity("run design reviews", 1);
            let text = edit.finish().unwrap();
            assert!(start.lines().all(|line| start.starts_with("skills") || text.contains(line)), "{text}");
            let profile = Profile::from_toml(&text).unwrap();
            let python = profile.skills.iter().find(|s| s.name == "Python").unwrap();
            assert_eq!((python.years, python.interest), (Some(3.3), Some(-1)), "{text}");
            assert_eq!(profile.interests.get(&concept("Terraform").id), Some(&2), "{text}");
            assert_eq!(profile.activities["run design reviews"], 1, "{text}");
        }
    }

    #[test]
    fn other_formats_and_values_out_of_range_are_refused() {
        assert!(Edit::new("{\"basics\": {}}").is_err());
        let mut edit = Edit::new("").unwrap();
        edit.rate_activity("anything", 3);
        assert!(edit.finish().is_err());
    }

    #[test]
    fn a_skill_that_is_not_held_is_said_to_be_none() {
        let mut edit = Edit::new(TEXT).unwrap();
        edit.without(Taxonomy::builtin(), concept("Kubernetes"));
        edit.without(Taxonomy::builtin(), concept("Python"));
        let text = edit.finish().unwrap();
        assert!(text.contains("depth = 0 # honestly"), "{text}");
        let profile = Profile::from_toml(&text).unwrap();
        assert!(profile.skills.iter().all(|skill| skill.depth == Some(0)) && profile.skills.len() == 2);
    }
}
