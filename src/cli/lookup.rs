//! Finds what command-line arguments name: the data folder, the take database, takes, stories and
//! their parts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::repaired_length;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::TakeId;
use crate::domain::text_folding::{folded, plain_letters};
use crate::storage::story_library;
use crate::storage::{Store, TakeDb};

use super::failure::{Failure, print_message};

/// The story, the level and the speech model that a command works with.
#[derive(Debug, clap::Args)]
pub struct StoryArgs {
    /// Story to practice [default: the first one].
    #[arg(long, value_name = "ID")]
    pub story: Option<PathBuf>,
    /// junior, mid or senior; sde1 and sde2 for the first two [default: the level of the story].
    #[arg(long)]
    pub level: Option<Level>,
    /// Name or path of the speech model.
    #[arg(long, value_name = "NAME")]
    pub model: Option<PathBuf>,
}

/// The data folder.
pub fn open_store(data: Option<PathBuf>) -> Result<Store, Failure> {
    Store::at(data).map_err(|error| Failure::Work(error.into()))
}

/// The take database, or `None` if nothing was ever recorded. Prints notices about the database, and
/// repairs the WAV headers of interrupted takes.
pub fn open_db_if_present(store: &Store) -> Result<Option<TakeDb>, Failure> {
    if !store.has_takes() {
        return Ok(None);
    }
    let opened = store.open_take_db().map_err(anyhow::Error::from)?;
    for notice in &opened.notices {
        print_message(notice);
    }
    let db = opened.db;
    for take in db.interrupted().map_err(anyhow::Error::from)? {
        repaired_length(store, &take.id);
    }
    Ok(Some(db))
}

/// The take database, for a command that needs a take in it.
pub fn open_db(store: &Store) -> Result<TakeDb, Failure> {
    let none = || Failure::Arguments(format!("no takes yet in {}", store.folder().display()));
    open_db_if_present(store)?.ok_or_else(none)
}

/// The take called `name`, or the only one whose name starts with it.
pub fn resolve_take(db: &TakeDb, name: &str) -> Result<TakeId, Failure> {
    // Copied from a text, it may have other hyphens, digits or invisible characters.
    let name = &*plain_letters(name.trim());
    let name = &*name.replace(['\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}'], "-");
    let matches = db.ids_with_prefix(name).map_err(anyhow::Error::from)?;
    let message = match matches.as_slice() {
        [only] if !name.is_empty() => return Ok(only.clone()),
        [] if name == "last" => "no takes yet".to_owned(),
        [] => format!("no take named `{name}`: list the takes with `starling history`"),
        [first, ..] => format!(
            "`{name}` is ambiguous: {} takes match, e.g. {first}",
            matches.len()
        ),
    };
    Err(Failure::Arguments(message))
}

/// The story in the file `name`, if that is a path, otherwise as [`find_story`].
pub fn find_story_or_file(name: Option<&Path>, store: &Store) -> Result<Arc<Story>, Failure> {
    // An id is ASCII, and has neither dots nor slashes.
    let is_id = |name: &str| !name.contains(['.', '/', '\\']);
    match name.filter(|name| !name.to_str().is_some_and(is_id)) {
        Some(file) => {
            let story = story_library::read(file);
            Ok(Arc::new(story.map_err(anyhow::Error::from)?))
        }
        None => find_story(name, store),
    }
}

/// The story called `id`, or the first one. Prints which story files cannot be used.
pub fn find_story(id: Option<&Path>, store: &Store) -> Result<Arc<Story>, Failure> {
    let (stories, errors) = story_library::stories(&store.stories());
    for error in errors {
        print_message(&error.to_string());
    }
    // Ids are in lower case.
    let wanted = id.map(|id| folded(id.to_string_lossy().trim()));
    let found = stories
        .iter()
        .find(|story| wanted.as_ref().is_none_or(|wanted| *wanted == story.id));
    found.cloned().ok_or_else(|| {
        Failure::Arguments(format!(
            "no story named `{}`: list the stories with `starling stories`",
            id.unwrap_or(Path::new("")).display()
        ))
    })
}

/// Fails unless the story has this part and a plan for the level.
pub fn require_part(story: &Story, part: Part, level: Level) -> Result<(), Failure> {
    if !story.levels.iter().any(|plan| plan.level == level) {
        let name = story.level_id(level);
        let message = format!("story `{}` has no plan for level {name}", story.id);
        return Err(Failure::Arguments(message));
    }
    match story.brief(part, level) {
        Some(_) => Ok(()),
        None => Err(Failure::Arguments(format!(
            "story `{}` has no {part}: it has {} follow-ups",
            story.id,
            story.follow_ups.len()
        ))),
    }
}
