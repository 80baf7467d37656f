//! Every skill that texts name: reads NDJSON with `id` and `text`, writes tab-separated
//! id, first byte, end, concept, ambiguous (0/1), probability, words.
//!
//! ```sh
//! cargo run --release --example mentions < texts.jsonl > mentions.tsv
//! ```

use rungs::taxonomy::Taxonomy;
use rungs::text::tokens::tokenize;
use serde::Deserialize;
use std::io::{self, BufRead, BufWriter, Write};

#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
}

fn main() -> io::Result<()> {
    let taxonomy = Taxonomy::builtin();
    let (mut tokens, mut matches) = (Vec::new(), Vec::new());
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let Line { id, text } = serde_json::from_str(&line?)?;
        tokenize(&text, &mut tokens);
        taxonomy.find(&text, &tokens, &mut matches);
        for (i, found) in matches.iter().enumerate() {
            let (start, end) = (tokens[found.first].start as usize, tokens[found.last].end as usize);
            let skill = &taxonomy.skill(found.skill).id;
            let probability = taxonomy.judge(&text, &tokens, &matches, i);
            let words = text[start..end].replace(['\t', '\n'], " ");
            let ambiguous = u8::from(found.ambiguous);
            writeln!(out, "{id}\t{start}\t{end}\t{skill}\t{ambiguous}\t{probability:.3}\t{words}")?;
        }
    }
    out.flush()
}
