//! The compiled form: texts and flat arrays, written by `build.rs`, read without work at start.

use super::merge::Merged;
use super::names::sequence;
use super::{Concept, Form, KINDS, Rank};
use crate::text::tokens::{Token, tokenize};
use rustc_hash::FxHashMap as HashMap;
use std::borrow::Cow;

/// The form must be written in exactly its case.
pub(crate) const EXACT: u8 = 1;
/// The form counts only where its surroundings speak for it.
pub(crate) const AMBIGUOUS: u8 = 2;
/// The form has symbols in it, whose adjacency matters.
pub(crate) const SYMBOLS: u8 = 4;
/// A version may follow the form.
pub(crate) const VERSIONED: u8 = 8;
/// The form is more than one token.
pub(crate) const LONG: u8 = 16;
/// The form is looked for in running text.
pub(crate) const RUNNING: u8 = 32;

/// Another form of the same words and another concept follows.
pub(crate) const SENSES: u8 = 64;

/// The skill of a form that only blocks shorter ones.
pub(crate) const NO_SKILL: u32 = u32::MAX;

/// An edge leads to a node with forms.
const HAS_FORMS: u32 = 1 << 31;
/// An edge leads to a node with further edges.
const HAS_EDGES: u32 = 1 << 30;
const NODE: u32 = HAS_EDGES - 1;

/// Bits of the filter on tokens that are a form alone, as a power of two: 64 KiB.
const ALONE_BITS: u32 = 19;
/// Bits of the filter on the first two tokens of longer forms: 256 KiB, which stays in the second-level cache
/// where the table of edges does not.
const PAIR_BITS: u32 = 21;

/// The vocabulary in flat arrays.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Packed {
    /// One concept a line, fields separated by tabs, in order of id.
    pub(crate) concepts: Cow<'static, str>,
    /// The texts of the forms, one after the other.
    pub(crate) texts: Cow<'static, str>,
    /// Where each form's text starts; one more than there are forms.
    pub(crate) text_start: Vec<u32>,
    /// The concept of each form.
    pub(crate) form_skill: Vec<u32>,
    /// Flags of each form.
    pub(crate) form_flags: Vec<u8>,
    /// Index into [`Rank::ALL`] of each form.
    pub(crate) form_rank: Vec<u8>,
    /// Open-addressing table of edges: key (low, high), target.
    slots: Vec<[u32; 3]>,
    /// First form of each node with forms; one more than there are such nodes.
    node_forms: Vec<u32>,
    /// Which tokens are a form alone.
    alone: Vec<u64>,
    /// Which two tokens begin longer forms.
    pairs: Vec<u64>,
    /// Hashes of whole names, sorted, and the form each means.
    names: Vec<u64>,
    name_form: Vec<u32>,
}

/// A step in the trie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge(u32);

impl Edge {
    pub(crate) fn node(self) -> u32 {
        self.0 & NODE
    }

    pub(crate) fn has_forms(self) -> bool {
        self.0 & HAS_FORMS != 0
    }

    pub(crate) fn has_edges(self) -> bool {
        self.0 & HAS_EDGES != 0
    }
}

/// Start of every walk. Not a target of any edge.
pub(crate) const ROOT: u32 = NODE;

#[inline(always)]
fn edge_key(node: u32, token: u64) -> u64 {
    (token ^ u64::from(node).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

#[inline(always)]
fn filter_bit(hash: u64, bits: u32) -> usize {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits)) as usize
}

#[inline(always)]
fn pair_hash(first: u64, second: u64) -> u64 {
    first ^ second.rotate_left(29)
}

#[inline(always)]
fn is_set(filter: &[u64], bit: usize) -> bool {
    filter.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
}

impl Packed {
    /// Whether a form may start with this token when that one follows; rarely true when none does.
    #[inline(always)]
    pub(crate) fn may_start(&self, token: u64, next: Option<u64>) -> bool {
        is_set(&self.alone, filter_bit(token, ALONE_BITS))
            || next.is_some_and(|next| is_set(&self.pairs, filter_bit(pair_hash(token, next), PAIR_BITS)))
    }

    /// The edge from `node` over `token`.
    #[inline]
    pub(crate) fn step(&self, node: u32, token: u64) -> Option<Edge> {
        let key = edge_key(node, token);
        let (low, high) = (key as u32, (key >> 32) as u32);
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = (key >> 32) as usize & mask;
        loop {
            let [l, h, target] = *self.slots.get(at)?;
            if target == 0 {
                return None;
            }
            if (l, h) == (low, high) {
                return Some(Edge(target));
            }
            at = (at + 1) & mask;
        }
    }

