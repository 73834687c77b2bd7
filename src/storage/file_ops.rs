//! File operations: private permissions, atomic writes, overwriting before removal.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::StoreError;
use crate::domain::story_file;

/// Linux follows so many symbolic links.
const MOST_LINKS: u32 = 40;

/// Reads a TOML file; the default if there is none. Errors contain the line.
pub fn read_toml<T: Default + for<'de> Deserialize<'de>>(path: &Path) -> Result<T, StoreError> {
    let text = read_toml_text(path)?;
    toml::from_str(&text).map_err(|error| {
        let before = &text[..error.span().map_or(0, |span| span.start)];
        let line = 1 + before.matches('\n').count();
        StoreError::Read {
            path: path.to_owned(),
            // The first line says what is wrong.
            why: format!(
                "line {line}: {}",
                error.message().lines().next().unwrap_or_default()
            ),
        }
    })
}

/// Reads a TOML file as text, whatever encoding and kind of quotes an editor saved it in; empty if there is none.
pub fn read_toml_text(path: &Path) -> Result<String, StoreError> {
    let read = |why: String| StoreError::Read {
        path: path.to_owned(),
        why,
    };
    match fs::read(path) {
        Ok(bytes) => story_file::toml_text(&bytes)
            .map_err(|problem| read(format!("line {}: {}", problem.line, problem.what))),
        Err(error) if is_absent(&error) => Ok(String::new()),
        Err(error) => Err(read(error.to_string())),
    }
}

/// Whether the error means that there is no file. A path below a file counts as missing, too; writing to it
/// reports the problem.
pub fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Creates a folder and its parents, accessible by their owner only.
pub fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|why| match broken_link(folder) {
            Some(link) => io::Error::new(io::ErrorKind::NotFound, link),
            None => why,
        })
}

/// Describes the symbolic link in a path that leads nowhere, as one to a drive that is not connected. The system
/// says of it that it exists.
fn broken_link(path: &Path) -> Option<String> {
    let link = path.ancestors().find(|part| part.is_symlink())?;
    let target = link.metadata().is_err().then(|| linked_file(link))?.ok()?;
    Some(format!(
        "{} is a link to {}, which does not exist",
        link.display(),
        target.display()
    ))
}

/// Replaces a leading `~` by the home folder, as shells do; they leave it in `--data=~/folder`, in quotes and in
/// files.
pub fn expand_home(path: &Path) -> PathBuf {
    let home = directories::UserDirs::new().map(|user| user.home_dir().to_owned());
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// Restricts a folder to its owner, for example one that was created by hand or restored from a backup.
/// Skips folders for everybody, such as `/tmp`. Ignores errors, because the folder may belong to another
/// user.
pub fn restrict_permissions(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = folder.metadata().map(|meta| meta.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0 && mode & 0o1000 == 0) {
            let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
        }
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Creates an empty private file, or restricts an existing one, which may have been copied by hand. Never
/// opens an existing file: closing it would release the locks SQLite holds on it
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
        Ok(meta) => {
            use std::os::unix::fs::PermissionsExt;
            match meta.permissions().mode() & 0o077 {
                0 => Ok(()),
                _ => fs::set_permissions(path, fs::Permissions::from_mode(0o600)),
            }
        }
        #[cfg(not(unix))]
        Ok(_) => Ok(()),
    }
}

/// Opens a lock file, and creates it if necessary. It is opened for writing, although nothing is written:
/// NFS requires that for an exclusive lock.
pub fn open_lock(path: &Path) -> io::Result<File> {
    // If two processes create it at once, the second attempt finds the file.
    ensure_private(path).or_else(|_| ensure_private(path))?;
    OpenOptions::new().read(true).write(true).open(path)
}

