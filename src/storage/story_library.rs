//! Finds and reads stories: the built-in ones, and the user's own in the data folder. Does not know the
//! story file format.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::story::Story;
use crate::domain::story_file;
use crate::domain::story_file::Problem;

const BUILT_IN: [(&str, &str); 2] = [
    (
        "webhook-drop.toml",
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )),
    ),
    (
        "wrong-call.toml",
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/wrong-call.toml"
        )),
    ),
];

/// A larger file is not a story.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Why a story file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// The file cannot be read.
    #[error("cannot read story {path}: {why}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        why: String,
    },
    /// Its content is invalid.
    #[error("{}", problem_lines(path, problems))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// All problems of the file.
        problems: Vec<Problem>,
    },
    /// Another story has the same id.
    #[error(
        "cannot use story {path}: {other} has the same id `{id}`; choose another id, or move the file away if it is a copy",
        path = path.display()
    )]
    DuplicateId {
        /// The file.
        path: PathBuf,
        /// The id.
        id: String,
        /// The story that has the id.
        other: String,
    },
}

/// All stories, the built-in ones first, and the problems of unusable files in `folder`. A missing folder
/// counts as empty.
///
/// Hidden files are left out: they are what other systems and editors put beside a file, such as `._mine.toml`
/// and `.#mine.toml`. Of files with the same id the one with the shortest name is used: programs that copy a file
/// because of a conflict, or as a backup, add to its name.
pub fn stories(folder: &Path) -> (Vec<Arc<Story>>, Vec<StoryError>) {
    let mut stories = Vec::new();
    let mut errors = Vec::new();
    for (name, source) in BUILT_IN {
        match story_file::parse(source) {
            Ok(story) => stories.push(Arc::new(story)),
            Err(problems) => errors.push(StoryError::Invalid {
                path: PathBuf::from(name),
                problems,
            }),
        }
    }
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let is_toml = |e: &OsStr| e.eq_ignore_ascii_case("toml");
            path.extension().is_some_and(is_toml) && !is_hidden(path)
        })
        .collect();
    files.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    let mut found: Vec<(PathBuf, Arc<Story>)> = Vec::new();
    for path in files {
        match read(&path) {
            Ok(story) => match other_with_id(&story.id, &stories, &found) {
                Some(other) => errors.push(StoryError::DuplicateId {
                    path,
                    id: story.id,
                    other,
                }),
                None => found.push((path, Arc::new(story))),
            },
            Err(error) => errors.push(error),
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    stories.extend(found.into_iter().map(|(_, story)| story));
    (stories, errors)
}

fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}

/// What has this id already: a built-in story, or a file that was read.
fn other_with_id(
    id: &str,
    built_in: &[Arc<Story>],
    found: &[(PathBuf, Arc<Story>)],
) -> Option<String> {
    if built_in.iter().any(|story| story.id == id) {
        return Some("a built-in story".to_owned());
    }
    let file = found.iter().find(|(_, story)| story.id == id);
    file.map(|(path, _)| path.display().to_string())
}

/// Reads one story file.
pub fn read(path: &Path) -> Result<Story, StoryError> {
    let unreadable = |why: String| StoryError::Read {
        path: path.to_owned(),
        why,
    };
    let metadata = fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !metadata.is_file() {
        return Err(unreadable("not a file".to_owned()));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(unreadable("larger than 1 MB".to_owned()));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    if !story_file::is_text(&bytes) {
        let why = "not a story in UTF-8 or UTF-16 text: copy one of the built-in stories";
        return Err(unreadable(why.to_owned()));
    }
    story_file::parse_bytes(&bytes).map_err(|problems| StoryError::Invalid {
        path: path.to_owned(),
        problems,
    })
}

/// One line `file:line: problem` per problem.
fn problem_lines(path: &Path, problems: &[Problem]) -> String {
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}:{problem}", path.display()))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_stories_are_valid() {
        let (stories, errors) = stories(Path::new("/nonexistent"));
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(stories.len(), BUILT_IN.len());
        assert_eq!(stories[0].target_total(), 175.0);
    }
}
