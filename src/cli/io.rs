//! Opening what the user names: `-`, plain files, `.gz` and `.zst`; replacing files in one piece; and
//! stdout with clear errors.

use super::CliError;
use std::fs::{self, File};
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

/// Where results go.
pub(super) fn stdout() -> Box<dyn Write + Send> {
    Box::new(BufWriter::with_capacity(1 << 16, io::stdout()))
}

/// A buffered reader of lines large enough for postings.
pub(super) fn lines(reader: Box<dyn Read + Send>) -> BufReader<Box<dyn Read + Send>> {
    BufReader::with_capacity(1 << 18, reader)
}

/// Replaces the file at `path` by what `write` writes, so that a crash, a full disk or an error leaves the
/// old file whole: written beside, flushed to the disk, renamed. Missing folders are made; a link keeps
/// pointing to its file; what is no plain file (a pipe, a device) is written to directly.
pub(super) fn replace(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let failed = |e| CliError::file("cannot write", path, e);
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if target.is_dir() {
        return Err(CliError::Input(format!("{} is a folder; name a file", path.display())));
    }
    if target.exists() && !target.is_file() {
        let mut file = File::create(&target).map_err(failed)?;
        return write(&mut file);
    }
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = target.with_file_name(name);
    let written = draft(&beside, &target, write, &failed);
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn draft(
    beside: &Path,
    target: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), CliError>,
    failed: &dyn Fn(io::Error) -> CliError,
) -> Result<(), CliError> {
    let mut out = BufWriter::new(File::create(beside).map_err(failed)?);
    write(&mut out)?;
    let file = out.into_inner().map_err(|e| failed(e.into_error()))?;
    if let Ok(old) = fs::metadata(target) {
        file.set_permissions(old.permissions()).map_err(failed)?;
    }
    file.sync_all().map_err(failed)?;
    fs::rename(beside, target).map_err(failed)
}

/// [`replace`] with a text that is there already.
pub(super) fn replace_text(path: &Path, text: &str) -> Result<(), CliError> {
    replace(path, |out| out.write_all(text.as_bytes()).map_err(|e| CliError::file("cannot write", path, e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/report.html");
        replace_text(&path, "old").unwrap();
        let failing = replace(&path, |out| {
            out.write_all(b"half of the ne").unwrap();
            Err(CliError::Stage("the disk is full".into()))
        });
        assert!(failing.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        replace_text(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }
}
