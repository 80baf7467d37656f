//! Opening what the user names: `-`, plain files, `.gz` and `.zst`; and stdout with clear errors.

use super::CliError;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

/// Opens `path` (`-` is stdin), unpacked by its first bytes where it is gzip or zstd.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read + Send>, CliError> {
    let raw: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(path).map_err(|e| CliError::file("cannot read", path, e))?;
        if file.metadata().is_ok_and(|m| m.is_dir()) {
            return Err(CliError::Input(format!("{} is a folder; name a file", path.display())));
        }
        Box::new(file)
    };
    crate::import::unpack(raw).map_err(|e| CliError::file("cannot read", path, e))
}

/// Where results go: a file, or stdout when `path` is `None` or `-`.
pub(super) fn create(path: Option<&Path>) -> Result<Box<dyn Write + Send>, CliError> {
    match path {
        Some(path) if path != Path::new("-") => {
            let file = File::create(path).map_err(|e| CliError::file("cannot write", path, e))?;
            Ok(Box::new(BufWriter::with_capacity(1 << 16, file)))
        }
        _ => Ok(Box::new(BufWriter::with_capacity(1 << 16, io::stdout()))),
    }
}

/// A buffered reader of lines large enough for postings.
pub(super) fn lines(reader: Box<dyn Read + Send>) -> BufReader<Box<dyn Read + Send>> {
    BufReader::with_capacity(1 << 18, reader)
}
