//! The tantivy index: built from the corpus, incrementally, and read by `query`.
//!
//! [`PostingIndex`] owns the schema and the files. [`PostingIndex::update`] takes what changed in
//! the corpus since the last commit, extracts it on all cores and writes it; the corpus sequence
//! number travels in the commit's payload, so that a crash loses at most the uncommitted batch.
//!
//! Nothing here knows how a posting looks on the wire.

mod columns;
mod pay;
mod read;
mod rows;
mod schema;
mod tokenizer;
mod words;
mod write;

pub use read::{Found, Hit, SearchRequest, Snippets, Sort};
pub use words::SearchWords;
pub use write::{Committed, UpdateReport};

use schema::Fields;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tantivy::{Index, IndexReader, ReloadPolicy};
use thiserror::Error;

/// Raised whenever extraction or the schema changes what the index holds; an index of another
/// version is built anew.
pub const FORMAT_VERSION: u32 = 4;

/// Name of the file beside the index that says what it was built with.
const MANIFEST: &str = "rungs-index.json";

/// A file that the engine always writes: an index without a manifest was cut short when made.
const ENGINE_FILE: &str = "meta.json";

/// Why the index cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IndexError {
    /// There is no index yet.
    #[error("there is no index at {}\n  Build it with `rungs index`.", .0.display())]
    Missing(PathBuf),
    /// The index was built by another version of the program.
    #[error("the index at {} was built by another version\n  Build it anew with `rungs index`.", .0.display())]
    Outdated(PathBuf),
    /// The search engine failed.
    #[error("the index at {} failed: {source}\n  If it stays so, delete that folder and run `rungs index`.", path.display())]
    Engine {
        /// The folder of the index.
        path: PathBuf,
        /// What the engine said.
        source: Box<tantivy::TantivyError>,
    },
    /// A file could not be read or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The corpus could not be read.
    #[error(transparent)]
    Corpus(Box<crate::corpus::CorpusError>),
    /// What was asked for makes no sense, e.g. a broken query.
    #[error("{0}")]
    Query(String),
}

impl From<crate::corpus::CorpusError> for IndexError {
    fn from(error: crate::corpus::CorpusError) -> Self {
        Self::Corpus(Box::new(error))
    }
}

/// What an index was built with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    program: String,
    concepts: usize,
}

impl Manifest {
    fn current() -> Self {
        Self {
            format: FORMAT_VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            concepts: crate::taxonomy::Taxonomy::builtin().len(),
        }
    }
}

/// An index of postings on disk.
pub struct PostingIndex {
    dir: PathBuf,
    index: Index,
    reader: IndexReader,
    fields: Fields,
}

impl std::fmt::Debug for PostingIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostingIndex").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl PostingIndex {
    /// Opens the index in `dir` for reading.
    ///
    /// # Errors
    /// [`IndexError::Missing`] when there is none, [`IndexError::Outdated`] when another version
    /// built it.
    pub fn open(dir: &Path) -> Result<Self, IndexError> {
        match manifest(dir)? {
            None => Err(IndexError::Missing(dir.to_owned())),
            Some(found) if found != Manifest::current() => Err(IndexError::Outdated(dir.to_owned())),
            Some(_) => {
                let index = Index::open_in_dir(dir)
                    .map_err(|e| IndexError::Engine { path: dir.to_owned(), source: Box::new(e) })?;
                Self::over(index, dir)
            }
        }
    }

    /// Opens the index in `dir` for writing; makes it when there is none, and makes it anew when
    /// another version built it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn create(dir: &Path) -> Result<Self, IndexError> {
        if manifest(dir)? == Some(Manifest::current()) {
            return Self::open(dir);
        }
        Self::recreate(dir)
    }

    /// Makes an empty index in `dir`, whatever is there.
    ///
    /// # Errors
    /// When the folder cannot be written, or holds other things than an index.
    pub fn recreate(dir: &Path) -> Result<Self, IndexError> {
        let io = |e| IndexError::File { path: dir.to_owned(), source: e };
        if manifest(dir)?.is_some() || dir.join(ENGINE_FILE).is_file() {
            fs::remove_dir_all(dir).map_err(io)?;
        }
        fs::create_dir_all(dir).map_err(io)?;
        let (schema, _) = schema::build();
        let index = Index::create_in_dir(dir, schema)
            .map_err(|e| IndexError::Engine { path: dir.to_owned(), source: Box::new(e) })?;
        let text = serde_json::to_string_pretty(&Manifest::current())
            .map_err(|e| IndexError::File { path: dir.to_owned(), source: io::Error::other(e) })?;
        fs::write(dir.join(MANIFEST), text).map_err(io)?;
        Self::over(index, dir)
    }

    fn over(mut index: Index, dir: &Path) -> Result<Self, IndexError> {
        let engine = |e| IndexError::Engine { path: dir.to_owned(), source: Box::new(e) };
        let (_, fields) = schema::build();
        index.set_default_multithread_executor().map_err(engine)?;
        index.tokenizers().register(tokenizer::NAME, tokenizer::analyzer());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(engine)?;
        Ok(Self { dir: dir.to_owned(), index, reader, fields })
    }

    /// Number of postings in the index, closed ones included.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn engine(&self, error: tantivy::TantivyError) -> IndexError {
        IndexError::Engine { path: self.dir.clone(), source: Box::new(error) }
    }
}

fn manifest(dir: &Path) -> Result<Option<Manifest>, IndexError> {
    let path = dir.join(MANIFEST);
    match fs::read_to_string(&path) {
        // A manifest that cannot be read as one is as good as one of another version.
        Ok(text) => Ok(Some(serde_json::from_str(&text).unwrap_or(Manifest {
            format: 0,
            program: String::new(),
            concepts: 0,
        }))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(IndexError::File { path, source: e }),
    }
}