    /// The forms that end at a node with forms.
    #[inline]
    pub(crate) fn forms_of(&self, edge: Edge) -> std::ops::Range<usize> {
        let node = edge.node() as usize;
        match (self.node_forms.get(node - 1), self.node_forms.get(node)) {
            (Some(&from), Some(&to)) => from as usize..to as usize,
            _ => 0..0,
        }
    }

    /// The form that a whole name means.
    pub(crate) fn name(&self, tokens: &[Token]) -> Option<usize> {
        let at = self.names.binary_search(&sequence(tokens)).ok()?;
        self.name_form.get(at).map(|&f| f as usize)
    }

    /// Number of forms.
    pub(crate) fn forms(&self) -> usize {
        self.form_skill.len()
    }

    /// A form's text.
    pub(crate) fn text(&self, form: usize) -> &str {
        match (self.text_start.get(form), self.text_start.get(form + 1)) {
            (Some(&from), Some(&to)) => self.texts.get(from as usize..to as usize).unwrap_or_default(),
            _ => "",
        }
    }
}

/// Packs concepts, which must be in order of their ids.
pub(crate) fn pack(merged: &Merged) -> Packed {
    let mut packed = Packed::default();
    let mut lines = String::new();
    for c in &merged.concepts {
        let list = |ids: &[String]| ids.join(",");
        let kind = KINDS.get(c.kind as usize).copied().unwrap_or_default();
        lines.push_str(&format!(
            "{}\t{}\t{kind}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            c.id,
            c.label,
            c.area,
            c.esco,
            c.onet,
            list(&c.broader),
            list(&c.related),
            list(&c.implies),
            list(&c.version_of)
        ));
    }
    packed.concepts = Cow::Owned(lines);
    let forms = sorted_forms(merged);
    let mut trie = Builder::default();
    let mut texts = String::new();
    for entry in &forms {
        packed.text_start.push(texts.len() as u32);
        texts.push_str(&entry.form.text);
        packed.form_skill.push(entry.skill);
        packed.form_flags.push(entry.flags);
        packed.form_rank.push(entry.form.rank as u8);
    }
    packed.text_start.push(texts.len() as u32);
    packed.texts = Cow::Owned(texts);
    trie.add_all(&forms, &mut packed);
    names(&forms, &mut packed);
    packed
}

struct Entry<'m> {
    form: &'m Form,
    skill: u32,
    flags: u8,
    tokens: Vec<u64>,
    /// Whole name: hash.
    name: u64,
}

/// All forms: those of running text first, grouped by their tokens, the one that counts first.
fn sorted_forms(merged: &Merged) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    for (i, concept) in merged.concepts.iter().enumerate() {
        let versioned = matches!(KINDS.get(concept.kind as usize), Some(&"technology" | &"tool"));
        for form in &concept.forms {
            entries.extend(entry(form, i as u32, versioned));
        }
    }
    entries.extend(merged.blockers.iter().filter_map(|form| entry(form, NO_SKILL, false)));
    entries.sort_by(|a, b| {
        let running = |e: &Entry<'_>| e.flags & RUNNING == 0;
        let order = |e: &Entry<'_>| (e.flags & EXACT == 0, e.form.rank, e.skill);
        (running(a), &a.tokens).cmp(&(running(b), &b.tokens)).then_with(|| order(a).cmp(&order(b)))
    });
    // Behind a form that always fits nothing is ever reached, except another sense of an ambiguous one.
    let mut kept: Vec<Entry<'_>> = Vec::with_capacity(entries.len());
    for entry in entries {
        if let Some(last) = kept.last()
            && last.tokens == entry.tokens
            && last.flags & RUNNING == entry.flags & RUNNING
            && last.flags & EXACT == 0
            && !(last.flags & entry.flags & AMBIGUOUS != 0
                && last.form.rank == entry.form.rank
                && last.skill != entry.skill)
        {
            continue;
        }
        if let Some(last) = kept.last_mut()
            && last.tokens == entry.tokens
            && last.flags & entry.flags & AMBIGUOUS != 0
        {
            last.flags |= SENSES;
        }
        kept.push(entry);
    }
    kept
}

fn entry(form: &Form, skill: u32, versioned: bool) -> Option<Entry<'_>> {
    let mut tokens = Vec::new();
    tokenize(&form.text, &mut tokens);
    if tokens.is_empty() {
        return None;
    }
    let symbols = tokens.iter().any(|t| t.kind == crate::text::tokens::TokenKind::Symbol);
    let mut flags = 0;
    for (set, flag) in [
        (form.exact, EXACT),
        (form.ambiguous, AMBIGUOUS),
        (symbols, SYMBOLS),
        (versioned, VERSIONED),
        (tokens.len() > 1, LONG),
        (form.running, RUNNING),
    ] {
        flags |= if set { flag } else { 0 };
    }
    let name = sequence(&tokens);
    Some(Entry { form, skill, flags, tokens: tokens.iter().map(|t| t.hash).collect(), name })
}

