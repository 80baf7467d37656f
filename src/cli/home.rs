//! Where things live.
//!
//! `--home DIR` or `RUNGS_HOME`, else the nearest folder upwards that holds `rungs.toml` (a
//! checkout does), else the configuration file, else the platform's data folder.

use super::{CliError, Global};
use std::env;
use std::path::{Path, PathBuf};

/// The marker file of a home, and the name of its configuration.
pub(super) const MARKER: &str = "rungs.toml";

/// A home: the folder that holds a user's corpus, indexes and profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
    /// How it was found, for `rungs status`.
    pub found_by: &'static str,
}

impl Home {
    /// The home at `root`, wherever that is.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), found_by: "named" }
    }

    /// Finds the home that the arguments, the environment and the current folder mean.
    ///
    /// Creates nothing.
    ///
    /// # Errors
    /// When neither a home nor the platform's data folder can be told.
    pub fn find(global: &Global) -> Result<Self, CliError> {
        if let Some(root) = &global.home {
            return Ok(Self { root: root.clone(), found_by: "--home or RUNGS_HOME" });
        }
        if let Ok(here) = env::current_dir()
            && let Some(root) = here.ancestors().find(|dir| dir.join(MARKER).is_file())
        {
            return Ok(Self { root: root.to_owned(), found_by: "rungs.toml in this folder or above" });
        }
        if let Some(root) = super::config::Settings::load()?.home {
            return Ok(Self { root, found_by: "the configuration file" });
        }
        let root = platform_data().ok_or_else(|| {
            CliError::Input("cannot tell where to keep data: HOME is not set; give --home DIR".into())
        })?;
        Ok(Self { root, found_by: "the platform's data folder" })
    }

    /// The home's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The SQLite file of the corpus.
    #[must_use]
    pub fn corpus(&self) -> PathBuf {
        self.root.join("data/corpus/rungs.sqlite")
    }

    /// The folder of the search index.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join("indexes/postings")
    }

    /// The user's profile.
    #[must_use]
    pub fn profile(&self) -> PathBuf {
        self.root.join("profile.toml")
    }
}

fn platform_data() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    if cfg!(windows) {
        return set("APPDATA").map(|p| p.join("rungs"));
    }
    if cfg!(target_os = "macos") {
        return set("HOME").map(|p| p.join("Library/Application Support/rungs"));
    }
    set("XDG_DATA_HOME").or_else(|| set("HOME").map(|p| p.join(".local/share"))).map(|p| p.join("rungs"))
}
