//! Finds and reads stories: the built-in ones, and the user's own in the data folder. Does not know the
//! story file format.

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
    #[error("cannot use story {path}: story id `{id}` already exists; choose another id", path = path.display())]
    DuplicateId {
        /// The file.
        path: PathBuf,
        /// The id.
        id: String,
    },
}

/// All stories, the built-in ones first, and the problems of unusable files in `folder`. A missing folder
/// counts as empty.
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
            path.extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("toml"))
        })
        .collect();
    files.sort();
    for path in files {
        match read(&path) {
            Ok(story) if stories.iter().any(|other| other.id == story.id) => {
                errors.push(StoryError::DuplicateId { path, id: story.id });
            }
            Ok(story) => stories.push(Arc::new(story)),
            Err(error) => errors.push(error),
        }
    }
    (stories, errors)
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