#[derive(Default)]
struct Builder {
    edges: HashMap<(u32, u64), u32>,
    nodes: u32,
}

impl Builder {
    /// Nodes with forms get the numbers 1 to their count, in the order of the forms.
    fn add_all(&mut self, forms: &[Entry<'_>], packed: &mut Packed) {
        let running: Vec<&Entry<'_>> = forms.iter().filter(|e| e.flags & RUNNING != 0).collect();
        let mut ends: HashMap<&[u64], u32> = HashMap::default();
        for (i, entry) in running.iter().enumerate() {
            let next = ends.len() as u32 + 1;
            if *ends.entry(&entry.tokens).or_insert(next) == next {
                packed.node_forms.push(i as u32);
            }
        }
        packed.node_forms.push(running.len() as u32);
        self.nodes = ends.len() as u32;
        let mut inner: HashMap<&[u64], u32> = HashMap::default();
        let mut alone = vec![0u64; (1 << ALONE_BITS) / 64];
        let mut pairs = vec![0u64; (1 << PAIR_BITS) / 64];
        for entry in &running {
            let mut node = ROOT;
            for depth in 1..=entry.tokens.len() {
                let path = &entry.tokens[..depth];
                let target = match ends.get(path) {
                    Some(&end) => end | HAS_FORMS,
                    None => *inner.entry(path).or_insert_with(|| {
                        self.nodes += 1;
                        self.nodes
                    }),
                };
                let more = if depth < entry.tokens.len() { HAS_EDGES } else { 0 };
                *self.edges.entry((node, path[depth - 1])).or_insert(target) |= more;
                node = target & NODE;
            }
            let (filter, bit) = match entry.tokens[..] {
                [only] => (&mut alone, filter_bit(only, ALONE_BITS)),
                [first, second, ..] => (&mut pairs, filter_bit(pair_hash(first, second), PAIR_BITS)),
                [] => continue,
            };
            filter[bit / 64] |= 1 << (bit % 64);
        }
        (packed.alone, packed.pairs) = (alone, pairs);
        packed.slots = self.slots();
    }

    fn slots(&self) -> Vec<[u32; 3]> {
        let size = (self.edges.len() * 3 / 2).next_power_of_two().max(2);
        let mut slots = vec![[0; 3]; size];
        let mut edges: Vec<_> = self.edges.iter().collect();
        edges.sort_unstable();
        for (&(node, token), &target) in edges {
            let key = edge_key(node, token);
            let mut at = (key >> 32) as usize & (size - 1);
            while slots[at][2] != 0 {
                at = (at + 1) & (size - 1);
            }
            slots[at] = [key as u32, (key >> 32) as u32, target];
        }
        slots
    }
}

/// Names that stand alone: certain forms before ambiguous ones, then by rank.
fn names(forms: &[Entry<'_>], packed: &mut Packed) {
    type Order = (Rank, bool, bool, bool);
    let mut names: Vec<(u64, Order, u32)> = forms
        .iter()
        .enumerate()
        .filter(|(_, e)| e.skill != NO_SKILL)
        .map(|(i, e)| {
            let own = (e.form.rank, e.flags & RUNNING == 0, e.flags & AMBIGUOUS != 0, e.flags & EXACT != 0);
            (e.name, own, i as u32)
        })
        .collect();
    names.sort_unstable();
    names.dedup_by_key(|n| n.0);
    packed.names = names.iter().map(|n| n.0).collect();
    packed.name_form = names.iter().map(|n| n.2).collect();
}

impl Packed {
    /// The arrays as bytes, little-endian, each after its length.
    #[allow(dead_code, reason = "build.rs alone writes them")]
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let words = |out: &mut Vec<u8>, list: &[u32]| {
            out.extend((list.len() as u32).to_le_bytes());
            out.extend(list.iter().flat_map(|n| n.to_le_bytes()));
        };
        words(&mut out, &self.text_start);
        words(&mut out, &self.form_skill);
        words(&mut out, &self.node_forms);
        words(&mut out, &self.name_form);
        words(&mut out, self.slots.as_flattened());
        for list in [&self.alone, &self.pairs, &self.names] {
            let halves: Vec<u32> = list.iter().flat_map(|n| [*n as u32, (*n >> 32) as u32]).collect();
            words(&mut out, &halves);
        }
        for list in [&self.form_flags, &self.form_rank] {
            out.extend((list.len() as u32).to_le_bytes());
            out.extend(list.iter());
        }
        out
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; what is missing at the end stays empty.
    pub(crate) fn from_parts(concepts: &'static str, texts: &'static str, bytes: &[u8]) -> Self {
        let mut reader = Reader(bytes);
        let mut packed = Self {
            concepts: Cow::Borrowed(concepts),
            texts: Cow::Borrowed(texts),
            text_start: reader.words(),
            form_skill: reader.words(),
            node_forms: reader.words(),
            name_form: reader.words(),
            slots: reader.triples(),
            alone: reader.longs(),
            pairs: reader.longs(),
            names: reader.longs(),
            ..Self::default()
        };
        packed.form_flags = reader.bytes(1).to_vec();
        packed.form_rank = reader.bytes(1).to_vec();
        packed
    }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    /// The next array, of elements of `size` bytes.
    fn bytes(&mut self, size: usize) -> &'b [u8] {
        let Some((head, rest)) = self.0.split_first_chunk::<4>() else { return &[] };
        let length = (u32::from_le_bytes(*head) as usize * size).min(rest.len());
        let (array, rest) = rest.split_at(length);
        self.0 = rest;
        array
    }

    fn words(&mut self) -> Vec<u32> {
        let (chunks, _) = self.bytes(4).as_chunks::<4>();
        chunks.iter().map(|c| u32::from_le_bytes(*c)).collect()
    }

    fn longs(&mut self) -> Vec<u64> {
        let (chunks, _) = self.bytes(4).as_chunks::<8>();
        chunks.iter().map(|c| u64::from_le_bytes(*c)).collect()
    }

    fn triples(&mut self) -> Vec<[u32; 3]> {
        let word = |c: &[u8; 12], i: usize| u32::from_le_bytes([c[i], c[i + 1], c[i + 2], c[i + 3]]);
        let (chunks, _) = self.bytes(4).as_chunks::<12>();
        chunks.iter().map(|c| [word(c, 0), word(c, 4), word(c, 8)]).collect()
    }
}

/// The concepts and blockers that were packed, for packing again with more.
pub(crate) fn unpack(packed: &Packed) -> Merged {
    let mut merged = Merged::default();
    for line in packed.concepts.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, label, kind, area, esco, onet, broader, related, implies, version_of] = cells[..] else {
            continue;
        };
        let list = |ids: &str| ids.split(',').filter(|i| !i.is_empty()).map(str::to_owned).collect();
        merged.concepts.push(Concept {
            esco: esco.to_owned(),
            onet: onet.to_owned(),
            broader: list(broader),
            related: list(related),
            implies: list(implies),
            version_of: list(version_of),
            ..Concept::new(id, label, super::kind(kind).unwrap_or_default(), area)
        });
    }
    for i in 0..packed.forms() {
        let flags = packed.form_flags[i];
        let form = Form {
            text: packed.text(i).to_owned(),
            exact: flags & EXACT != 0,
            ambiguous: flags & AMBIGUOUS != 0,
            running: flags & RUNNING != 0,
            rank: Rank::ALL.get(packed.form_rank[i] as usize).copied().unwrap_or(Rank::Block),
        };
        match merged.concepts.get_mut(packed.form_skill[i] as usize) {
            Some(concept) => concept.forms.push(form),
            None => merged.blockers.push(form),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Merged {
        let form = |text: &str, exact, rank| Form {
            text: text.into(),
            exact,
            ambiguous: false,
            running: true,
            rank,
        };
        let mut c = Concept::new("c", "C", 0, "programming-language");
        c.forms = vec![form("C", true, Rank::Hand)];
        let mut plus = Concept::new("cpp", "C++", 0, "programming-language");
        plus.forms = vec![form("C++", false, Rank::Hand), form("C plus plus", false, Rank::Hand)];
        Merged { concepts: vec![c, plus], blockers: vec![form("Series C", true, Rank::Block)] }
    }

    #[test]
    fn bytes_give_back_what_was_packed() {
        let packed = pack(&small());
        let bytes = packed.to_bytes();
        let (concepts, texts) = (packed.concepts.clone().into_owned(), packed.texts.clone().into_owned());
        let again = Packed::from_parts(
            Box::leak(concepts.into_boxed_str()),
            Box::leak(texts.into_boxed_str()),
            &bytes,
        );
        assert_eq!(packed, again);
        let merged = unpack(&again);
        assert_eq!(merged.concepts.len(), 2);
        assert_eq!(merged.concepts[1].forms.len(), 2);
        assert_eq!(merged.blockers, small().blockers);
        assert_eq!(pack(&merged), packed);
    }
}
