//! Which fields a posting has in the index.

use super::tokenizer;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

/// The fields, by name.
///
/// Everything a filter, a sort or a count needs is a fast field; the body is searchable but not
/// stored, because the corpus has it.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    /// Posting key as text, the handle for updates.
    pub(super) key: Field,
    pub(super) title: Field,
    pub(super) body: Field,
    /// Company as published, for display and search.
    pub(super) company: Field,
    pub(super) location: Field,
    /// Taxonomy ids of skills that are asked for.
    pub(super) skill: Field,
    pub(super) family: Field,
    /// [`crate::coded::RowFacts`].
    pub(super) facts: Field,
    /// Hash of the employer's folded name.
    pub(super) employer: Field,
    pub(super) fingerprint: Field,
    /// Packed [`crate::coded::CodedSkill`]s.
    pub(super) skills: Field,
    /// Packed [`crate::coded::CodedExperience`]s.
    pub(super) experience: Field,
    /// Gates as words.
    pub(super) gates: Field,
    /// Pay by year with its currency, packed by [`super::pay`].
    pub(super) pay: Field,
}

/// Names of the fast fields, which are opened by name.
pub(super) const FACTS: &str = "facts";
pub(super) const FAMILY: &str = "family";
pub(super) const EMPLOYER: &str = "employer";
pub(super) const FINGERPRINT: &str = "fingerprint";
pub(super) const SKILLS: &str = "skills";
pub(super) const EXPERIENCE: &str = "experience";
pub(super) const GATES: &str = "gates";
pub(super) const PAY: &str = "pay";

/// Builds the schema and its field handles.
pub(super) fn build() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(tokenizer::NAME)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let fields = Fields {
        key: schema.add_text_field("key", STRING | STORED),
        title: schema.add_text_field("title", text.clone().set_stored()),
        body: schema.add_text_field("body", text.clone()),
        company: schema.add_text_field("company", text.clone().set_stored()),
        location: schema.add_text_field("location", text.set_stored()),
        skill: schema.add_text_field("skill", STRING),
        family: schema.add_text_field(FAMILY, STRING | FAST),
        facts: schema.add_u64_field(FACTS, FAST),
        employer: schema.add_u64_field(EMPLOYER, FAST),
        fingerprint: schema.add_u64_field(FINGERPRINT, FAST),
        skills: schema.add_u64_field(SKILLS, FAST),
        experience: schema.add_u64_field(EXPERIENCE, FAST),
        gates: schema.add_text_field(GATES, TextOptions::default().set_fast("raw")),
        pay: schema.add_u64_field(PAY, FAST),
    };
    (schema.build(), fields)
}