/// Writes a private file atomically: a reader finds the old file or the new one. On Linux the temporary
/// file has no name, so that a process that dies leaves nothing behind.
///
/// A symbolic link stays, and the file it names is written: settings are often links into a folder under
/// version control. A file that its owner made read-only is not replaced. A pipe or a device is written to.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Ok(existing) = path.metadata() {
        if existing.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if existing.is_file() && existing.permissions().readonly() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        if !existing.is_file() {
            return OpenOptions::new().write(true).open(path)?.write_all(bytes);
        }
    }
    let path = &linked_file(path)?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    if !folder.exists() {
        let why = format!("there is no folder {}", folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, why));
    }
    #[cfg(target_os = "linux")]
    if let Some(done) = write_with_unnamed_temp_file(path, folder, bytes) {
        return done;
    }
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(without_path)?;
    file.as_file_mut().write_all(bytes)?;
    file.as_file().sync_all()?;
    let file: File = file.persist(path).map_err(|error| error.error)?;
    drop(file);
    Ok(())
}

/// The file that a symbolic link names, which need not exist; any other path as it is.
pub fn linked_file(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Temporary files left behind by a process that died.
pub fn orphaned_temp_files(folder: &Path) -> Vec<PathBuf> {
    with_prefix(folder, ".tmp")
}

/// The files in a folder whose names begin with `prefix`.
pub fn with_prefix(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let has_prefix = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(prefix)) && path.is_file()
    };
    paths.filter(has_prefix).collect()
}

/// `None` if the file system does not support unnamed files, or `/proc` is missing.
#[cfg(target_os = "linux")]
fn write_with_unnamed_temp_file(
    path: &Path,
    folder: &Path,
    bytes: &[u8],
) -> Option<io::Result<()>> {
    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
    use std::os::fd::AsRawFd;
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let file = openat(CWD, folder, flags, Mode::RUSR | Mode::WUSR).ok()?;
    let mut file = File::from(file);
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        return Some(written);
    }
    let unnamed = format!("/proc/self/fd/{}", file.as_raw_fd());
    let link = |name: &Path| linkat(CWD, unnamed.as_str(), CWD, name, AtFlags::SYMLINK_FOLLOW);
    match link(path) {
        Ok(()) => return Some(Ok(())),
        Err(rustix::io::Errno::EXIST) => {}
        Err(_) => return None,
    }
    // A link cannot replace an existing file: link to a free name, then rename.
    let temp = tempfile::Builder::new().make_in(folder, |name| Ok(link(name)?));
    let replaced = temp.map_err(without_path).and_then(|temp| {
        let persisted = temp.persist(path);
        persisted.map(drop).map_err(|error| error.error)
    });
    Some(replaced)
}

/// Removes the path of a temporary file from an error.
pub fn without_path(error: io::Error) -> io::Error {
    match (error.raw_os_error(), error.kind()) {
        (None, kind) if kind != io::ErrorKind::Other => kind.into(),
        _ => error,
    }
}

/// Overwrites the content of a file in place, then truncates it: a removed file stays on the disk until its
/// blocks are reused. Has no effect on disks that write each block to a new location. A file with other hard
/// links is not changed: it may be the user's copy.
pub fn overwrite(path: &Path) {
    let is_sole_name = path.symlink_metadata().is_ok_and(|meta| {
        #[cfg(unix)]
        let links = std::os::unix::fs::MetadataExt::nlink(&meta);
        #[cfg(not(unix))]
        let links = 1;
        meta.is_file() && links == 1 && meta.len() > 0
    });
    if !is_sole_name {
        return;
    }
    let overwrite = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        let length = file.metadata()?.len();
        let zeros = [0; 1 << 16];
        let mut written = 0;
        while written < length {
            let block = zeros.len().min((length - written) as usize);
            written += file.write(&zeros[..block])? as u64;
        }
        file.sync_data()?;
        file.set_len(0)
    };
    // Best effort: the caller removes the file in any case.
    let _ = overwrite();
}

/// Removes a file. A missing file is not an error.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}
