//! Which files a list of paths means.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Calls `each` with every file at or below `path`, in sorted order, and with every folder that
/// cannot be read. Hidden files are left out, links to folders are not followed. Stops when
/// `each` returns false.
pub(super) fn walk(path: &Path, each: &mut dyn FnMut(&Path, io::Result<()>) -> bool) -> bool {
    if !path.is_dir() {
        return each(path, Ok(()));
    }
    let entries = match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return each(path, Err(error)),
    };
    let mut paths: Vec<PathBuf> = entries
        .iter()
        .filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
        .filter(|entry| !(entry.file_type().is_ok_and(|t| t.is_symlink()) && entry.path().is_dir()))
        .map(fs::DirEntry::path)
        .collect();
    paths.sort();
    paths.iter().all(|path| walk(path, each))
}
