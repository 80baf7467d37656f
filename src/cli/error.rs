//! How a command ends: outcomes, errors and their exit codes.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use thiserror::Error;

/// How a command that ran to its end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done. Exit code 0.
    Done,
    /// A negative answer: nothing found, not allowed, too little data. Exit code 1.
    Nothing,
    /// Done in part; what is missing was reported. Exit code 3.
    Partial,
    /// Stopped by the user; committed work is kept. Exit code 130.
    Interrupted,
}

impl Outcome {
    pub(super) fn exit_code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Nothing => 1,
            Self::Partial => 3,
            Self::Interrupted => 130,
        })
    }
}

/// Why a command could not run to its end. The message says what, where, and what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CliError {
    /// A file or folder could not be read or written. Exit code 4, or 2 when it is not there.
    #[error("{doing} {}: {source}{}", path.display(), advice(source))]
    File {
        /// What was tried, e.g. `cannot read`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The input or the arguments make no sense. Exit code 2.
    #[error("{0}")]
    Input(String),
    /// A stage failed in a way that is not the user's doing. Exit code 4.
    #[error("{0}")]
    Stage(String),
}

impl CliError {
    /// An error about a file.
    pub fn file(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { doing, path: path.to_owned(), source }
    }

    /// The reader of our output went away: not an error (`rungs … | head`).
    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::File { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code())
    }

    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Input(_) => 2,
            Self::File { source, .. } if source.kind() == io::ErrorKind::NotFound => 2,
            Self::File { .. } | Self::Stage(_) => 4,
        }
    }
}

/// What to do about an I/O error, where there is something sensible to say.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "\n  Free some space and run the same command again: what was committed is kept."
        }
        io::ErrorKind::PermissionDenied => "\n  Check the permissions, or name another place.",
        _ => "",
    }
}
