//! Files for their owner's eyes only, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

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

/// Shuts a folder that was made by hand, or restored, to others, and so all that lies in it. Not one that
/// the system has for everybody, such as `/tmp`; nor can one that is somebody else's be shut.
pub fn restrict_permissions(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = folder.metadata().map(|there| there.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0 && mode & 0o1000 == 0) {
            let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
        }
    }
    #[cfg(not(unix))]
    let _ = folder;
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

/// Opens a file that is there to be locked, and creates it. To be written to, which it never is: over NFS
/// only such a file can be locked for one alone.
pub fn open_lock(path: &Path) -> io::Result<File> {
    // Two may create it at once: it is enough that one does.
    ensure_private(path).or_else(|_| ensure_private(path))?;
    OpenOptions::new().read(true).write(true).open(path)
}

/// Writes beside, then renames: a reader finds the old file or the new one. For its owner only. On Linux
/// what is written has no name before it is whole, so that a process which dies leaves nothing of it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    #[cfg(target_os = "linux")]
    if let Some(done) = write_nameless(path, folder, bytes) {
        return done;
    }
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(without_path)?;
    file.as_file_mut().write_all(bytes)?;
    file.as_file().sync_all()?;
    let file: File = file.persist(path).map_err(|error| error.error)?;
    drop(file);
    Ok(())
}

/// What a process that died left of files which it was to put in place of others.
pub fn orphaned_temp_files(folder: &Path) -> Vec<PathBuf> {
    with_prefix(folder, ".tmp")
}

/// The files of a folder whose names begin so.
pub fn with_prefix(folder: &Path, with: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let wanted = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(with)) && path.is_file()
    };
    paths.filter(wanted).collect()
}

/// `None` where the file system knows no files without a name, or `/proc` is not there to name them.
#[cfg(target_os = "linux")]
fn write_nameless(path: &Path, folder: &Path, bytes: &[u8]) -> Option<io::Result<()>> {
    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
    use std::os::fd::AsRawFd;
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let file = openat(CWD, folder, flags, Mode::RUSR | Mode::WUSR).ok()?;
    let mut file = File::from(file);
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        return Some(written);
    }
    let nameless = format!("/proc/self/fd/{}", file.as_raw_fd());
    let link = |name: &Path| linkat(CWD, nameless.as_str(), CWD, name, AtFlags::SYMLINK_FOLLOW);
    match link(path) {
        Ok(()) => return Some(Ok(())),
        Err(rustix::io::Errno::EXIST) => {}
        Err(_) => return None,
    }
    // Nothing can be linked in place of what is there: under a name that is free, then renamed.
    let aside = tempfile::Builder::new().make_in(folder, |name| Ok(link(name)?));
    let placed = aside.map_err(without_path).and_then(|aside| {
        let persisted = aside.persist(path);
        persisted.map(drop).map_err(|error| error.error)
    });
    Some(placed)
}

/// What the system said, without the name of a file that was to be gone again.
pub fn without_path(error: io::Error) -> io::Error {
    match (error.raw_os_error(), error.kind()) {
        (None, kind) if kind != io::ErrorKind::Other => kind.into(),
        _ => error,
    }
}

/// Writes over what stands in a file, in its place on the disk, and empties it: what is only removed stays
/// there until something else is written over it. As far as the disk lets itself be told: one that writes
/// each block to another place keeps the old one. A file that goes by another name, too, is left alone: it
/// may be somebody's copy.
pub fn overwrite(path: &Path) {
    let alone = path.symlink_metadata().is_ok_and(|there| {
        #[cfg(unix)]
        let names = std::os::unix::fs::MetadataExt::nlink(&there);
        #[cfg(not(unix))]
        let names = 1;
        there.is_file() && names == 1 && there.len() > 0
    });
    if !alone {
        return;
    }
    let over = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        let length = file.metadata()?.len();
        let nothing = [0; 1 << 16];
        let mut written = 0;
        while written < length {
            let block = nothing.len().min((length - written) as usize);
            written += file.write(&nothing[..block])? as u64;
        }
        file.sync_data()?;
        file.set_len(0)
    };
    // It is removed all the same.
    let _ = over();
}

/// Removes a file; one that is not there is no error.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}
