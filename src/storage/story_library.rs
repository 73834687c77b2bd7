//! Finds and reads story packs: those inside the program, and those a user adds to the data folder.
//! How a pack is written is `coach::pack`'s business.

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

/// A pack larger than this is something else.
const LARGEST_PACK: u64 = 1 << 20;

/// Why a pack cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// The file cannot be read.
    #[error("cannot read story {path}: {why}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// It is written wrongly.
    #[error("{}", lines(path, problems))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
    },
    /// Another story has its name already.
    #[error("cannot use story {path}: there is a story `{id}` already; give it another id", path = path.display())]
    DuplicateId {
        /// The file.
        path: PathBuf,
        /// The name both have.
        id: String,
    },
}

/// All stories, the built-in ones first, and what is wrong with those in `folder` that cannot be
/// used. A folder that is not there holds none.
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
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    for path in files {
        match read(&path) {
            Ok(story) if stories.iter().any(|known| known.id == story.id) => {
                errors.push(StoryError::DuplicateId { path, id: story.id });
            }
            Ok(story) => stories.push(Arc::new(story)),
            Err(error) => errors.push(error),
        }
    }
    (stories, errors)
}

/// Reads one pack.
pub fn read(path: &Path) -> Result<Story, StoryError> {
    let unreadable = |why: String| StoryError::Read {
        path: path.to_owned(),
        why,
    };
    let facts = fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !facts.is_file() {
        return Err(unreadable("it is not a file".to_owned()));
    }
    if facts.len() > LARGEST_PACK {
        return Err(unreadable("it is larger than a megabyte".to_owned()));
    }
    let source = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    story_file::parse(&source).map_err(|problems| StoryError::Invalid {
        path: path.to_owned(),
        problems,
    })
}

/// `file:line: what`, a line each.
fn lines(path: &Path, problems: &[Problem]) -> String {
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
    fn the_built_in_stories_are_right() {
        let (stories, errors) = stories(Path::new("/nonexistent"));
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(stories.len(), BUILT_IN.len());
        assert_eq!(stories[0].target_total(), 175.0);
    }
}
