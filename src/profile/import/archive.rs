//! Reading single files out of a ZIP, with bounds.

use super::super::ProfileError;
use std::io::{Cursor, Read};

/// Largest unpacked file that is read, in bytes: a few megabytes of ZIP can hold terabytes.
const MAX_UNPACKED: u64 = 16 << 20;

/// A ZIP in memory.
pub(super) struct Archive<'a> {
    zip: zip::ZipArchive<Cursor<&'a [u8]>>,
    format: &'static str,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8], format: &'static str) -> Result<Self, ProfileError> {
        let zip = zip::ZipArchive::new(Cursor::new(bytes))
            .map_err(|e| ProfileError::Format { format, problem: format!("the ZIP cannot be read: {e}") })?;
        Ok(Self { zip, format })
    }

    /// Names of all files.
    pub(super) fn names(&self) -> Vec<String> {
        self.zip.file_names().flatten().map(|name| name.into_owned()).collect()
    }

    /// The text of the first file with this name, in whatever folder; `None` when there is none.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, ProfileError> {
        let full = self.names().into_iter().find(|full| full.rsplit('/').next() == Some(name));
        let Some(full) = full else { return Ok(None) };
        let problem = |problem: String| ProfileError::Format { format: self.format, problem };
        let file = self.zip.by_name(&full).map_err(|e| problem(format!("{full}: {e}")))?;
        let mut bytes = Vec::new();
        file.take(MAX_UNPACKED + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| problem(format!("{full} cannot be unpacked: {e}")))?;
        if bytes.len() as u64 > MAX_UNPACKED {
            return Err(problem(format!("{full} unpacks to more than 16 MiB")));
        }
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}
