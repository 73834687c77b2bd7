//! Files for their owner's eyes only, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde::Deserialize;

use super::StoreError;

/// Reads a TOML file; the default where there is none. What is wrong is named by its line.
pub fn read_toml<T: Default + for<'de> Deserialize<'de>>(path: &Path) -> Result<T, StoreError> {
    let read = |why: String| StoreError::Read {
        path: path.to_owned(),
        why,
    };
    match fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).map_err(|error| {
            let before = &text[..error.span().map_or(0, |span| span.start)];
            let line = 1 + before.matches('\n').count();
            read(format!("line {line}: {}", error.message()))
        }),
        Err(error) if is_absent(&error) => Ok(T::default()),
        Err(error) => Err(read(error.to_string())),
    }
}

/// Nothing there; a folder that is a file holds nothing either, and says so once it is written to.
pub fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Creates a folder, and those it lies in.
pub fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates an empty file where there is none; closes one to others that may have been copied here by
/// hand. A file that is there is never opened: that would take away the locks which SQLite holds on it
/// (sqlite.org/howtocorrupt.html, 2.2).
pub fn ensure_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match path.metadata() {
        Err(error) if is_absent(&error) => options.open(path).map(|_| ()),
        Err(error) => Err(error),
        #[cfg(unix)]
        Ok(there) => {
            use std::os::unix::fs::PermissionsExt;
            match there.permissions().mode() & 0o077 {
                0 => Ok(()),
                _ => fs::set_permissions(path, fs::Permissions::from_mode(0o600)),
            }
        }
        #[cfg(not(unix))]
        Ok(_) => Ok(()),
    }
}

/// Writes beside, then renames: a reader finds the old file or the new one. `tempfile` makes it
/// readable by its owner only.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let file: File = file.persist(path).map_err(|error| error.error)?;
    drop(file);
    Ok(())
}

/// Removes a file; one that is not there is no error.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}
