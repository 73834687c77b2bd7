//! What a dropped file is, as far as its name and its entry in the folder say.

use std::fs;
use std::path::Path;

/// Endings of texts, such as stories and written answers.
const TEXTS: [&str; 3] = ["toml", "txt", "md"];

/// What a dropped file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Possibly a recording. Whether it can be read shows when it is decoded.
    Recording,
    /// A story or another text.
    Text,
    /// A folder.
    Folder,
    /// A pipe or a device, which may never end.
    Special,
    /// It does not exist, or must not be read.
    Missing,
}

impl FileKind {
    /// Looks at the folder entry of a file, not into it.
    pub fn of(path: &Path) -> Self {
        let Ok(metadata) = fs::metadata(path) else {
            return FileKind::Missing;
        };
        let extension = path.extension().unwrap_or_default();
        let is_text = TEXTS
            .iter()
            .any(|text| extension.eq_ignore_ascii_case(text));
        match metadata {
            metadata if metadata.is_dir() => FileKind::Folder,
            metadata if !metadata.is_file() => FileKind::Special,
            _ if is_text => FileKind::Text,
            _ => FileKind::Recording,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_does_not_depend_on_the_case_of_the_ending() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, expected) in [
            ("story.toml", FileKind::Text),
            ("STORY.TOML", FileKind::Text),
            ("notes.Md", FileKind::Text),
            ("memo.wav", FileKind::Recording),
            ("no ending", FileKind::Recording),
            ("toml", FileKind::Recording),
            ("memo.txt.opus", FileKind::Recording),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, "x").expect("room");
            assert_eq!(FileKind::of(&path), expected, "{name}");
        }
        assert_eq!(FileKind::of(folder.path()), FileKind::Folder);
        let missing = folder.path().join("gone.wav");
        assert_eq!(FileKind::of(&missing), FileKind::Missing);
    }
}
